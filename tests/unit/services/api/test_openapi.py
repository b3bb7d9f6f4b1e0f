"""What the OpenAPI document promises."""

import json
from typing import Any

import pytest

from services.api.openapi import render


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(render())
    return found


def test_the_document_is_the_same_every_time() -> None:
    assert render() == render()


def test_every_route_is_described_and_says_that_errors_are_problem_documents(
    document: dict[str, Any],
) -> None:
    for path, operations in document["paths"].items():
        for operation in operations.values():
            assert operation["description"], path
            for status in ("4XX", "5XX"):
                assert list(operation["responses"][status]["content"]) == ["application/problem+json"]


def test_no_schema_of_an_answer_holds_the_sealed_secret(document: dict[str, Any]) -> None:
    assert "sealed_secret" not in json.dumps(document)
