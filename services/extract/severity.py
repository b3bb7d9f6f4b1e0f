"""How severe a story is, by what it is about. Pure; the table is data, each line with its reason."""

from typing import NamedTuple

from shared.model.tag import Tags


class Level(NamedTuple):
    """From 1 (worth knowing) to 5 (wake somebody)."""

    severity: int
    why: str


DEFAULT = Level(2, "no category says more")
LEVELS = {
    "combat": Level(5, "soldiers of one state fight in the other's war"),
    "casualties": Level(5, "soldiers were killed or wounded"),
    "prisoners_of_war": Level(5, "soldiers were captured"),
    "troop_deployment": Level(5, "soldiers are sent or moved"),
    "training": Level(4, "soldiers are made ready"),
    "arms_transfer": Level(4, "weapons change hands"),
    "technology_transfer": Level(4, "know-how for weapons changes hands"),
    "russia_to_dprk_materiel": Level(4, "weapons or goods flow back"),
    "treaty_alliance": Level(4, "what the states owe each other changes"),
    "intelligence_sharing": Level(3, "secrets change hands"),
    "logistics_transport": Level(3, "the means by which the rest travels"),
    "defence_labour": Level(3, "workers serve the war industry"),
    "payment_compensation": Level(3, "what is given in return"),
    "dprk_missile_test": Level(3, "a weapon is tried"),
    "evidence_verification": Level(3, "what was claimed can be checked"),
    "confirmation_denial": Level(3, "somebody says that it is so, or is not"),
    "sanctions": Level(2, "others answer with measures"),
    "international_reaction": Level(2, "others answer with words"),
    "visits_diplomacy": Level(2, "talks, not acts"),
    "commemoration_propaganda": Level(1, "words and ceremonies about the past"),
}
PRINCIPAL = 2
"""Of the categories, most important first, only so many count: what is mentioned last decides nothing."""


def level(tags: Tags) -> Level:
    """The highest level among the principal categories; one lower for a mere mention."""
    found = [LEVELS.get(category, DEFAULT) for category in tags.categories[:PRINCIPAL]]
    top = max(found, key=lambda each: each.severity, default=DEFAULT)
    if tags.tier != "passing":
        return top
    return Level(max(top.severity - 1, 1), f"{top.why}, mentioned in passing")
