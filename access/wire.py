"""HTTP to Supabase."""

from __future__ import annotations

from typing import Any

import httpx


class WireClient(httpx.AsyncClient):
    """Tells of a connection that is reset while it is made as of any other that fails.

    anyio asks a socket of uvloop for its peer then, which is not there any more, and raises an AttributeError.
    """

    async def send(self, request: httpx.Request, **given: Any) -> httpx.Response:
        try:
            return await super().send(request, **given)
        except AttributeError as error:
            if error.name != "getpeername":
                raise
            raise httpx.ConnectError("the connection was reset while it was made", request=request) from error
