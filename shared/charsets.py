"""What servers call character sets, and what they mean by it."""

import re
from collections.abc import Mapping
from typing import Final

IN_CONTENT_TYPE: Final = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{1,40})", re.IGNORECASE)
"""The charset a Content-Type names."""

WIDER: Final[Mapping[str, str]] = {
    "euckr": "cp949",
    "ksc5601": "cp949",
    "ksc56011987": "cp949",
    "windows949": "cp949",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "shiftjis": "cp932",
    "iso88591": "cp1252",
    "latin1": "cp1252",
    "ascii": "cp1252",
    "usascii": "cp1252",
}
"""By the name without dashes and underscores: the codec of what is sent under it, which holds more."""
