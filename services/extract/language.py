"""The language of a story: from its script where that decides, else by letter statistics."""

import re
from typing import Protocol

LANGUAGES = ("en", "ko", "ru", "uk", "ja", "zh", "pl", "de", "sv", "fr", "es", "it")
"""What is told apart; the first four are tagged in full, the others for relevance."""

UNKNOWN = "und"
_SAMPLE = 500
_LATIN = tuple(language for language in LANGUAGES if language not in {"ko", "ru", "uk", "ja", "zh"})
_HANGUL = re.compile("[\uac00-\ud7a3\u1100-\u11ff\u3131-\u318e]")
_KANA = re.compile("[\u3041-\u30ff]")
_HAN = re.compile("[\u4e00-\u9fff]")
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_LATIN_LETTER = re.compile("[A-Za-z\u00c0-\u024f]")
_OTHER_SCRIPT = re.compile("[\u0400-\u04ff\u1100-\u11ff\u3041-\u30ff\u3131-\u318e\u4e00-\u9fff\uac00-\ud7a3]")
_UKRAINIAN = re.compile("[іїєґІЇЄҐ]")
_RUSSIAN = re.compile("[ыэёъЫЭЁЪ]")
_FOREIGN_LATIN = re.compile("[\u00c0-\u024f]")
_POLISH = re.compile("[ąęłśźżĄĘŁŚŹŻ]")
_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        "the The of and And with that which this This from have has had been were was are would will their"
        " they They its by for his her who after said says it It but But not",
    )
)
_NOT_ENGLISH = frozenset(
    re.findall(
        r"\S+",
        "der die das und ist nicht mit den von auf für el la los las una que del por le les des est une dans"
        " et il di che della sono och att det som är för på nie się jest na że w z het een de",
    )
)
_PLAIN_FROM = 10
_PLAIN_SHARE = 0.08


class LatinClassifier(Protocol):
    """Tells languages written in Latin letters apart."""

    def classify(self, text: str) -> str:
        """The two-letter code of the likeliest one."""
        ...


class LanguageDetector:
    """Decides a story's language; the classifier is asked only about Latin script."""

    def __init__(self, classifier: LatinClassifier) -> None:
        self._classifier = classifier

    def detect(self, title: str, text: str, hint: str | None = None) -> str:
        """A two-letter code, or "und" when there is nothing to go by.

        Only the first 500 code points count. The hint decides between languages that the script leaves open.
        """
        sample = f"{title}\n{text[:_SAMPLE]}"[:_SAMPLE]
        script = _by_script(sample)
        hinted = (hint or "").strip().lower().replace("_", "-").split("-", 1)[0]
        if script == "ru" and _UKRAINIAN.search(sample) is None and _RUSSIAN.search(sample) is None:
            return hinted if hinted in {"ru", "uk"} else "ru"
        if script == "zh" and hinted == "ja":
            return "ja"
        if script != "latin":
            return script
        return self._latin(sample, hinted)

    def _latin(self, sample: str, hinted: str) -> str:
        if not sample.isascii() and len(_POLISH.findall(sample)) >= 2:
            return "pl"
        if _is_plain_english(sample):
            return "en"
        guess = self._classifier.classify(sample)
        is_short = len(sample) < 40
        return hinted if is_short and hinted in _LATIN else guess


def _is_plain_english(sample: str) -> bool:
    """Whether so many words are ones that only English has that letter statistics need not be asked.

    They cost more than all else that is found out about a short story.
    """
    words = sample.split()
    if len(words) < _PLAIN_FROM or not (sample.isascii() or _FOREIGN_LATIN.search(sample) is None):
        return False
    english = sum(map(_ENGLISH.__contains__, words))
    return english >= _PLAIN_SHARE * len(words) and not any(map(_NOT_ENGLISH.__contains__, words))


def _by_script(sample: str) -> str:
    """A language the script alone decides, "latin", or "und"."""
    if sample.isascii() or _OTHER_SCRIPT.search(sample) is None:
        return "latin" if _LATIN_LETTER.search(sample) else UNKNOWN
    counts = {
        "ko": 2 * len(_HANGUL.findall(sample)),
        "ja": 2 * len(_KANA.findall(sample)),
        "zh": len(_HAN.findall(sample)),
        "ru": len(_CYRILLIC.findall(sample)),
        "latin": len(_LATIN_LETTER.findall(sample)) // 2,
    }
    best = max(counts, key=lambda name: counts[name])
    if not counts[best]:
        return "latin" if _LATIN_LETTER.search(sample) else UNKNOWN
    if best == "zh" and counts["ja"] * 6 > counts["zh"]:
        return "ja"
    if best == "ru" and len(_UKRAINIAN.findall(sample)) > len(_RUSSIAN.findall(sample)):
        return "uk"
    return best


class LangidClassifier:
    """py3langid kept to the languages that Latin script leaves open; loading takes half a second."""

    def __init__(self) -> None:
        # Here because importing it costs 116 MB that only a tagger's process needs.
        from py3langid.langid import LanguageIdentifier

        self._identifier = LanguageIdentifier.from_model_file("data/model.npz.xz")
        self._identifier.set_languages(list(_LATIN))

    def classify(self, text: str) -> str:
        language, _ = self._identifier.classify(text.encode("utf-8", "replace").decode())
        return str(language)
