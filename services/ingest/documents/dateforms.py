"""How dates are written: the patterns that `dates` reads."""

import re
from typing import Final

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "jan янв січ",
            "feb фев лют",
            "mar мар бер mär",
            "apr апр кві",
            "may мая май тра mai",
            "jun июн чер",
            "jul июл лип",
            "aug авг сер",
            "sep сен вер",
            "oct окт жов okt",
            "nov ноя лис",
            "dec дек гру dez",
        ),
        start=1,
    )
    for name in names.split()
}
USUAL: Final = re.compile(
    r"[A-Z][a-z]{2}, (\d{1,2}) ([A-Z][a-z]{2}) (\d{4}) (\d\d):(\d\d):(\d\d) (GMT|UTC|Z|[+-]\d{4})"
)
_TIME: Final = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:[.,]\d+)?)?"
    r"(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?"
)
_ZONE: Final = (
    r"(?:\s*\(?(?P<zone>(?:GMT|UTC|UT)?[+-]\d{2}:?\d{2}|(?:GMT|UTC|UT)?[+-]\d{1,2}"
    r"|[A-Za-z]{1,5}\b|[Мм][Сс][Кк])\)?)?"
)
_WEEKDAY: Final = r"(?:[^\W\d_]{1,12}(?:\.?,\s*|\.?\s+))?"
_MONTH: Final = r"(?P<month>[^\W\d_]{3,12}|\d{1,2}월)\.?"
_AT: Final = r"(?:\s*[гр]\.?|\s+года|\s+року)?,?\s*(?:-|–|в|о|об|at|um|T)?\s*"
DAY_FIRST_NAMED: Final = re.compile(
    rf"{_WEEKDAY}(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[\s.-]+{_MONTH}[\s,-]+(?P<year>\d{{4}}|\d{{2}})\b"
    rf"(?:{_AT}{_TIME}{_ZONE}.{{0,20}}|\s*[гр]?\.?)"
)
MONTH_FIRST_NAMED: Final = re.compile(
    rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?,?\s+(?P<year>\d{{4}})(?:{_AT}{_TIME}{_ZONE}.{{0,20}})?"
)
YEAR_LAST: Final = re.compile(
    rf"{_WEEKDAY}{_MONTH}\s+(?P<day>\d{{1,2}})\s+{_TIME}{_ZONE}\s+(?P<year>\d{{4}})"
)
YEAR_FIRST: Final = re.compile(
    r"(?P<year>\d{4})(?:\s*[-/.]\s*(?P<month>\d{1,2})\s*[-/.]\s*(?P<day>\d{1,2})"
    r"|(?P<month2>\d{2})(?P<day2>\d{2}))\s*\.?"
    rf"(?:,?[Tt\s]*(?:{_TIME}|(?P<hour2>\d{{2}})(?P<minute2>\d{{2}})(?P<second2>\d{{2}})?){_ZONE})?"
)
FIGURES: Final = re.compile(
    rf"{_WEEKDAY}(?P<first>\d{{1,2}})(?P<mark>[./-])(?P<second_>\d{{1,2}})(?P=mark)(?P<year>\d{{4}})(?:{_AT}{_TIME}{_ZONE})?"
)
KOREAN: Final = (
    (re.compile(r"\(?[월화수목금토일](?:요일|(?=\)))\)?"), " "),
    (re.compile(r"(\d{4})년\s*(\d{1,2})월\s*(\d{1,2})일"), r"\1-\2-\3 "),
    (re.compile(r"(\d{1,2})시\s*(\d{1,2})분(?:\s*(\d{1,2})초)?"), r"\1:\2"),
    (re.compile(r"(\d{1,2})시"), r"\1:00"),
    (re.compile(r":(\d)(?!\d)"), r":0\1"),
    (re.compile(r"오전\s*(\d{1,2}:[\d:]+)"), r"\1 AM"),
    (re.compile(r"오후\s*(\d{1,2}:[\d:]+)"), r"\1 PM"),
)
HANGUL: Final = re.compile("[가-힣]")
