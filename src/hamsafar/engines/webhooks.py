"""Calls webhooks over HTTP, signed as Standard Webhooks 1.0 says, never into our own network.

A name is resolved once; every address it has must be allowed; the connection goes to one of those
very addresses, while Host, SNI and the certificate check keep the name. Redirects are not followed,
proxies of the environment not used, and nothing of the answer but its status is looked at.

Source: https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

from __future__ import annotations

import asyncio
import contextlib
import hmac
import socket
import ssl
from base64 import b64decode, b64encode
from datetime import timedelta
from hashlib import sha256
from typing import Final

import httpx

from hamsafar import __version__
from hamsafar.access.reach import Target, may_call, target_of
from hamsafar.access.watching import WebhookAnswer, WebhookCall
from hamsafar.kernel.clock import SECOND_US, Clock
from hamsafar.kernel.errors import BadInput

TIMEOUT: Final = timedelta(seconds=15)
MARK: Final = "whsec_"
MAX_RETRY_AFTER_S: Final = 3600.0
MAX_ADDRESSES: Final = 4


class RefusedAddress(Exception):
    """A name resolved to an address that must not be called."""


class HttpWebhooks:
    """The WebhookSender port on httpx."""

    def __init__(
        self,
        clock: Clock,
        *,
        private: bool = False,
        timeout: timedelta = TIMEOUT,
        trust: ssl.SSLContext | None = None,
    ) -> None:
        """Take the clock that stamps messages.

        Args:
            clock: gives `webhook-timestamp`.
            private: whether addresses of this machine and its network may be called.
            timeout: how long one call may take, all in all.
            trust: whose certificates are believed; the system's and certifi's by default.
        """
        self._clock = clock
        self._private = private
        self._timeout = timeout
        self._trust = trust

    def send(self, call: WebhookCall) -> WebhookAnswer:
        """Call a webhook once and return how it answered; never raises for what a peer does."""
        return asyncio.run(self._bounded(call))

    async def _bounded(self, call: WebhookCall) -> WebhookAnswer:
        try:
            async with asyncio.timeout(self._timeout.total_seconds()):
                return await self._call(call)
        except TimeoutError:
            return _failed("timeout")
        except (RefusedAddress, BadInput):
            return _failed("refused address")
        except (httpx.ConnectError, socket.gaierror) as error:
            return _failed("certificate" if _is_certificate(error) else "no connection")
        except (httpx.HTTPError, httpx.InvalidURL, OSError) as error:
            return _failed(type(error).__name__)

    async def _call(self, call: WebhookCall) -> WebhookAnswer:
        target = target_of(call.url, private=self._private)
        addresses = await self._addresses_of(target)
        seconds = self._clock.now_us() // SECOND_US
        headers = {
            "host": target.authority,
            "content-type": "application/json",
            "user-agent": f"Hamsafar/{__version__}",
            "webhook-id": call.message_id,
            "webhook-timestamp": str(seconds),
            "webhook-signature": signature(call.secret, call.message_id, seconds, call.body),
        }
        async with httpx.AsyncClient(
            trust_env=False,
            follow_redirects=False,
            verify=self._trust or True,
            timeout=self._timeout.total_seconds(),
            headers=headers,
        ) as client:
            for address in addresses[:-1]:
                with contextlib.suppress(httpx.ConnectError):
                    return await _post(client, target, address, call.body)
            return await _post(client, target, addresses[-1], call.body)

    async def _addresses_of(self, target: Target) -> list[str]:
        """Return the addresses to try, in order.

        Raises:
            RefusedAddress: one of the name's addresses must not be called.
        """
        found = await asyncio.get_running_loop().getaddrinfo(
            target.host, target.port, type=socket.SOCK_STREAM
        )
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        if not addresses or not all(may_call(a, private=self._private) for a in addresses):
            raise RefusedAddress
        return addresses[:MAX_ADDRESSES]


async def _post(
    client: httpx.AsyncClient, target: Target, address: str, body: bytes
) -> WebhookAnswer:
    """Send to this very address; the name stays in Host, SNI and the certificate check."""
    host = f"[{address}]" if ":" in address else address
    url = f"{target.scheme}://{host}:{target.port}{target.path}"
    name = {"sni_hostname": target.host}
    async with client.stream("POST", url, content=body, extensions=name) as response:
        return _answer(response)


def signature(secret: str, message_id: str, seconds: int, body: bytes) -> str:
    """Return the `webhook-signature` of a message: `v1,` and HMAC-SHA256 in base 64."""
    key = b64decode(secret.removeprefix(MARK))
    signed = f"{message_id}.{seconds}.".encode() + body
    return f"v1,{b64encode(hmac.new(key, signed, sha256).digest()).decode()}"


def _answer(response: httpx.Response) -> WebhookAnswer:
    code = response.status_code
    return WebhookAnswer(
        status=str(code),
        delivered=200 <= code < 300,
        gone=code == httpx.codes.GONE,
        retry_after_s=_seconds(response.headers.get("retry-after", "")),
    )


def _seconds(text: str) -> float:
    if not text.isascii() or not text.isdigit():
        return 0.0
    return min(float(text), MAX_RETRY_AFTER_S)


def _failed(word: str) -> WebhookAnswer:
    return WebhookAnswer(status=word, delivered=False)


def _is_certificate(error: BaseException) -> bool:
    found: BaseException | None = error
    while found is not None:
        if isinstance(found, ssl.SSLError):
            return True
        found = found.__cause__ or found.__context__
    return False
