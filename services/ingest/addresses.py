"""Addresses of articles: made absolute, and made comparable."""

import re
from functools import lru_cache
from typing import Final
from urllib.parse import unquote_plus, urljoin, urlsplit, urlunsplit

from courlan import clean_url

from services.ingest.characters import without_control
from shared.http.urls import LONGEST_URL

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_ARTICLE: Final = re.compile(r"\d{3}")
"""Three digits in a row may be an article's number, as in `?cid=AKR20241021`; `?source=rss` is none."""
_ALWAYS_TRACKING: Final = re.compile(
    r"(?:at|hsa|mc|mkt|ns|pk|utm|vero)_.*|_hs.*|.*clid|[gw]braid|igshid"
    r"|_openstat|erid|rb_clickid|roistat|kakao_from|input"  # Russian and Korean ones
    r"|cmpid|ftag|icid|ncid|ocid|smid|smtyp|srnd|wt_mc|xtor"
)
_OFTEN_TRACKING: Final = frozenset({"from", "rss", "sns"})
_LONGEST_PARAMETER: Final = 100
_PLAIN_SIGNS: Final = r"A-Za-z0-9._~!$&'()*+,=:@%/-"
_WHOLE: Final = re.compile(
    rf"(https?)://([A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?)(/[{_PLAIN_SIGNS}]*)(?:\?([{_PLAIN_SIGNS}]+))?"
)
"""An address that joining with another leaves as it is, without port: scheme, host, path and query."""


def absolute_url(value: str | None, base: str) -> str | None:
    """The http(s) address meant, of at most 2,048 characters, or None if there is none."""
    if not value:
        return None
    if _WHOLE.fullmatch(value):
        return value if len(value) <= LONGEST_URL else None
    try:
        url = urljoin(base, "".join(without_control(value).split()))
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable and len(url) <= LONGEST_URL else None


def canonical_url(url: str) -> str:
    """The same for all addresses of one article. To compare with, not to request.

    Https, host in lower case, no default port, no fragment, no slash or `/amp` at the end, and no parameters
    that only track readers. When in doubt a parameter stays: two addresses of one article do little harm, two
    articles under one address would hide the second.
    """
    whole = _WHOLE.fullmatch(url)
    if whole is not None:
        _, host, path, query = whole.groups()
        kept = _kept_query(query or "")
        return f"https://{host.lower()}{_kept_path(path)}" + (f"?{kept}" if kept else "")
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    return urlunsplit(("https", host, _kept_path(parts.path), _kept_query(parts.query), ""))


def names_an_article(link_key: str) -> bool:
    """Whether a canonical address leads deeper than to the root of a site."""
    try:
        parts = urlsplit(link_key)
    except ValueError:
        return False
    return parts.path not in ("", "/") or bool(parts.query)


def host_of(url: str) -> str:
    """The host in lower case, or nothing."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _kept_path(path: str) -> str:
    path = path.rstrip("/")
    article = path.removesuffix("/amp")
    # `/amp` alone is a section on amplifiers; behind an article's path it is another view of it.
    return (article if article.count("/") > 1 else path) or "/"


def _kept_query(query: str) -> str:
    """The parameters that may name the article, as they were written: nobody says in what charset."""
    if not query:
        return ""
    return "&".join(pair for pair in query.split("&") if pair and not _is_tracking(*_named(pair)))


def _named(pair: str) -> tuple[str, str]:
    name, _, value = pair.partition("=")
    return unquote_plus(name).lower(), value


def _is_tracking(name: str, value: str) -> bool:
    if len(name) > _LONGEST_PARAMETER:
        return False
    if _ALWAYS_TRACKING.fullmatch(name) or (name == "amp" and value in ("", "1", "true")):
        return True
    return not _ARTICLE.search(value) and (name in _OFTEN_TRACKING or _is_listed(name))


@lru_cache(maxsize=1024)
def _is_listed(name: str) -> bool:
    """Whether courlan, which follows the lists of ad blockers, drops a parameter of this name."""
    if not name.isidentifier() or not name.isascii():
        return False
    return "?" not in (clean_url(f"https://host.example/path?{name}=value") or "?")
