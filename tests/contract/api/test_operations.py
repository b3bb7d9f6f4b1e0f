"""What operators and browsers are told: probes, outages, security headers."""

from pathlib import Path

from shared.db import Database
from tests.contract.api.serving import Serving, serving


async def test_the_probes_tell_life_readiness_and_metrics(api: Serving) -> None:
    assert (await api.client.get("/healthz")).json() == {"status": "alive"}
    ready = await api.client.get("/readyz")
    assert ready.status_code == 200
    fine = {"ok": True, "why": None}
    assert ready.json() == {"ready": True, "checks": {"stream": fine, "database": fine}}
    metrics = await api.client.get("/metrics")
    assert metrics.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "pactwatch_webhook_attempt_seconds" in metrics.text


async def test_readiness_names_what_is_missing_and_recovers(api: Serving) -> None:
    api.world.stream_works = False
    answer = await api.client.get("/readyz")
    assert answer.status_code == 503
    checks = answer.json()["checks"]
    assert checks["stream"] == {"ok": False, "why": "The stream is unavailable: no broker answers"}
    assert checks["database"]["ok"]
    assert (await api.client.get("/healthz")).status_code == 200
    api.world.stream_works = True
    assert (await api.client.get("/readyz")).status_code == 200


async def test_without_its_database_the_api_says_so_and_when_to_come_back(tmp_path: Path) -> None:
    db = Database(f"sqlite+aiosqlite:///{tmp_path}/no/such/folder.db")
    async with serving(db) as api:
        answer = await api.client.get("/v1/stories")
        assert answer.status_code == 503
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["retry-after"] == "5"
        assert answer.json()["type"] == "urn:pactwatch:problem:database-unavailable"
        assert str(tmp_path) not in answer.text
        ready = await api.client.get("/readyz")
        assert (ready.status_code, ready.json()["checks"]["database"]["ok"]) == (503, False)
    await db.close()


async def test_every_answer_carries_the_security_headers(api: Serving) -> None:
    for path in ("/v1/stories", "/v1/nothing", "/healthz"):
        headers = (await api.client.get(path)).headers
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
        assert headers["referrer-policy"] == "no-referrer"
        assert "access-control-allow-origin" not in headers
