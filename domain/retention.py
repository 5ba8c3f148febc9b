"""How long the books of an organisation are kept, and when the time of a book has run out."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import Field

from domain.head import CIMHead
from domain.values import Value

KeptAfter = Literal["completion", "last_change"]
DAY = timedelta(days=1)
ANNOUNCED_DAYS = 7
"""No book is deleted that has not been announced for so long."""


class BookRule(Value):
    """Days after a book was completed, or after its last change, whether it is complete or not."""

    days: Annotated[int, Field(ge=14, le=36_500)]
    after: KeptAfter = "completion"

    def runs_out(self, head: CIMHead, day: timedelta = DAY) -> datetime | None:
        """When the time of the book is over; None for one that does not count yet."""
        since = head.completed_at if self.after == "completion" else head.updated_at
        return None if since is None else since + self.days * day
