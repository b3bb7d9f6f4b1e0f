"""An explanation and changes with everything in them, in our own words, some of it hostile to terminals."""

from datetime import UTC, datetime

from services.extract.explaining.retagging import Change
from shared.model.explanation import (
    CategoryFound,
    Explanation,
    FeatureFired,
    LabelFound,
    LeftOut,
    Rejected,
    SectionRead,
    StoredVerdict,
    Verdict,
)
from shared.model.tag import EntityMention, Evidence, Section

NORTH = Evidence(text="North Korea", start=11, end=22, section="title", rule="label.KP")
FISH = Evidence(text="fish", start=38, end=42, section="title", rule="label.civil")


def place(text: str, start: int, section: Section, rule: str) -> Evidence:
    return Evidence(text=text, start=start, end=start + len(text), section=section, rule=rule)


IRRELEVANT = Explanation(
    story_id="story-fish",
    title="Russia and North Korea sign a deal on fish \x1b[31m[bold]러시아와 북한이 어업 협정에 서명했다",
    language="en",
    verdict=Verdict(relevant=False, score=0.0312, tier="none", categories=(), version="5a4e5e673d1d"),
    stored=StoredVerdict(
        verdict=Verdict(
            relevant=True, score=0.612, tier="substantive", categories=("treaty_alliance",), version="then"
        ),
        tagged_at=datetime(2024, 10, 21, 12, 4, tzinfo=UTC),
    ),
    passing=0.2,
    threshold=0.5,
    core=0.9,
    bias=-3.406,
    sections=(
        SectionRead(section="title", counted=True, sentences=1, characters=42),
        SectionRead(section="body", counted=True, sentences=3, characters=310),
        SectionRead(section="related", counted=False, sentences=1, characters=51),
    ),
    left_out=(
        LeftOut(
            section="related",
            because="a link to another story, not the story's own words",
            text="Read also: North Korea\tsends soldiers to Russia",
            start=311,
            end=362,
        ),
    ),
    left_out_count=24,
    unread=1200,
    labels=(
        LabelFound(label="KP", meaning="North Korea", is_side=True, count=9, places=(NORTH,) * 6),
        LabelFound(label="civil", meaning="civil matters", is_side=False, count=1, places=(FISH,)),
    ),
    entities=(
        EntityMention(id="LOC-KP", name="North Korea", type="place", qid="Q423", mentions=(NORTH,)),
        EntityMention(id="UNIT-SAMPLE", name="Sample Corps", type="unit", qid=None, mentions=(FISH,)),
    ),
    features=(
        FeatureFired(
            feature="civil",
            zone="head",
            when="KP & civil",
            value=1,
            weight=-1.404,
            contribution=-1.404,
            evidence=(NORTH, FISH),
        ),
        FeatureFired(
            feature="two_sided",
            zone="body",
            when="KP & RU & transfer|acquire|logistics & !sport & !history & !satire",
            value=0.75,
            weight=0.333,
            contribution=0.2498,
            evidence=(NORTH, place("러시아", 3, "body", "label.RU"), FISH),
        ),
        FeatureFired(
            feature="directed",
            zone="title",
            when="kp_to_ru|ru_to_kp",
            value=1,
            weight=0.043,
            contribution=0.043,
            evidence=(),
        ),
        FeatureFired(
            feature="nationals",
            zone="lead",
            when="KP & nationals",
            value=1,
            weight=-0.01,
            contribution=-0.01,
            evidence=(),
        ),
    ),
    rejected=(
        Rejected(
            place=place("Kim", 24, "body", "KW"),
            meaning="a name for North Korea",
            side="KP",
            because="it may be anybody's, for nothing else in the story ties it to North Korea",
            count=3,
        ),
    ),
    rejected_count=31,
    categories=(),
    lacking=(
        "Against it speak civil.head (−1.40) and civil.title (−1.19).",
        "Were it not for civil matters, it would be relevant (0.59).",
        "If the headline also told of arms (0.34), it would still not be relevant.",
    ),
)

RELEVANT = Explanation(
    story_id="story-sent",
    title="",
    language="und",
    verdict=Verdict(relevant=True, score=0.97, tier="core", categories=("troop_deployment",), version="now"),
    stored=None,
    passing=0.2,
    threshold=0.5,
    core=0.9,
    bias=-3.406,
    sections=(),
    left_out=(),
    left_out_count=0,
    unread=0,
    labels=(),
    entities=(),
    features=(),
    rejected=(),
    rejected_count=0,
    categories=(CategoryFound(id="troop_deployment", evidence=(NORTH, FISH)),),
    lacking=(),
)

CHANGES = (
    Change(
        id="story-gained",
        title="North Korea sends soldiers to Russia, a sample agency says in a headline that is rather long",
        kind="gained",
        before=Verdict(relevant=False, score=0.204, tier="passing", categories=(), version="then"),
        after=Verdict(
            relevant=True, score=0.9711, tier="core", categories=("troop_deployment",), version="now"
        ),
        added=("troop_deployment",),
        removed=(),
        because=("troops.title +0.49: “North Korea”, “soldiers”, “Russia”", "two_sided.all +1.08"),
    ),
    Change(
        id="story-lost",
        title="\x1b]0;owned\x07[red]러시아와 북한이 어업 협정에 서명했다",
        kind="lost",
        before=Verdict(
            relevant=True, score=0.66, tier="substantive", categories=("visits_diplomacy",), version="then"
        ),
        after=Verdict(relevant=False, score=0.66, tier="passing", categories=(), version="now"),
        added=(),
        removed=("visits_diplomacy",),
        because=("the score is the same; now relevant begins at 0.90, core at 0.95",),
    ),
)
