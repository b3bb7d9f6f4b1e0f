"""Addresses of articles: made absolute, and made comparable."""

from typing import Final
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

from services.ingest.plaintext import without_control
from shared.http.urls import LONGEST_URL

_TRACKING_PREFIXES: Final = ("utm_", "at_medium", "at_campaign", "mc_", "pk_", "hsa_", "_hs", "vero_")
_TRACKING: Final = frozenset(
    {
        *("fbclid", "gclid", "dclid", "gbraid", "wbraid", "msclkid", "yclid", "ymclid", "twclid", "igshid"),
        *(
            "ocid",
            "cmpid",
            "ns_mchannel",
            "ns_source",
            "ns_campaign",
            "ns_linkname",
            "ns_fee",
            "smid",
            "mkt_tok",
        ),
        *("ftag", "icid", "ncid", "_openstat", "wt_mc", "xtor"),
    }
)
_DEFAULT_PORTS: Final = {"http": 80, "https": 443}


def absolute_url(value: str | None, base: str) -> str | None:
    """The http(s) address meant, of at most 2,048 characters, or None if there is none."""
    if not value:
        return None
    try:
        url = urljoin(base, "".join(without_control(value).split()))
        parts = urlsplit(url)
        usable = parts.scheme in _DEFAULT_PORTS and bool(parts.hostname)
    except ValueError:
        return None
    return url if usable and len(url) <= LONGEST_URL else None


def canonical_url(url: str) -> str:
    """The same for all addresses of one article: https, host in lower case, no default port, no fragment,
    no tracking parameters. To compare with, not to request."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").rstrip("."), parts.port
    except ValueError:
        return url
    if port is not None and port != _DEFAULT_PORTS.get(parts.scheme):
        host = f"{host}:{port}"
    query = _kept_query(parts.query)
    return urlunsplit(("https", host, parts.path or "/", query, ""))


def host_of(url: str) -> str:
    """The host in lower case, or nothing."""
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def _kept_query(query: str) -> str:
    if not query:
        return ""
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if not _is_tracking(name.lower())]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _is_tracking(name: str) -> bool:
    return name in _TRACKING or name.startswith(_TRACKING_PREFIXES)
