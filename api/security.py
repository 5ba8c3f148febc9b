"""What every answer tells browsers to keep to, and which pages of other origins may read answers."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from starlette.datastructures import MutableHeaders
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Message, Receive, Scope, Send

NOTHING = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'"
DOCS = frozenset({"/docs", "/redoc", "/docs/oauth2-redirect"})
DOCS_FROM = "https://cdn.jsdelivr.net"
DOCS_POLICY = (
    f"default-src 'none'; script-src 'self' 'unsafe-inline' {DOCS_FROM}; style-src 'self' 'unsafe-inline' {DOCS_FROM}; "
    f"img-src 'self' data: https://fastapi.tiangolo.com; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'"
)
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=(), browsing-topics=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
TRANSPORT = "max-age=63072000; includeSubDomains"
UNCACHED = "no-store"
NOT_MODIFIED = 304
"""Its headers replace those of the page that a browser has kept, so that it leaves the page's policy alone."""
ASKED_WITH = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "last-event-id",
    "prefer",
)
TOLD = ("etag", "location", "retry-after", "content-disposition")


def page_policy(supabase_url: str) -> str:
    """Of the workspace: scripts from here alone, calls to here and to Supabase."""
    address = urlsplit(supabase_url)
    supabase = f" {address.scheme}://{address.netloc}" if address.netloc else ""
    return (
        f"default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' blob: data:; "
        f"font-src 'self'; connect-src 'self'{supabase}; manifest-src 'self'; worker-src 'self'; "
        f"object-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'"
    )


class SecurityHeaders:
    """A header that a route sets itself is left as it is. Strict transport is asked for where the call came by TLS."""

    def __init__(self, app: ASGIApp, page: str) -> None:
        self._app = app
        self._page = page

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def secured(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._secure(scope, message["status"], MutableHeaders(scope=message))
            await send(message)

        await self._app(scope, receive, secured)

    def _secure(self, scope: Scope, status: int, headers: MutableHeaders) -> None:
        for name, value in HEADERS.items():
            headers.setdefault(name, value)
        if status != NOT_MODIFIED:
            headers.setdefault("Content-Security-Policy", self._policy(scope, headers))
        headers.setdefault("Cache-Control", UNCACHED)
        if scope.get("scheme") == "https":
            headers.setdefault("Strict-Transport-Security", TRANSPORT)

    def _policy(self, scope: Scope, headers: MutableHeaders) -> str:
        if not headers.get("content-type", "").startswith("text/html"):
            return NOTHING
        return DOCS_POLICY if scope["path"] in DOCS else self._page


def other_origins(origins: Sequence[str]) -> list[Middleware]:
    """Off unless origins are named; cookies are never sent along, since none are used."""
    if not origins:
        return []
    return [
        Middleware(
            CORSMiddleware,
            allow_origins=list(origins),
            allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
            allow_headers=list(ASKED_WITH),
            expose_headers=list(TOLD),
            max_age=600,
        )
    ]
