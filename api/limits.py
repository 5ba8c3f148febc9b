"""The largest body that is taken, enforced while it arrives."""

from __future__ import annotations

import asyncio
import re

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_details, problem_response

FORM_OVERHEAD_BYTES = 64 * 1024
DRAINED_BYTES = 16 * 1024 * 1024
DRAIN_SECONDS = 10.0
_UPLOAD = re.compile(r"^/cims/[^/]+/(sources|images)/?$")


class BodyTooLarge(HTTPException):
    """The body went over the limit while it was read; answered by the handlers of the app."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, f"The body is larger than the limit of {limit // 1024} kB.")


class BodyLimit:
    """Answers 413 once a body is larger than allowed, before any of it is acted on."""

    def __init__(self, app: ASGIApp, body_bytes: int, upload_bytes: int) -> None:
        self._app = app
        self._body_bytes = body_bytes
        self._upload_bytes = upload_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        is_upload = scope["method"] == "POST" and _UPLOAD.match(scope["path"]) is not None
        limit = self._upload_bytes + FORM_OVERHEAD_BYTES if is_upload else self._body_bytes
        length = dict(scope["headers"]).get(b"content-length", b"")
        if length.isdigit() and int(length) > limit:
            await _drain(receive)
            details = problem_details("too_large", BodyTooLarge(limit).detail, "Send less at once.")
            await problem_response(details, {"Connection": "close"})(scope, receive, send)
            return
        received = 0

        async def limited_receive() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > limit:
                if message.get("more_body", False):
                    await _drain(receive)
                raise BodyTooLarge(limit)
            return message

        await self._app(scope, limited_receive, send)


async def _drain(receive: Receive) -> None:
    """Let a client that is a little over the limit finish sending, so that it reads the answer and not a reset."""
    drained = 0
    try:
        async with asyncio.timeout(DRAIN_SECONDS):
            while drained < DRAINED_BYTES:
                message = await receive()
                drained += len(message.get("body", b""))
                if message["type"] != "http.request" or not message.get("more_body", False):
                    return
    except TimeoutError:
        return
