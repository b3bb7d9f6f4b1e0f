"""What one consumer has polled and not yet committed: pure values, so that every rule has its test."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from shared.ports import StreamRecord, TopicPartition


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A partition a member owns, since `generation`; `committed` is what the group reads next."""

    partition: int
    source: TopicPartition
    generation: int
    draining: bool
    committed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a consumer is in a partition that it owns since `generation`."""

    partition: int
    generation: int
    next_offset: int
    committed: int

    @property
    def busy(self) -> bool:
        """Whether polled records await their commit."""
        return self.next_offset > self.committed


ProgressBySource = Mapping[TopicPartition, Progress]


def adopt(known: ProgressBySource, claims: Iterable[Claim]) -> dict[TopicPartition, Progress]:
    """Progress for what is owned now: kept while the ownership is the same one, else from the commit on."""
    return {claim.source: _adopt_claim(known.get(claim.source), claim) for claim in claims}


def advance(known: ProgressBySource, records: Iterable[StreamRecord]) -> dict[TopicPartition, Progress]:
    """After handing out `records`, which are in offset order per partition."""
    polled = {record.source: record.next_offset for record in records}
    return {
        source: replace(progress, next_offset=polled.get(source, progress.next_offset))
        for source, progress in known.items()
    }


def settle(
    known: ProgressBySource, positions: Mapping[TopicPartition, int]
) -> dict[TopicPartition, Progress]:
    """After committing `positions`."""
    return {
        source: replace(progress, committed=max(progress.committed, positions.get(source, 0)))
        for source, progress in known.items()
    }


def busy_partitions(known: ProgressBySource) -> frozenset[int]:
    """The rows of the partitions with records at hand."""
    return frozenset(progress.partition for progress in known.values() if progress.busy)


def rotated(claims: Sequence[Claim], turn: int) -> tuple[Claim, ...]:
    """The claims, another one first each turn, so that a full partition cannot starve the others."""
    start = turn % len(claims) if claims else 0
    return (*claims[start:], *claims[:start])


def _adopt_claim(progress: Progress | None, claim: Claim) -> Progress:
    if progress is not None and progress.generation == claim.generation:
        return progress
    return Progress(
        partition=claim.partition,
        generation=claim.generation,
        next_offset=claim.committed,
        committed=claim.committed,
    )
