"""What names an entry, and what changes it for readers."""

from dataclasses import replace

import pytest

from services.ingest.documents.parsed import ParsedEntry
from services.ingest.entries.identity import IdentifiedEntry, content_hash, identify
from tests.unit.services.ingest.newsroom import entry


def identified(*entries: ParsedEntry) -> tuple[str, ...]:
    return tuple(each.key for each in identify(entries))


def only(one: ParsedEntry) -> IdentifiedEntry:
    (found,) = identify([one])
    return found


def test_an_entry_goes_by_its_guid_else_its_link_else_its_title_and_date() -> None:
    link = "http://Sample.example/a/?utm_source=rss"
    assert identified(
        entry(guid="g", url=link), entry(guid=None, url=link), entry(guid=None, url=None, title="A ship")
    ) == ("g", "https://sample.example/a", "A ship 2024-10-21")


def test_a_guid_that_is_an_address_is_the_same_on_https() -> None:
    assert identified(entry(guid="http://sample.example/?p=5")) == ("https://sample.example/?p=5",)


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("A ship  leaves ", "It sailed.\nSlowly."),
        ("A ship leaves", "It sailed. Slowly."),
        ("A\u00a0ship leaves", "\tIt sailed.\n\n\nSlowly.\n"),
    ],
)
def test_other_blanks_and_line_breaks_are_no_change(title: str, text: str) -> None:
    assert content_hash(title, text) == content_hash("A ship leaves", "It sailed. Slowly.")


def test_another_way_to_write_the_same_letters_is_no_change() -> None:
    assert content_hash("Київ", "\u0439 \u1100\u1161") == content_hash("Київ", "\u0438\u0306 \uac00")


def test_a_word_moved_from_the_title_to_the_text_is_a_change() -> None:
    assert content_hash("A ship", "leaves") != content_hash("A", "ship leaves")


@pytest.mark.parametrize("guid", ["g" * 9_000, "a\0b"], ids=["long", "nul"])
def test_a_guid_no_database_can_hold_becomes_a_fingerprint(guid: str) -> None:
    found = only(entry(guid=guid))
    assert found.key.startswith("sha256:")
    assert found.second_key is not None
    assert max(len(found.key), len(found.second_key)) <= 500
    assert found.key != only(entry(guid=guid + "x")).key


def test_entries_without_title_have_no_title_in_common() -> None:
    assert only(replace(entry(), title=" ")).title_key == ""


def test_articles_that_share_a_guid_or_a_link_are_told_so() -> None:
    shared = "https://sample.example/live"
    first, second, third = identify(
        [entry(1, guid="g", url=shared), entry(2, guid="h", url=shared), entry(3, guid="g")]
    )
    assert [each.contested for each in (first, second, third)] == [True, False, True]
    assert [each.link_shared for each in (first, second, third)] == [True, True, False]


def test_an_entry_repeated_word_for_word_shares_nothing_with_itself() -> None:
    for each in identify([entry(), entry()]):
        assert (each.contested, each.link_shared) == (False, False)
