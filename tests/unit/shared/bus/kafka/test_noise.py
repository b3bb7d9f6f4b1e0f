"""The client library's log during an outage."""

import logging

from shared.bus.kafka.noise import OncePerMinute, hush


def said(at: float, text: str, *arguments: object) -> logging.LogRecord:
    record = logging.LogRecord("aiokafka", logging.ERROR, "", 0, text, arguments, None)
    record.created = at
    return record


def test_the_same_complaint_is_heard_once_a_minute_and_then_counted() -> None:
    once = OncePerMinute()
    assert once.filter(said(1000, "no answer from %s", "a"))
    assert not once.filter(said(1001, "no answer from %s", "b"))
    assert not once.filter(said(1059, "no answer from %s", "a"))
    again = said(1060, "no answer from %s", "c")
    assert once.filter(again)
    assert again.getMessage() == "no answer from c (and 2 more like it)"


def test_another_complaint_is_heard_at_once() -> None:
    once = OncePerMinute()
    assert once.filter(said(1000, "no answer from %s", "a"))
    assert once.filter(said(1000, "no leader"))


def test_hushing_again_changes_nothing() -> None:
    hush()
    filters = list(logging.getLogger("aiokafka.conn").filters)
    hush()
    assert logging.getLogger("aiokafka.conn").filters == filters
