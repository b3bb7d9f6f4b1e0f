"""Health, readiness and metrics of a service without pages."""

from httpx2 import ASGITransport, AsyncClient

from shared.errors import DatabaseUnavailableError
from shared.metrics import Metrics
from shared.probes import Readiness, probe_app


async def fine() -> None:
    return


async def gone() -> None:
    raise DatabaseUnavailableError("refused")


async def slow() -> None:
    raise TimeoutError


async def test_a_service_with_nothing_else_can_serve_the_probes() -> None:
    readiness = Readiness(checks={"stream": fine, "database": gone, "workers": slow})
    transport = ASGITransport(app=probe_app(readiness, Metrics()))
    async with AsyncClient(transport=transport, base_url="http://probes") as client:
        assert (await client.get("/healthz")).status_code == 200
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        assert answer.json() == {
            "ready": False,
            "checks": {
                "stream": {"ok": True, "why": None},
                "database": {"ok": False, "why": "The database is unavailable: refused"},
                "workers": {"ok": False, "why": "no answer within 5 s"},
            },
        }
        assert b"pactwatch_" in (await client.get("/metrics")).content
        assert (await client.get("/docs")).status_code == 404


async def test_a_service_that_needs_nothing_is_ready() -> None:
    assert await Readiness(checks={}).failures() == {}
