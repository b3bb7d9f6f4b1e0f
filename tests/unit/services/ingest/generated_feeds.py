"""Feeds as no publisher would write them, and as all do: for Hypothesis."""

from html import escape

from hypothesis import strategies as st

_WORDS = (
    *("A ship leaves port", "Судно вышло из порта", "배가 항구를 떠났다", "Déjà vu", "cafÃ© closed"),
    *(
        "5 < 6 & 7 > 2",
        "<p>It sailed <b>at dawn</b>.</p>",
        "<div>One<br/>two</div>",
        "&lt;p&gt;Twice&lt;/p&gt;",
    ),
    *("", " ", "\n ", "It\x92s said", "http:////sample.example/one", "https://sample.example/?a=1&amp;b=2"),
    *("https://sample.example/?a=1&b=2", "tag:sample.example,2024:1", "21 Oct 2024", "2024-10-21T09:00:00Z"),
    *("<p>tail</p>" * 3, "x" * 50, "a&nbsp;b", "“quoted”"),
)
_MANNERS = st.sampled_from((escape, lambda text: f"<![CDATA[{text.replace(']]>', '')}]]>"))
_NOTES = st.sampled_from(("", "", "", "<!-- a note -->", "<?note this?>"))
_ENTRY_NAMES = (
    *("title", "title", "description", "description", "link", "link", "guid", "pubDate", "pubDate", "id"),
    *("dc:date", "dc:title", "dc:creator", "dc:description", "content:encoded", "content:encoded"),
    *("media:title", "media:description", "media:thumbnail", "itunes:summary", "summary", "content"),
    *("published", "updated", "author", "category", "image", "source", "comments", "enclosure", "date"),
    *("atom:link", "atom:updated", "dcterms:modified", "media:keywords", "other:thing", "Title", "full_text"),
    *(
        "guid",
        "modified",
        "issued",
        "created",
        "subtitle",
        "rights",
        "slash:comments",
        "media:credit",
        "language",
    ),
)
_FEED_NAMES = (
    *("title", "title", "link", "description", "language", "ttl", "sy:updatePeriod", "sy:updateFrequency"),
    *("dc:language", "dc:title", "atom:link", "image", "lastBuildDate", "itunes:summary", "category", "id"),
    *(
        "generator",
        "author",
        "docs",
        "subtitle",
        "media:title",
        "other:thing",
        "updated",
        "copyright",
        "cloud",
    ),
)
_ATTRIBUTES = st.sampled_from(
    (
        *("", "", "", "", "", ' type="html"', ' type="text"', ' type="xhtml"', ' isPermaLink="false"'),
        *(
            ' isPermaLink="true"',
            ' href="/two"',
            ' rel="alternate" href="/three"',
            ' rel="self" href="/self.xml"',
        ),
        *(' rel="hub" href="https://hub.example/"', ' url="/picture.jpg"', ' xml:lang="ko"', ' lang="ru"'),
        *(
            ' rel="alternate" type="text/html" href="/four"',
            ' TYPE="HTML"',
            ' other:type="html"',
            ' mode="escaped"',
        ),
        *(
            ' rel="Alternate" type="application/json" href="/five"',
            ' domain="x"',
            ' base="http://b.example/"',
        ),
    )
)
_CONTAINERS = ("media:group", "media:content", "author", "image", "other:box", "source", "div")
_NAMESPACES = (
    ' xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:media="http://search.yahoo.com/mrss/" xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns:dcterms="http://purl.org/dc/terms/" xmlns:slash="http://purl.org/rss/1.0/modules/slash/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
)
_OTHER = st.sampled_from(
    (
        ' xmlns:other="https://other.example/ns"',
        ' xmlns:other="http://purl.org/dc/elements/1.1/"',
        ' xmlns:other="http://www.w3.org/2005/Atom"',
    )
)
_ATOM = ' xmlns:atom="http://www.w3.org/2005/Atom"'
_ROOTS = st.sampled_from(
    (
        ("rss", ' version="2.0"', True),
        ("rss", ' version="2.0" xml:lang="ko_KR"', True),
        ("rss", ' version="0.91"', True),
        ("rss", "", True),
        (
            "rdf:RDF",
            ' xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/"',
            True,
        ),
        ("feed", ' xmlns="http://www.w3.org/2005/Atom" xml:lang="uk"', False),
        ("feed", ' version="0.3" xmlns="http://purl.org/atom/ns#"', False),
    )
)


@st.composite
def _element(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    name, attributes = draw(st.sampled_from(names)), draw(_ATTRIBUTES)
    if draw(st.integers(0, 9)) == 0:
        return f"<{name}{attributes}/>"
    text = draw(_MANNERS)(draw(st.sampled_from(_WORDS)))
    return f"<{name}{attributes}>{draw(_NOTES)}{text}{draw(_NOTES)}</{name}>"


@st.composite
def _parts(draw: st.DrawFn, names: tuple[str, ...]) -> str:
    parts = draw(st.lists(_element(names), max_size=7))
    if draw(st.integers(0, 3)) == 0:
        box = draw(st.sampled_from(_CONTAINERS))
        inside = "".join(draw(st.lists(_element(names), min_size=1, max_size=3)))
        parts.insert(draw(st.integers(0, len(parts))), f"<{box}>{inside}</{box}>")
    return "\n".join(parts)


@st.composite
def feed_documents(draw: st.DrawFn) -> str:
    """Well-formed documents of every XML format, tidy or absurd."""
    root, attributes, has_channel = draw(_ROOTS)
    entry_name = "item" if has_channel else "entry"
    about = ' rdf:about="urn:one"' if root == "rdf:RDF" and draw(st.booleans()) else ""
    entries = [
        f"<{entry_name}{about}>{draw(_parts(_ENTRY_NAMES))}</{entry_name}>"
        for _ in range(draw(st.integers(0, 3)))
    ]
    before, after = draw(_parts(_FEED_NAMES)), draw(st.just("") | _parts(_FEED_NAMES))
    head = f"<{root}{attributes}{_NAMESPACES}{_ATOM}{draw(_OTHER)}>"
    if not has_channel:
        return f"{head}{before}{''.join(entries)}{after}</{root}>"
    if draw(st.booleans()):
        return f"{head}<channel>{before}{''.join(entries)}{after}</channel></{root}>"
    return f"{head}<channel>{before}{after}</channel>{''.join(entries)}</{root}>"
