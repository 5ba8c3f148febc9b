"""Headers that several calls take."""

from __future__ import annotations

from typing import Annotated

from fastapi import Header
from pydantic import StringConstraints

IdempotencyKey = Annotated[
    Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]{1,200}$")] | None,
    Header(description="Sent again with the same key, the call has the same effect as once."),
]
