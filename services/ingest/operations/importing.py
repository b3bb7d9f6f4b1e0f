"""What importing a list changes in what is watched. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.ingest.opml import ListedFeed
from shared.model.feed import Feed
from shared.model.ids import feed_id


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPlan:
    """Feeds to add and to update, how many stay as they are, and in words what was left out, by line."""

    new: tuple[Feed, ...]
    updated: tuple[Feed, ...]
    unchanged: int
    faults: tuple[str, ...]


def plan_import(listed: Sequence[ListedFeed], known: Mapping[str, Feed]) -> ImportPlan:
    """What to do so that the list holds, given the watched feeds by id.

    What a list does not say stays as it is, and so does whether a watched feed is polled. An outlet is part
    of the identity of its stories: a watched feed keeps its own, whatever the list says.
    """
    new: list[Feed] = []
    updated: list[Feed] = []
    faults: list[str] = []
    for feed in listed:
        old = known.get(feed_id(feed.url))
        if old is None:
            new.append(feed.value())
            continue
        if feed.outlet not in (None, old.outlet):
            faults.append(_other_outlet(feed, old))
        changed = _changed(old, feed)
        if changed != old:
            updated.append(changed)
    return ImportPlan(
        new=tuple(new),
        updated=tuple(updated),
        unchanged=len(listed) - len(new) - len(updated),
        faults=tuple(faults),
    )


def _changed(old: Feed, listed: ListedFeed) -> Feed:
    return replace(
        old,
        name=listed.name or old.name,
        language=listed.language or old.language,
        owner=listed.owner or old.owner,
        country=listed.country or old.country,
        tier=listed.tier or old.tier,
        interval=listed.interval or old.interval,
    )


def _other_outlet(listed: ListedFeed, old: Feed) -> str:
    return (
        f"{listed.place}: {listed.url[:200]!r} keeps its outlet {old.outlet!r}, by which its stories are"
        f" named, and does not get {listed.outlet!r}"
    )
