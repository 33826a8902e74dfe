"""Signed calls to webhooks."""

import shutil
import socket
import ssl
import subprocess
import time
from datetime import timedelta
from pathlib import Path

import pytest
from standardwebhooks.webhooks import Webhook as Judge
from standardwebhooks.webhooks import WebhookVerificationError
from support.receiver import receiving

from hamsafar.access.secrets import webhook_secret_of
from hamsafar.access.watching import WebhookCall
from hamsafar.engines.webhooks import HttpWebhooks
from hamsafar.kernel.clock import SystemClock

SECRET = webhook_secret_of(b"s" * 32, "w1")


def call(url: str, body: bytes = '{"type":"alert.opened","متن":1}'.encode()) -> WebhookCall:
    return WebhookCall(url=url, secret=SECRET, message_id="alert_1_opened", body=body)


def sender(**wanted: object) -> HttpWebhooks:
    return HttpWebhooks(SystemClock(), **{"private": True, **wanted})


class TestSigning:
    def test_the_reference_library_accepts_it(self):
        with receiving() as peer:
            answer = sender().send(call(peer.url))
        got = peer.received[0]
        assert answer.delivered
        assert answer.status == "200"
        assert got.path == "/hook?x=1"
        assert got.headers["host"] == f"127.0.0.1:{peer.port}"
        assert Judge(SECRET).verify(got.body, got.headers)["type"] == "alert.opened"

    def test_a_changed_body_is_noticed(self):
        with receiving() as peer:
            sender().send(call(peer.url))
        got = peer.received[0]
        with pytest.raises(WebhookVerificationError):
            Judge(SECRET).verify(got.body.replace(b"opened", b"closed"), got.headers)

    def test_every_webhook_has_a_secret_of_its_own(self):
        assert webhook_secret_of(b"s" * 32, "w2") != SECRET != webhook_secret_of(b"t" * 32, "w1")


class TestAnswers:
    @pytest.mark.parametrize(
        ("code", "headers", "delivered", "gone", "wait"),
        [
            (204, {}, True, False, 0.0),
            (410, {}, False, True, 0.0),
            (429, {"retry-after": "120"}, False, False, 120.0),
            (503, {"retry-after": "9999999999"}, False, False, 3600.0),
            (500, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"}, False, False, 0.0),
        ],
    )
    def test_the_status_says_how_it_went(self, code, headers, delivered, gone, wait):
        with receiving() as peer:
            peer.answers = [(code, headers)]
            answer = sender().send(call(peer.url))
        assert answer.status == str(code)
        assert (answer.delivered, answer.gone, answer.retry_after_s) == (delivered, gone, wait)

    def test_a_redirect_is_not_followed(self):
        with receiving() as inside, receiving() as peer:
            peer.answers = [(302, {"location": inside.url})]
            assert not sender().send(call(peer.url)).delivered
        assert inside.received == []

    def test_a_peer_that_says_nothing_is_left_in_time(self):
        with receiving() as peer:
            peer.silent.set()
            began = time.monotonic()
            answer = sender(timeout=timedelta(seconds=0.3)).send(call(peer.url))
        assert answer.status == "timeout"
        assert time.monotonic() - began < 3

    def test_a_closed_port_is_no_connection(self):
        with socket.create_server(("127.0.0.1", 0)) as sock:
            port = sock.getsockname()[1]
        assert sender().send(call(f"http://127.0.0.1:{port}/")).status == "no connection"


class TestGuard:
    def test_our_own_network_is_never_called_unless_allowed(self):
        with receiving() as peer:
            answer = sender(private=False).send(call(peer.url))
        assert (answer.status, answer.delivered, peer.received) == ("refused address", False, [])

    def test_a_name_that_resolves_inside_is_refused(self, monkeypatch):
        inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80))]
        outside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("93.184.216.34", 80))]
        # A name with one good address and one bad is refused as a whole.
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: outside + inside)
        answer = sender(private=False).send(call("http://rebinding.example.com/"))
        assert answer.status == "refused address"

    def test_it_connects_to_the_address_that_was_checked(self, monkeypatch):
        asked = []

        def once(host, port, *_, **__):
            asked.append(host)
            return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

        with receiving() as peer:
            monkeypatch.setattr(socket, "getaddrinfo", once)
            answer = sender().send(call(f"http://hooks.example.com:{peer.port}/"))
        assert answer.delivered
        # Connecting to a literal address asks no resolver about the name again.
        assert asked.count("hooks.example.com") == 1
        assert peer.received[0].headers["host"] == f"hooks.example.com:{peer.port}"


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> tuple[Path, Path]:
    if shutil.which("openssl") is None:
        pytest.skip("needs openssl to make a certificate")
    folder = tmp_path_factory.mktemp("tls")
    key, cert = folder / "key.pem", folder / "cert.pem"
    options = (
        "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=hooks"
    )
    subprocess.run(
        [
            *("openssl", "req", *options.split(), "-keyout", str(key), "-out", str(cert)),
            *("-addext", "subjectAltName=DNS:hooks.example.com"),
        ],
        check=True,
        capture_output=True,
    )
    return cert, key


class TestCertificates:
    @pytest.mark.parametrize(
        ("name", "expected"), [("hooks.example.com", "200"), ("other.example.com", "certificate")]
    )
    def test_the_name_is_checked_though_an_address_is_called(
        self, certificate, monkeypatch, name, expected
    ):
        cert, key = certificate
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(cert, key)
        trust = ssl.create_default_context(cafile=str(cert))
        with receiving(serving) as peer:
            found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", peer.port))]
            monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
            answer = sender(trust=trust).send(call(f"https://{name}:{peer.port}/"))
        assert answer.status == expected

    def test_a_certificate_nobody_signed_is_refused(self, certificate):
        serving = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        serving.load_cert_chain(*certificate)
        with receiving(serving) as peer:
            url = f"https://127.0.0.1:{peer.port}/"
            assert sender().send(call(url)).status == "certificate"
