"""`/healthz`, `/readyz` and `/metrics`, the same for every service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import APIRouter, FastAPI, Response
from pydantic import BaseModel
from starlette.types import ASGIApp

from shared.errors import PactwatchError
from shared.metrics import Metrics

CHECK_SECONDS: Final = 5
METRICS_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

Check = Callable[[], Awaitable[None]]
"""Raises a PactwatchError when what it checks is not there; bounded in time by the caller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """The named checks of a service, such as `stream` and `database`."""

    checks: Mapping[str, Check]

    async def failures(self) -> dict[str, str | None]:
        """For each check the reason why it fails, or None; all run at once, each at most a few seconds."""
        reasons = await asyncio.gather(*(_failure(check) for check in self.checks.values()))
        return dict(zip(self.checks, reasons, strict=True))


class Health(BaseModel):
    """The process runs and answers."""

    status: str = "alive"


class CheckResult(BaseModel):
    """One thing the service needs; `why` says what is wrong with it."""

    ok: bool
    why: str | None = None


class ReadinessReport(BaseModel):
    """Whether the service can do its work, and each thing it needs."""

    ready: bool
    checks: dict[str, CheckResult]


def probe_router(readiness: Readiness, metrics: Metrics) -> APIRouter:
    """The three routes, to be included in a service's own app."""
    router = APIRouter(tags=["operations"])

    @router.get("/healthz")
    async def healthz() -> Health:
        """Is the process alive?"""
        return Health()

    @router.get("/readyz", responses={503: {"model": ReadinessReport}})
    async def readyz(response: Response) -> ReadinessReport:
        """Can the service work? 503 names what is missing."""
        report = _report(await readiness.failures())
        response.status_code = 200 if report.ready else 503
        return report

    @router.get("/metrics", response_class=Response, responses={200: {"content": {"text/plain": {}}}})
    async def metrics_text() -> Response:
        """Prometheus metrics."""
        return Response(metrics.render(), media_type=METRICS_TYPE)

    return router


def probe_app(readiness: Readiness, metrics: Metrics) -> ASGIApp:
    """An app with nothing but the probes, for services that serve nothing else."""
    app = FastAPI(title="Pactwatch probes", openapi_url=None, docs_url=None, redoc_url=None)
    app.include_router(probe_router(readiness, metrics))
    return app


async def _failure(check: Check) -> str | None:
    try:
        async with asyncio.timeout(CHECK_SECONDS):
            await check()
    except PactwatchError as error:
        return str(error)
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS} s"
    return None


def _report(failures: Mapping[str, str | None]) -> ReadinessReport:
    checks = {name: CheckResult(ok=why is None, why=why) for name, why in failures.items()}
    return ReadinessReport(ready=all(check.ok for check in checks.values()), checks=checks)
