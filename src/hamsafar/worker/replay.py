"""Sending quarantined events down the river again, mended or not."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial

import msgspec

from hamsafar.collect import QuarantineDesk, Reader, Reading, unpack, with_whole_surrogates
from hamsafar.collect.types import Batch, Envelope, Held
from hamsafar.kernel.errors import BadInput
from hamsafar.storage.ports import Database, Tx
from hamsafar.storage.types import Lane
from hamsafar.worker.between import Between
from hamsafar.worker.pipeline import Pipeline

AT_ONCE = 500

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Replayed:
    """How a replay ended."""

    stored: int
    duplicates: int
    refused: int


class Replay:
    """Replays held events through the pipeline, keeping their place in the log."""

    def __init__(
        self,
        database: Database,
        desk: QuarantineDesk,
        pipeline: Pipeline,
        reader: Reader,
        between: Between,
    ) -> None:
        self._database = database
        self._between = between
        self._desk = desk
        self._pipeline = pipeline
        self._reader = reader

    def run(self, ids: Sequence[int], fix: str, progress: Progress) -> Replayed:
        """Replay these quarantine rows; `fix` is a JSON merge patch for each event, or empty.

        The river does it in batches between its own.

        Rows replayed before are left alone, so a repeated run changes nothing.

        Raises:
            BadInput: `fix` is not a JSON object.
        """
        patch = _patch(fix)
        stored = duplicates = refused = 0
        for start in range(0, len(ids), AT_ONCE):
            some = partial(self._some, ids[start : start + AT_ONCE], patch)
            for done in self._between.do(some):
                stored += len(done.events)
                duplicates += len(done.duplicates)
                refused += len(done.quarantined)
            progress(min(start + AT_ONCE, len(ids)), len(ids))
        return Replayed(stored, duplicates, refused)

    def _some(self, ids: Sequence[int], patch: dict[str, object]) -> list[Batch]:
        """Replay what is still open of these rows, lane by lane."""
        with self._database.read() as tx:
            held = self._desk.held(tx, ids)
        return [self._lane([h for h in held if h.lane is lane], lane, patch) for lane in Lane]

    def _lane(self, held: list[Held], lane: Lane, patch: dict[str, object]) -> Batch:
        out = Reading()
        for row in held:
            for envelope in unpack(row.envelope):
                out.next_seq = row.seq
                self._reader.read_envelope(_mended(envelope, patch), out)
        tries = {row.seq: row.tries for row in held}
        batch = Batch(
            lane=lane,
            part=0,
            events=out.events,
            quarantined=[replace(q, tries=tries[q.seq] + 1) for q in out.quarantined],
            rejected=out.rejected,
        )

        def close(tx: Tx) -> None:
            self._desk.close(tx, held)

        return self._pipeline.replay(batch, before=close) if held else batch


def _patch(fix: str) -> dict[str, object]:
    try:
        found = json.loads(fix or "{}")
    except ValueError as error:
        raise BadInput(f"fix is not JSON: {error}", where="fix") from None
    if not isinstance(found, dict):
        raise BadInput('fix must be a JSON object, for example {"userId": "42"}', where="fix")
    return found


def _mended(envelope: Envelope, patch: dict[str, object]) -> Envelope:
    """Return a request with its one event mended by the patch."""
    if not patch:
        return envelope
    body = msgspec.json.decode(with_whole_surrogates(envelope.body))
    if isinstance(body, dict) and isinstance(body.get("batch"), list):
        body["batch"] = [merge_patch(item, patch) for item in body["batch"]]
    else:
        body = merge_patch(body, patch)
    kind = "replay" if envelope.kind == "refused" else envelope.kind
    return msgspec.structs.replace(envelope, kind=kind, body=msgspec.json.encode(body))


def merge_patch(target: object, patch: object) -> object:
    """Return `target` changed by a JSON merge patch.

    Source: RFC 7396.
    """
    if not isinstance(patch, dict):
        return patch
    merged = dict(target) if isinstance(target, dict) else {}
    for key, value in patch.items():
        if value is None:
            merged.pop(key, None)
        else:
            merged[key] = merge_patch(merged.get(key), value)
    return merged
