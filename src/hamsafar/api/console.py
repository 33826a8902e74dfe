"""The console's files: served from the package, with the start page for every address of the app."""

from __future__ import annotations

import mimetypes
from pathlib import Path

from fastapi import APIRouter, Depends
from fastapi.responses import FileResponse, HTMLResponse, Response

from hamsafar.api.gate import Open
from hamsafar.kernel.errors import NotFound

_FOREVER = "public, max-age=31536000, immutable"
_ASK_AGAIN = "no-cache"
_NOT_BUILT = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Hamsafar</title>
<p>The console is not part of this installation. Build it with <code>make setup</code>,
or use the API at <code>/api</code>.</p></html>"""
_TYPES = {".js": "text/javascript", ".mjs": "text/javascript", ".woff2": "font/woff2"}
_ROOMS = ("api/", "v1/", "healthz", "metrics")


def packaged_console() -> Path:
    """Return where the built console lies in this installation; it may be missing."""
    return Path(__file__).resolve().parent.parent / "console_dist"


def console_routes(folder: Path) -> APIRouter:
    """Return the route that serves the console from a folder."""
    router = APIRouter()
    root = folder.resolve()

    @router.get(
        "/{path:path}",
        include_in_schema=False,
        dependencies=[Depends(Open(why="program files, no data"))],
    )
    def console_file(path: str) -> Response:
        if path.startswith(_ROOMS):
            raise NotFound("there is nothing at this address")
        found = _file_in(root, path)
        if found is not None:
            kind = _TYPES.get(found.suffix) or mimetypes.guess_type(found.name)[0]
            is_named_by_content = path.startswith("assets/")
            caching = _FOREVER if is_named_by_content else _ASK_AGAIN
            return FileResponse(found, media_type=kind, headers={"Cache-Control": caching})
        if path.startswith("assets/"):
            raise NotFound("there is nothing at this address")
        start = root / "index.html"
        if start.is_file():
            return FileResponse(start, headers={"Cache-Control": _ASK_AGAIN})
        return HTMLResponse(_NOT_BUILT, 404 if path else 200)

    return router


def _file_in(root: Path, path: str) -> Path | None:
    if not path or "\0" in path or len(path) > 500:
        return None
    found = (root / path).resolve()
    is_inside = found.is_relative_to(root)
    return found if is_inside and found.is_file() else None
