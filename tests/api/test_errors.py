import asyncio
import logging

import httpx
from fastapi import FastAPI

from hamsafar.api.errors import LastResort, add_error_handlers
from hamsafar.api.headers import SecurityHeaders


class TestLastResort:
    def test_an_unforeseen_error_tells_nothing_but_where_to_look(self, caplog):
        app = FastAPI(openapi_url=None)
        add_error_handlers(app)
        app.add_middleware(LastResort)
        app.add_middleware(SecurityHeaders)

        @app.get("/api/broken/{secret}")
        def broken(secret: str) -> None:
            raise KeyError(f"sara@example.{secret}")

        with caplog.at_level(logging.ERROR):
            answer = ask(app, "/api/broken/4242")
        assert answer.status_code == 500
        assert answer.json()["error"] == "internal"
        number = answer.headers["x-request-id"]
        assert number in answer.json()["detail"]
        assert answer.headers["cache-control"] == "no-store"
        assert f"request {number}: unforeseen KeyError at GET /api/broken/{{secret}}" in caplog.text
        assert "in broken" in caplog.text
        assert "sara@example.4242" not in caplog.text


def ask(app, path):
    async def send():
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
            return await client.get(path)

    return asyncio.run(send())
