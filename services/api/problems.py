"""Errors as RFC 9457 problem details: one shape for everything that goes wrong."""

import re
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from services.api.security_headers import SECURITY_HEADERS
from shared.errors import InputError, PactwatchError, UnavailableError

PROBLEM_TYPE: Final = "application/problem+json"
RETRY_SECONDS: Final = 5
_URN: Final = "urn:pactwatch:problem:"
_MOST_FAULTS: Final = 50

log = structlog.get_logger()


class Fault(BaseModel):
    """One thing that is wrong with the input: where (`body.filter.min_severity`) and what."""

    where: str
    what: str


class Problem(BaseModel):
    """What went wrong, after RFC 9457; `type` names the kind of problem, `detail` this case of it."""

    type: str
    title: str
    status: int
    detail: str
    faults: list[Fault] = []


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error with a problem document."""
    app.add_exception_handler(RequestValidationError, _invalid)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(PactwatchError, _ours)
    app.add_exception_handler(Exception, _unexpected)


def problem_response(
    status: int,
    kind: str,
    detail: str,
    *,
    faults: Sequence[Fault] = (),
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`kind` in kebab-case names the problem; it becomes the URN and the title."""
    problem = Problem(
        type=_URN + kind,
        title=kind.replace("-", " ").capitalize(),
        status=status,
        detail=detail,
        faults=list(faults),
    )
    return JSONResponse(
        problem.model_dump(exclude_defaults=True), status, headers=headers, media_type=PROBLEM_TYPE
    )


async def _invalid(_request: Request, error: Exception) -> Response:
    found = cast(RequestValidationError, error).errors()
    faults = [_fault(each) for each in found[:_MOST_FAULTS]]
    return problem_response(422, "invalid-input", "the request is not what the route takes", faults=faults)


async def _http(_request: Request, exception: Exception) -> Response:
    error = cast(HTTPException, exception)
    kind = HTTPStatus(error.status_code).phrase.lower().replace(" ", "-")
    return problem_response(error.status_code, kind, str(error.detail), headers=error.headers)


async def _ours(request: Request, error: Exception) -> Response:
    kind = _kebab(type(error).__name__.removesuffix("Error"))
    if isinstance(error, InputError):
        return problem_response(422, kind, error.detail)
    if isinstance(error, UnavailableError):
        # The cause names hosts and drivers: for the log, not for strangers.
        log.warning("request_unavailable", path=request.url.path, error=str(error))
        words = (type(error).__doc__ or "").strip()
        return problem_response(503, kind, words, headers={"Retry-After": str(RETRY_SECONDS)})
    return await _unexpected(request, error)


async def _unexpected(request: Request, error: Exception) -> Response:
    log.error("request_failed", path=request.url.path, exc_info=error)
    # This answer is made outside every middleware.
    return problem_response(
        500, "internal-error", "something went wrong here; it has been logged", headers=SECURITY_HEADERS
    )


def _fault(found: Mapping[str, Any]) -> Fault:
    where = ".".join(str(part) for part in found["loc"])
    return Fault(where=where[:200], what=str(found["msg"])[:500])


def _kebab(name: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "-", name).lower()
