"""Time zones as publishers abbreviate them.

The standard knows ten names (RFC 822); the others are ours. Where one abbreviation means several zones it is
the one of the larger press: CST is Chicago, BST London, IST Delhi, AST Halifax.
"""

import re
from collections.abc import Iterator
from datetime import timedelta, timezone, tzinfo
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

_STANDARD: Final = "gmt utc ut z 0 | pst -8 | pdt mst -7 | mdt cst -6 | cdt est -5 | edt -4"
_OURS: Final = (
    "hst -10 | akst -9 | akdt -8 | cot pet -5 | clt ast -4 | nst -3.5 | adt brt art -3 | ndt -2.5 "
    "| wet azot 0 | cet met mez bst west wat 1 | eet cest mest mesz sast cat 2 | msk мск eest trt idt eat 3 "
    "| irst 3.5 | msd samt gst azt get 4 | aft 4.5 | yekt pkt uzt tjt tmt 5 | ist 5.5 | npt 5.75 "
    "| omst kgt 6 | mmt 6.5 | ict wib novt krat hovt 7 | hkt sgt pht irkt myt awst wita ulat 8 "
    "| kst jst yakt wit 9 | acst 9.5 | vlat aest chst 10 | acdt 10.5 | magt aedt sakt sret 11 "
    "| pett nzst 12 | nzdt 13"
)
_AT_HOME: Final = {"ko": "Asia/Seoul", "ja": "Asia/Tokyo", "ru": "Europe/Moscow", "uk": "Europe/Kyiv"}
_OFFSET: Final = re.compile(r"(?:gmt|utc|ut)?\s*([+-])(\d{1,2}):?(\d{2})?")


def _hours(table: str) -> Iterator[tuple[str, float]]:
    for group in table.split("|"):
        *names, hours = group.split()
        yield from dict.fromkeys(names, float(hours)).items()


_STANDARD_HOURS: Final = dict(_hours(_STANDARD))
_HOURS: Final = _STANDARD_HOURS | dict(_hours(_OURS))
UTC_ZONE: Final = timezone(timedelta(0))


@lru_cache(maxsize=16)
def home_zone(language: str | None) -> tzinfo:
    """Where a date without zone is taken to be: where a language's press is, if in one place, else UTC."""
    name = _AT_HOME.get(language or "")
    if name is None:
        return UTC_ZONE
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:  # a machine without the time zone tables
        return UTC_ZONE


@lru_cache(maxsize=256)
def zone_of(name: str) -> tzinfo | None:
    """The zone of an abbreviation or an offset, or None if we know none. Raises ValueError for "+99:00"."""
    lower = name.lower()
    offset = _OFFSET.fullmatch(lower)
    if offset is None:
        hours = _HOURS.get(lower)
        return None if hours is None else timezone(timedelta(hours=hours))
    sign, whole, minutes = offset.groups()
    ahead = timedelta(hours=int(whole), minutes=int(minutes or 0))
    return timezone(-ahead if sign == "-" else ahead)


@lru_cache(maxsize=256)
def is_standard(name: str) -> bool:
    """Whether RFC 822 has it so: one of its names, or a sign and four digits."""
    return name.lower() in _STANDARD_HOURS or re.fullmatch(r"[+-]\d{2}:?\d{2}", name) is not None
