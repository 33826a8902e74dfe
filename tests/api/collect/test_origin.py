from __future__ import annotations

import pytest

from hamsafar.api.collect.asgi import Scope
from hamsafar.api.collect.origin import PublicUrl, rate_name


def scope(peer: str = "127.0.0.1", scheme: str = "http") -> Scope:
    return {
        "type": "http",
        "method": "GET",
        "path": "/",
        "query_string": b"",
        "headers": [],
        "scheme": scheme,
        "client": (peer, 1),
        "server": ("127.0.0.1", 8000),
    }


class TestClient:
    @pytest.mark.parametrize(
        ("peer", "forwarded", "client"),
        [
            ("203.0.113.5", None, "203.0.113.5"),
            ("203.0.113.5", b"6.6.6.6", "203.0.113.5"),
            ("127.0.0.1", b"203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", b"6.6.6.6, 203.0.113.9", "203.0.113.9"),
            ("127.0.0.1", b"203.0.113.9, 127.0.0.1", "203.0.113.9"),
            ("127.0.0.1", b"203.0.113.9:4711", "203.0.113.9"),
            ("127.0.0.1", b"[2001:db8::1]:4711", "2001:db8::1"),
            ("127.0.0.1", b"2001:db8::1", "2001:db8::1"),
            ("127.0.0.1", b"nonsense", "127.0.0.1"),
            ("127.0.0.1", b"", "127.0.0.1"),
            ("127.0.0.1", b"127.0.0.1", "127.0.0.1"),
        ],
    )
    def test_only_trusted_proxies_are_believed(
        self, peer: str, forwarded: bytes | None, client: str
    ) -> None:
        headers = {} if forwarded is None else {b"x-forwarded-for": forwarded}
        assert PublicUrl().client(scope(peer), headers) == client

    def test_without_a_peer_it_is_unknown(self) -> None:
        nobody = scope()
        nobody["client"] = None
        assert PublicUrl().client(nobody, {b"x-forwarded-for": b"1.1.1.1"}) == ""


class TestBase:
    def test_the_host_header_names_us(self) -> None:
        base = PublicUrl().base(scope(scheme="https"), {b"host": b"events.example.ir:8443"})
        assert base == ("https", "events.example.ir:8443")

    def test_a_fixed_url_wins_over_everything(self) -> None:
        fixed = PublicUrl("https://events.example.ir/")
        headers = {b"host": b"evil", b"x-forwarded-host": b"evil"}
        assert fixed.base(scope(), headers) == ("https", "events.example.ir")

    def test_an_untrusted_peer_cannot_forward_a_host(self) -> None:
        headers = {b"host": b"a.ir", b"x-forwarded-host": b"evil", b"x-forwarded-proto": b"https"}
        assert PublicUrl().base(scope("203.0.113.5"), headers) == ("http", "a.ir")

    @pytest.mark.parametrize("host", [b"", b'a"onload', b"a.ir/path", b"a.ir:99999999", b"\xff"])
    def test_a_nonsense_host_gives_our_own_address(self, host: bytes) -> None:
        assert PublicUrl().base(scope(), {b"host": host}) == ("http", "127.0.0.1:8000")


class TestRateName:
    @pytest.mark.parametrize(
        ("address", "name"),
        [
            ("203.0.113.5", "203.0.113.5"),
            ("2001:db8:1:2:3::4", "2001:db8:1:2::/64"),
            ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
            ("::ffff:203.0.113.5", "203.0.113.5"),
            ("not:an:address", "not:an:address"),
            ("", ""),
        ],
    )
    def test_an_ipv6_customer_is_one_name(self, address: str, name: str) -> None:
        assert rate_name(address) == name
