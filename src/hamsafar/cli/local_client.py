"""The command line's end of the local socket."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path

import httpx

from hamsafar.access.types import JobKind
from hamsafar.kernel.errors import BadInput, Retriable
from hamsafar.storage.types import Lane

RETRY_AFTER = timedelta(seconds=2)
TIMEOUT_S = 60.0


class LocalClient:
    """The command line's end of the local socket."""

    def __init__(self, socket: Path) -> None:
        self._socket = socket
        transport = httpx.HTTPTransport(uds=str(socket), retries=3)
        self._http = httpx.Client(transport=transport, base_url="http://local", timeout=TIMEOUT_S)

    def append(self, blob: bytes, count: int) -> None:
        """Append a record on the bulk lane.

        Raises:
            Retriable: the log is full, or the server is away; try again later.
        """
        params: dict[str, str | int] = {"lane": Lane.BULK.value, "count": count}
        self._told(self._post("/local/append", params=params, content=blob))

    def lag(self) -> int:
        """Return how many imported events are not yet worked through."""
        return int(str(self._told(self._post("/local/lag"))["lag"]))

    def queue(self, kind: JobKind, args: dict[str, object]) -> dict[str, object]:
        """Queue a job and return it."""
        return self._told(
            self._post("/local/job", content=json.dumps({"kind": kind, "args": args}).encode())
        )

    def look(self, job_id: str) -> dict[str, object]:
        """Return a job as it is now."""
        return self._told(self._post("/local/look", params={"id": job_id}))

    def ask(self, query: bytes) -> dict[str, object]:
        """Return the answer to a query about journeys."""
        return self._told(self._post("/local/query", content=query))

    def friction(self, question: bytes) -> dict[str, object]:
        """Return the answer to a question about friction."""
        return self._told(self._post("/local/friction", content=question))

    def impact(self, question: bytes) -> dict[str, object]:
        """Return the answer to a question about impact."""
        return self._told(self._post("/local/impact", content=question))

    def close(self) -> None:
        """Close the connection."""
        self._http.close()

    def _post(
        self, path: str, *, params: dict[str, str | int] | None = None, content: bytes = b""
    ) -> httpx.Response:
        if not self._socket.exists():
            raise _away()
        try:
            return self._http.post(path, params=params, content=content)
        except httpx.TransportError as error:
            raise _away() from error

    def _told(self, response: httpx.Response) -> dict[str, object]:
        found: dict[str, object] = response.json()
        if response.status_code == httpx.codes.SERVICE_UNAVAILABLE:
            raise Retriable(str(found["detail"]), after=RETRY_AFTER)
        if response.is_error:
            raise BadInput(str(found["detail"]), where=str(found.get("where", "")))
        return found


def _away() -> Retriable:
    message = "the server of this data folder does not answer"
    return Retriable(message, after=RETRY_AFTER, where="--data")
