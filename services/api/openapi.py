"""The OpenAPI document, as it is committed and checked for drift."""

import json
from collections.abc import Iterator
from typing import Any

from services.api.app import assembled
from services.api.problems import PROBLEM_TYPE
from shared.metrics import Metrics
from shared.probes import Readiness


def render() -> str:
    """The whole document as JSON; the same code gives the same text."""
    document = assembled(Readiness(checks={}), Metrics()).openapi()
    for response in _error_responses(document):
        response["content"] = {PROBLEM_TYPE: response["content"]["application/json"]}
    return json.dumps(document, indent=2, sort_keys=True, ensure_ascii=False) + "\n"


def _error_responses(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for path in document["paths"].values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status in ("4XX", "5XX"):
                    yield response
