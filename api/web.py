"""The workspace as static files: what carries a hash in its name is kept for good, the page itself is always fresh.

`/` and everything below `/app` is the page; which view it shows is the page's own matter. The build leaves each file
compressed beside the plain one, and the best that the browser takes is sent.
"""

from __future__ import annotations

import os
import stat
from pathlib import Path

from fastapi import FastAPI, Request, Response
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.problems import ApiProblem
from settings import DemoPerson

DIST = Path(__file__).resolve().parents[1] / "web" / "dist"
FOREVER = "public, max-age=31536000, immutable"
FRESH = "no-cache"
PAGE = "index.html"
OFFLINE = ("sw.js", "files.json")
"""With these the page opens without a network; they work for the addresses beside and below their own."""
WORKER_POLICY = "default-src 'none'; connect-src 'self'"
"""A worker of the page goes by the policy that came with its script: it fetches files from here."""
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))


class WebConfig(BaseModel):
    """`demo_people` only where the embedded Supabase is used. `temporal_ui_url`: where runs can be looked at."""

    demo_people: tuple[DemoPerson, ...] = ()
    temporal_ui_url: str | None = None
    temporal_namespace: str = "default"


class CompressedFiles(StaticFiles):
    def __init__(self, directory: Path, cache_control: str) -> None:
        """The folder may appear later: the build may run while the API starts."""
        super().__init__(directory=directory, check_dir=False)
        self._cache_control = cache_control

    def file_response(
        self, full_path: str | os.PathLike[str], stat_result: os.stat_result, scope: Scope, status_code: int = 200
    ) -> Response:
        accepted = Headers(scope=scope).get("accept-encoding", "")
        for encoding, suffix in ENCODINGS:
            found, found_stat = self.lookup_path(os.path.relpath(f"{full_path}{suffix}", str(self.directory)))
            if encoding in accepted and found_stat is not None and stat.S_ISREG(found_stat.st_mode):
                response = super().file_response(found, found_stat, scope, status_code)
                response.headers["Content-Encoding"] = encoding
                break
        else:
            response = super().file_response(full_path, stat_result, scope, status_code)
        response.headers["Vary"] = "Accept-Encoding"
        response.headers["Cache-Control"] = self._cache_control
        return response


def install(app: FastAPI, folder: Path | None = None) -> None:
    """Serve the workspace that was built into `folder`; no route of the API is hidden by it."""
    dist = folder or DIST
    page = CompressedFiles(dist, FRESH)
    app.mount("/assets", CompressedFiles(dist / "assets", FOREVER), name="assets")

    async def show_page(request: Request) -> Response:
        if not (dist / PAGE).exists():
            raise ApiProblem("not_found", "The workspace is not built.", "Run `make run`, or `npm run build` in web/.")
        return await page.get_response(PAGE, request.scope)

    async def show_file(request: Request) -> Response:
        response = await page.get_response(request.url.path.rsplit("/", 1)[1], request.scope)
        response.headers["Content-Security-Policy"] = WORKER_POLICY
        return response

    for name in OFFLINE:
        app.add_route(f"/app/{name}", show_file, methods=["GET"], include_in_schema=False)
    for path in ("/", "/app", "/app/{rest:path}"):
        app.add_route(path, show_page, methods=["GET", "HEAD"], include_in_schema=False)
