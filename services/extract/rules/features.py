"""Rules over labels: conditions, the features of relevance made of them, the fitted weights."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, get_args

from services.extract.rules.mistakes import likely
from services.extract.rules.nodes import LexiconNode

Zone = Literal["title", "lead", "head", "body", "all"]
ZONES: tuple[Zone, ...] = get_args(Zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """Holds for labels with at least one of each group in `needs` and none of `without`.

    Sets of labels are bit masks: bit n is the lexicon's nth label.
    """

    needs: tuple[int, ...]
    without: int

    def holds(self, labels: int) -> bool:
        """Whether these labels meet it."""
        if labels & self.without:
            return False
        for group in self.needs:  # noqa: SIM110 - a generator would double the cost of the hottest line
            if not labels & group:
                return False
        return True

    @property
    def mask(self) -> int:
        """All labels any group asks for: the evidence when it holds."""
        mask = 0
        for group in self.needs:
            mask |= group
        return mask


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """A condition and the zones of a story it is looked for in; its name in a zone is "name.zone"."""

    name: str
    condition: Condition
    zones: tuple[Zone, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The fitted linear model: a story is relevant from `threshold` on, core from `core` on."""

    bias: float
    weights: Mapping[str, float]
    threshold: float
    core: float
    passing: float


def read_rules(root: LexiconNode, labels: Mapping[str, int]) -> tuple[Feature, ...]:
    """The features of the rules file; every label it names must exist."""
    fields = root.fields(frozenset({"version", "features"}), frozenset())
    features: list[Feature] = []
    for name, node in fields["features"].mapping().items():
        with node.tolerated():
            features.append(_feature(name, node, labels))
    return tuple(features)


def _feature(name: str, node: LexiconNode, labels: Mapping[str, int]) -> Feature:
    entry = node.fields(frozenset({"when", "zones"}), frozenset())
    zones: list[Zone] = []
    for written in entry["zones"].sequence():
        with written.tolerated():
            zone = next((zone for zone in ZONES if zone == written.text()), None)
            if zone is None:
                written.fail(f"unknown zone {written.text()!r}; expected one of: {', '.join(ZONES)}")
            if zone in zones:
                written.fail(f"{zone!r} stands twice")
            zones.append(zone)
    return Feature(name=name, condition=read_condition(entry["when"], labels), zones=tuple(zones))


def read_condition(node: LexiconNode, labels: Mapping[str, int]) -> Condition:
    """Written as "KP & RU & troops|arms & !sport"; every label must exist, and it must be able to hold."""
    needs: list[int] = []
    without = 0
    for part in node.text().split("&"):
        written = part.strip()
        group = 0
        for label in written.removeprefix("!").split("|"):
            name = label.strip()
            if not name:
                node.fail(
                    "a label is missing beside '&', '|' or '!'; expected something like KP & RU|UA & !sport"
                )
            if name not in labels:
                node.fail(f"unknown label {name!r}; {likely(name, labels)}")
            group |= 1 << labels[name]
        if written.startswith("!"):
            without |= group
        else:
            needs.append(group)
    if any(not group & ~without for group in needs):
        node.fail(f"{node.text()!r} never holds: it asks for what it rules out")
    return Condition(needs=tuple(needs), without=without)


def read_model(root: LexiconNode) -> Model:
    """The weights file; `passing`, `threshold` and `core` rise from 0 to 1."""
    fields = root.fields(
        frozenset({"version", "bias", "weights", "threshold", "core", "passing"}), frozenset({"trained_on"})
    )
    weights: dict[str, float] = {}
    for name, node in fields["weights"].mapping().items():
        with node.tolerated():
            weights[name] = node.number()
    model = Model(
        bias=fields["bias"].number(),
        weights=weights,
        threshold=fields["threshold"].number(),
        core=fields["core"].number(),
        passing=fields["passing"].number(),
    )
    if not 0 < model.passing <= model.threshold <= model.core < 1:
        fields["threshold"].note("expected 0 < passing <= threshold <= core < 1")
    return model


def check_weights(weights: LexiconNode, rules: LexiconNode, features: tuple[Feature, ...]) -> None:
    """Notes every weight of the weights file that no feature of the rules file has.

    A feature that could not be read as written has mistakes of its own to tell; its weights are let pass.
    """
    known = {f"{feature.name}.{zone}" for feature in features for zone in feature.zones}
    nodes = rules.mapping()["features"].mapping()
    unread = nodes.keys() - {
        feature.name
        for feature in features
        if len(feature.zones) == len(nodes[feature.name].mapping()["zones"].sequence())
    }
    for name, node in weights.mapping()["weights"].mapping().items():
        if name not in known and name.rpartition(".")[0] not in unread:
            node.note(f"weight of an unknown feature {name!r}; {likely(name, known)}")
