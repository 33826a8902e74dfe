"""The browser library, served by us from its npm package: no CDN, no call home."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from hamsafar.api.collect.answers import Answer

ENTRY = "standalone.js"
_SCRIPT = (b"content-type", b"text/javascript; charset=utf-8")
_ENTRY_AGE = (b"cache-control", b"public, max-age=300")
_BUNDLE_AGE = (b"cache-control", b"public, max-age=31536000, immutable")
_VARY = (b"vary", b"Accept-Encoding, Origin")
_PUBLIC = (b"access-control-allow-origin", b"*")

# The library finds its own host only in an https script URL, and asks Segment's CDN otherwise;
# told its host beforehand it also works on http://127.0.0.1 and never leaves the country.
_TELL_HOST = b"""!function(){try{var s=document.currentScript,m=s&&\
/^(https?:\\/\\/.*)\\/analytics\\.js\\/v1\\//.exec(s.src),\
a=window[s&&s.getAttribute("data-global-segment-analytics-key")||"analytics"];\
m&&a&&!a._cdn&&(a._cdn=m[1])}catch(e){}}();
"""


@dataclass(frozen=True, slots=True)
class _File:
    plain: bytes
    packed: bytes
    tag: bytes


class BrowserLibrary:
    """The files of the library; each is read once, when first asked for.

    Args:
        folder: `dist/umd` of `@segment/analytics-next`, as the browser build step copied it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files: dict[str, _File] = {}

    def entry(self, request: Mapping[bytes, bytes]) -> Answer | None:
        """Return `analytics.min.js`, or None when the library was not built."""
        return self._answer(ENTRY, request, _ENTRY_AGE, _TELL_HOST)

    def bundle(self, name: str, request: Mapping[bytes, bytes]) -> Answer | None:
        """Return a part the library loads when it needs it, or None when there is no such part."""
        if "/" in name or not name.endswith((".js", ".js.map")):
            return None
        return self._answer(name, request, _BUNDLE_AGE, b"")

    def _answer(
        self, name: str, request: Mapping[bytes, bytes], age: tuple[bytes, bytes], before: bytes
    ) -> Answer | None:
        file = self._files.get(name) or self._read(name, before)
        if file is None:
            return None
        headers = [_SCRIPT, age, _VARY, (b"etag", file.tag)]
        if b"origin" not in request:
            headers.append(_PUBLIC)
        if request.get(b"if-none-match") == file.tag:
            return Answer(304, b"", tuple(headers))
        if b"gzip" in request.get(b"accept-encoding", b""):
            return Answer(200, file.packed, (*headers, (b"content-encoding", b"gzip")))
        return Answer(200, file.plain, tuple(headers))

    def _read(self, name: str, before: bytes) -> _File | None:
        path = self._folder / name
        # Listed, not joined blindly: a name from the network opens nothing but what lies there.
        if not self._folder.is_dir() or path not in set(self._folder.iterdir()):
            return None
        plain = before + path.read_bytes()
        tag = b'"' + hashlib.blake2b(plain, digest_size=12).hexdigest().encode() + b'"'
        file = self._files[name] = _File(plain, gzip.compress(plain, mtime=0), tag)
        return file
