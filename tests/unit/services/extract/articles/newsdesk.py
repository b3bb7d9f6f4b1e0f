"""Stories completed over real HTTP: sites on loopback, workers that tag and read, a simulated clock."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path

from services.extract.article import ArticleParts, ArticleReader
from services.extract.articles.robots import RobotsBook
from services.extract.articles.visits import Door, VisitPolicy, Visits
from services.extract.pages.policy import ArticlePolicy
from services.extract.tagging import StoryTagger
from shared.db import Database
from shared.http.client import GuardedClient
from shared.http.exchange import HttpLimits
from shared.messages import STORY, TAGGED_STORY, decode, encode
from shared.metrics import Metrics
from shared.model.ids import story_id
from shared.model.story import Story
from shared.model.tag import TaggedStory
from shared.store.domains import DomainStore
from shared.store.pacing import PacingStore
from shared.store.stories import StoryStore
from shared.tables import metadata
from shared.workers import WorkerPool
from tests.origin.answers import Answer, refusal
from tests.origin.server import OriginServer
from tests.samples import NOON, a_story, as_read

SITE = "www.sample-wire.example"
TITLE = "Sample: Pyongyang answers questions about the harbour"
TEASER = "North Korea has confirmed that ships left the harbour this week..."
REPORT = (
    "North Korea has confirmed that ships left the harbour this week, the sample agency said on Friday.",
    "The ships carried 2,000 containers of artillery shells to Russia for its war in Ukraine, it said.",
    "Pyongyang also sends 1,500 soldiers to Russia under the treaty, according to the sample ministry.",
    "Nobody at the harbour answered questions about the report, which could not be confirmed by others.",
)
HTML = {"Content-Type": "text/html; charset=utf-8"}
PATIENT = ArticlePolicy(
    total=timedelta(seconds=60), late=timedelta(seconds=60), reading=timedelta(seconds=20)
)
"""On a busy machine a worker may take long for what it does at once on a quiet one."""

UNHURRIED = VisitPolicy(limits=HttpLimits(total=timedelta(seconds=30)))


def article(*paragraphs: str, title: str = TITLE, head: str = "") -> bytes:
    """A page with a menu, a report and a foot."""
    menu = "".join(f'<li><a href="/section-{number}">Section {number}</a></li>' for number in range(12))
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs or REPORT)
    return (
        f'<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>{title}</title>{head}</head>'
        f"<body><header><nav><ul>{menu}</ul></nav></header><main><article><h1>{title}</h1>{body}</article>"
        "</main><footer>All rights are somebody's.</footer></body></html>"
    ).encode()


def html(body: bytes) -> Answer:
    return Answer(body=body, headers=HTML)


def robots(text: str) -> Answer:
    return Answer(body=text.encode(), headers={"Content-Type": "text/plain"})


@dataclass(slots=True)
class Site:
    """A host with pages by path; 404 for all others, `/robots.txt` among them."""

    pages: dict[str, Answer] = field(default_factory=dict)

    def answer(self, path: str, _headers: Mapping[str, str], _now: datetime) -> Answer:
        return self.pages.get(path, refusal(404))

    def delivered(self, answer: Answer) -> None: ...


@dataclass(slots=True)
class Clock:
    """Time that passes only while somebody rests."""

    now: datetime = NOON
    rests: list[float] = field(default_factory=list)

    def __call__(self) -> datetime:
        return self.now

    async def rest(self, seconds: float) -> None:
        self.rests.append(seconds)
        self.now += timedelta(seconds=seconds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pools:
    """Workers that tag and workers that read pages."""

    taggers: WorkerPool
    readers: WorkerPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Newsdesk:
    """A tag group's handler with everything around it."""

    clock: Clock
    origin: OriginServer
    client: GuardedClient
    database: Database
    metrics: Metrics
    pools: Pools

    @property
    def stories(self) -> StoryStore:
        return StoryStore(self.database)

    @property
    def holds(self) -> DomainStore:
        return DomainStore(self.database)

    def host(self, name: str = SITE, /, **pages: Answer) -> Site:
        """A site of that name; a page's path is its keyword after a slash."""
        site = Site(pages={f"/{path}": answer for path, answer in pages.items()})
        self.origin.hosts[name] = site
        return site

    def story(
        self,
        path: str = "/report",
        *,
        host: str = SITE,
        title: str = TITLE,
        text: str = TEASER,
        **changes: object,
    ) -> Story:
        """A teaser as a feed elsewhere carries it now."""
        story = a_story(
            id=story_id("sample-wire", f"{host}{path}"),
            title=title,
            text=text,
            url=self.origin.url(host, path),
            first_seen_at=self.clock.now,
        )
        return replace(story, **changes)  # type: ignore[arg-type]  # any field, by name

    def tagger(
        self,
        visits: VisitPolicy = UNHURRIED,
        policy: ArticlePolicy | None = None,
        rest: Callable[[float], Awaitable[None]] | None = None,
    ) -> StoryTagger:
        parts = ArticleParts(
            stories=self.stories,
            visits=Visits(
                door=Door(client=self.client, robots=RobotsBook(self.client, self.pools.readers, self.clock)),
                pacing=PacingStore(self.database),
                clock=self.clock,
                policy=visits,
                rest=rest or self.clock.rest,
            ),
            taggers=self.pools.taggers,
            readers=self.pools.readers,
            metrics=self.metrics,
            clock=self.clock,
            policy=policy or PATIENT,
        )
        return StoryTagger(workers=self.pools.taggers, clock=self.clock, articles=ArticleReader(parts))

    async def tagged(self, story: Story, tagger: StoryTagger | None = None) -> TaggedStory:
        """What the tag group makes of the story's record."""
        record = as_read(encode(STORY, story, source="/ingest", now=NOON))
        (outgoing,) = await (tagger or self.tagger()).handle(record)
        return decode(TAGGED_STORY, as_read(outgoing))

    async def tagged_in_turn(self, stories: Sequence[Story]) -> list[TaggedStory]:
        """The same of several, one after another."""
        tagger = self.tagger()
        return [await self.tagged(story, tagger) for story in stories]

    def outcomes(self) -> dict[str, int]:
        """How often what came of looking for a page."""
        return {
            sample.labels["outcome"]: int(sample.value)
            for metric in self.metrics.articles.collect()
            for sample in metric.samples
            if sample.name.endswith("_total")
        }

    def asked(self, host: str = SITE) -> list[str]:
        """The paths that the host was asked for, in order."""
        return [asked.path for asked in self.origin.asked_of(host)]


@asynccontextmanager
async def open_newsdesk(folder: Path, pools: Pools) -> AsyncIterator[Newsdesk]:
    clock = Clock()
    database = Database(f"sqlite+aiosqlite:///{folder / 'newsdesk.db'}")
    try:
        async with database.write() as connection:
            await connection.run_sync(metadata.create_all)
        async with OriginServer(clock=clock) as origin, origin.client() as client:
            yield Newsdesk(
                clock=clock,
                origin=origin,
                client=client,
                database=database,
                metrics=Metrics(),
                pools=pools,
            )
    finally:
        await database.close()
