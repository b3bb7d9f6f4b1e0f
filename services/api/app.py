"""The api's FastAPI application, put together from things already built."""

from importlib.metadata import version
from typing import Final

from fastapi import FastAPI

from services.api.body_limit import BodyLimit
from services.api.coverage import CoverageReader
from services.api.dependencies import ApiState
from services.api.problems import Problem, add_problem_handlers
from services.api.routes import alerts, deliveries, feeds, stories, subscriptions, websub
from services.api.security_headers import SecurityHeaders
from shared.metrics import Metrics
from shared.probes import Readiness, probe_router

ROUTERS: Final = (
    *(stories.router, alerts.router, feeds.router),
    *(subscriptions.router, deliveries.router, websub.router),
)
SUMMARY: Final = "Watches the news for North Korea–Russia military cooperation."


def create_app(state: ApiState) -> FastAPI:
    """The application that serves `state`; it starts nothing and owns nothing."""
    app = assembled(state.readiness, state.metrics)
    app.state.api = state
    app.state.coverage = CoverageReader(state.feed_overview, state.feed_states, state.clock)
    return app


def assembled(readiness: Readiness, metrics: Metrics) -> FastAPI:
    """Routes, errors and middleware, without the state that `/v1` needs: enough to describe the API."""
    app = FastAPI(
        title="Pactwatch",
        summary=SUMMARY,
        version=version("pactwatch"),
        docs_url=None,
        redoc_url=None,
        responses={"4XX": {"model": Problem}, "5XX": {"model": Problem}},
    )
    add_problem_handlers(app)
    for router in ROUTERS:
        app.include_router(router)
    app.include_router(probe_router(readiness, metrics))
    app.add_middleware(BodyLimit, except_under=(websub.PREFIX,))
    app.add_middleware(SecurityHeaders)
    return app
