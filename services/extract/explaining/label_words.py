"""Labels, sections and conditions in words a reader of an explanation understands."""

from collections.abc import Iterable, Mapping
from typing import Final

from services.extract.rules.features import Condition
from shared.model.tag import Section

_MEANINGS: Final[Mapping[str, str]] = {
    "KP": "North Korea",
    "RU": "Russia",
    "DYAD": "both sides in one word",
    "UA": "Ukraine",
    "KR": "South Korea",
    "CN": "China",
    "JP": "Japan",
    "US": "the United States",
    "IR": "Iran",
    "KW": "a name for North Korea",
    "KN": "“the North”",
    "OTHER": "another country",
    "NEG": "a sign of another Kim",
    "military": "military matters",
    "brass": "senior officers",
    "nationals": "North Koreans",
    "gift": "a gift",
    "actor": "an international actor",
    "transfer": "a transfer",
    "acquire": "a purchase or receipt",
    "deploy": "a deployment",
    "war": "the war",
    "treaty": "a treaty",
    "visit": "a visit",
    "payment": "a payment",
    "sanction": "sanctions",
    "reaction": "a reaction",
    "battlefield_tie": "an unmistakable tie to the battlefield",
    "defence_site": "a defence site",
    "civil": "civil matters",
    "axis": "an axis or bloc",
    "other_items": "other topics beside it",
    "no_text": "a headline without a text",
    "two_sided": "both sides",
    "close": "both sides and an act close together",
    "other_pair": "another pair of states",
    "kr_arms": "South Korean arms",
    "pow": "prisoners of war",
    "coop": "cooperation",
    "deny": "a denial or confirmation",
    "intel": "intelligence",
    "tech": "technology",
    "kp_troops": "North Korean troops",
    "kp_arms": "North Korean arms",
    "kp_pow": "North Korean prisoners of war",
    "kim_name": "somebody named Kim",
    "putin_name": "somebody named Putin",
    "shells": "shells and ammunition",
    "test": "a weapons test",
    "cyber": "computer crime",
    "parade": "a parade",
    "protocol": "diplomatic courtesies",
    "hypothetical": "a mere possibility",
    "dmz": "the border between the Koreas",
    "listed_only": "both sides merely in one list",
    "item": "one item of a list",
    "kp_to_ru": "from North Korea to Russia",
    "ru_to_kp": "from Russia to North Korea",
}
SECTION_WORDS: Final[Mapping[Section, str]] = {
    "title": "the headline",
    "dek": "the line under the headline",
    "body": "the text",
    "subheading": "a subheading",
    "embed": "an embedded post",
    "caption": "a picture's caption",
    "credit": "a credit line",
    "dateline": "a date line",
    "related": "a link to another story",
    "appeal": "an appeal to readers",
}


def meaning(label: str) -> str:
    """What a label stands for; one this module does not know is read as it is written."""
    return _MEANINGS.get(label, label.replace("_", " "))


def names_in(mask: int, labels: Mapping[str, int]) -> tuple[str, ...]:
    """The labels of a bit mask, in the lexicon's order."""
    return tuple(name for name, bit in labels.items() if mask >> bit & 1)


def written(condition: Condition, labels: Mapping[str, int]) -> str:
    """A condition as rules.yaml writes it."""
    parts = ["|".join(names_in(group, labels)) for group in condition.needs]
    parts += [f"!{name}" for name in names_in(condition.without, labels)]
    return " & ".join(parts)


def signed(number: float) -> str:
    """As in "+0.49" and "−1.40"."""
    return f"{number:+.2f}".replace("-", "−")


def quoted(words: Iterable[str], most: int) -> str:
    """The first different ones as in "“a”, “b”, …"; nothing for none."""
    distinct = list(dict.fromkeys(f"“{word}”" for word in words))
    return ", ".join(distinct[:most]) + (", …" if len(distinct) > most else "")


def listed(words: Iterable[str], joint: str = "and") -> str:
    """Joined as in "a, b and c"."""
    *rest, last = tuple(words)
    return f"{', '.join(rest)} {joint} {last}" if rest else last
