"""Pages of other origins that may ask for payloads: Temporal's web UI."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from api.routers.codec import PREFIX

HEADERS = ("authorization", "authorization-extras", "content-type", "x-namespace")


class CodecOrigins:
    """CORS with credentials, for the codec's routes alone."""

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self._app = app
        self._shared = CORSMiddleware(
            app, allow_origins=origins, allow_credentials=True, allow_methods=["POST"], allow_headers=HEADERS
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        is_codec = scope["type"] == "http" and scope["path"].startswith(f"{PREFIX}/")
        await (self._shared if is_codec else self._app)(scope, receive, send)
