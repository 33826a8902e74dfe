"""Erasure of what never became an event: refused, quarantined and unwanted requests."""

from __future__ import annotations

import json
from pathlib import Path

from hamsafar.storage.types import Lane
from hamsafar.worker.forget import Forgetter
from tests.support.river import River, river, track

SARA = {("user_id", "sara-7788"), ("email", "sara@example.com"), ("phone", "+989121234567")}


def _blobs(river: River) -> bytes:
    records = river.hamsafar.log.read(Lane.LIVE, after=0, limit_bytes=1 << 30)
    return b"".join(record.blob for record in records)


def _forget(river: River, named: set[tuple[str, str]]) -> int:
    return river.hamsafar.log.rewrite(Forgetter(river.hamsafar, named).without).changed


class TestForget:
    """Forgetter, over a real log and quarantine."""

    def test_an_unreadable_event_of_another_with_the_same_digit_stays(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([track("m1", "", userId="other", properties={"quantity": 1})])
            assert _forget(water, {("user_id", "1")}) == 0

    def test_a_contact_is_found_however_it_was_spelled(self, tmp_path: Path) -> None:
        for place, spelled in enumerate((
            "Sara@Example.com",
            "۰۹۱۲ ۱۲۳ ۴۵۶۷",
            "see ?mail=SARA@example.com&x",
            "sara-7788",
        )):
            with river(tmp_path / str(place)) as water:
                event = track("m1", "", properties={"deep": [{"note": spelled}]})
                water.send_body(json.dumps({"batch": [event]}).encode(), 1)  # \\u escapes
                assert _forget(water, SARA) == 1, spelled
                assert b"m1" not in _blobs(water)

    def test_an_event_that_is_not_unicode_does_not_stop_it(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            mine = json.dumps(track("m1", "Seen", userId="sara-7788")).encode()
            odd = rb'{"type":"track","event":"\ud800","userId":"x","messageId":"m2"}'
            far = b'{"type":"track","event":"far","userId":"x","messageId":"m3","properties":{"n":1e999}}'
            water.send_body(b'{"batch":[' + mine + b"," + odd + b"," + far + b"]}", 3)
            assert _forget(water, SARA) == 1
            left = _blobs(water)
            assert b"sara-7788" not in left
            assert b"m2" in left
            assert b"m3" in left

    def test_what_the_batch_says_of_its_events_goes_with_them(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            body = {
                "context": {"traits": {"email": "sara@example.com", "name": "Sara"}},
                "batch": [track("m1", "Seen", anonymousId="a1")],
            }
            water.send_body(json.dumps(body).encode(), 1)
            assert _forget(water, SARA) == 1
            assert b"Sara" not in _blobs(water)
            assert b"sara" not in _blobs(water)

    def test_traffic_its_source_does_not_want_is_forgotten_too(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            robot = {"userAgent": "Googlebot/2.1 (+http://www.google.com/bot.html)"}
            water.send([track("m1", "Seen", userId="sara-7788", context=robot)])
            assert _forget(water, SARA) == 1
            assert b"sara" not in _blobs(water)

    def test_a_repeat_changes_nothing(self, tmp_path: Path) -> None:
        with river(tmp_path) as water:
            water.send([track("m1", "Seen", userId="sara-7788"), track("m2", "Seen", userId="x")])
            assert _forget(water, SARA) == 1
            assert _forget(water, SARA) == 0
            water.flow()
            assert water.sheet() == (1, 0, 0, 1, 0)
