"""The lines that `pactwatch tag` reads and writes."""

import json

import msgspec
import pytest

from services.extract.lines import read_request, to_line
from services.extract.tagger import Tagger
from services.extract.worker import load_worker, tag_in_worker
from shared.errors import InputError


def test_a_line_answers_with_the_agreed_keys_in_the_agreed_order(tagger: Tagger) -> None:
    line = b'{"id": "7", "title": "North Korea ships shells to Russia", "text": "", "colour": "red"}'
    request = read_request(line, 1)
    answer = to_line(request.id, tagger.tag(title=request.title, text=request.text))
    assert list(answer) == [
        "id",
        "relevant",
        "score",
        "tier",
        "language",
        "categories",
        "entities",
        "claims",
        "evidence",
        "version",
        "codes",
    ]
    assert json.loads(msgspec.json.encode(answer))["id"] == "7"
    assert all(set(one) == {"text", "start", "end", "section", "rule"} for one in answer["evidence"])
    assert answer["codes"][0] == {
        "category": "arms_transfer",
        "plover": ("AID", "COOPERATE", "AGREE"),
        "iptc": ("medtop:20000602", "medtop:20000601", "medtop:20000297"),
    }


OUT_OF_RANGE = b'{"id": "7", "published_at": "0001-01-01T00:00:00+14:00"}'


@pytest.mark.parametrize(
    "line", [b"", b"{", b"[]", b'{"title": "no id"}', b'{"id": null}', b'{"id": "\xff"}', OUT_OF_RANGE]
)
def test_a_bad_line_is_refused_by_its_number(line: bytes) -> None:
    with pytest.raises(InputError, match=r"stories\.jsonl:12: "):
        read_request(line, 12, "stories.jsonl")


@pytest.mark.parametrize(
    ("line", "title"),
    [
        (b'\xef\xbb\xbf{"id": "1", "title": "after a byte order mark"}', "after a byte order mark"),
        (b'{"id": "1", "title": "half \\ud83d of a pair"}', "half \ufffd of a pair"),
        (
            b'{"id": "1", "title": "whole \\ud83d\\ude80 pair, half \\udfff"}',
            "whole \U0001f680 pair, half \ufffd",
        ),
        (b'{"id": "1", "title": "with a nul \\u0000"}', "with a nul \0"),
        (b'{"id": "1", "title": "carriage return"}\r\n', "carriage return"),
    ],
)
def test_a_line_as_odd_programs_write_it_is_read_and_offsets_stay(line: bytes, title: str) -> None:
    assert read_request(line, 1).title == title


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (b'{"id": "1", "x": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"id": "1", "x": "\\ud800", "y": ' + b"[" * 200_000 + b"]" * 200_000 + b"}", "nested too deeply"),
        (b'{"id": "1", "title": "\xff"}', "not UTF-8"),
        (b'{"id": "\\ud800", "title": 5}', "title"),
        (b'{"id": "\\ud800"', "stories.jsonl:3: "),
    ],
)
def test_a_line_that_cannot_be_read_says_why(line: bytes, words: str) -> None:
    with pytest.raises(InputError, match=words):
        read_request(line, 3, "stories.jsonl")


def test_a_worker_says_what_the_tagger_says(tagger: Tagger) -> None:
    request = read_request('{"id": "1", "title": "КНДР передала России снаряды"}'.encode(), 1)
    load_worker()
    assert tag_in_worker(request) == tagger.tag(title=request.title, text=request.text, story_id="1")
