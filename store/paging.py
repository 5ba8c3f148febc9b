"""Cursors of pages that are ordered by a time and then by id."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from domain.head import CIMHead
from store.models import BadCursor, Page, Run

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)

T = TypeVar("T")


class Place(BaseModel):
    """Where a page ended: the value of the field that it is ordered by, and the id."""

    at: int | str
    id: str

    def past(self, field: str, newest: bool = True) -> dict[str, Any]:
        """What comes after this place, newest or oldest first. The bound on the field alone is what an index serves."""
        beyond = "$lt" if newest else "$gt"
        either = [{field: {beyond: self.at}}, {field: self.at, "_id": {beyond: self.id}}]
        return {field: {f"{beyond}e": self.at}, "$or": either}


def cursor_of(place: Place) -> str:
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raises BadCursor."""
    try:
        return Place.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValidationError, ValueError, binascii.Error) as error:
        raise BadCursor("this cursor was not given out by a page") from error


def merged(pages: Sequence[Page[T]], limit: int, place: Callable[[T], Place]) -> Page[T]:
    """One page out of those of several stores that were asked with the same cursor, newest first."""
    if len(pages) == 1:
        return pages[0]
    items = sorted((item for page in pages for item in page.items), key=lambda item: _rank(place(item)), reverse=True)
    more = len(items) > limit or any(page.next_cursor is not None for page in pages)
    shown = tuple(items[:limit])
    return Page[T](items=shown, next_cursor=cursor_of(place(shown[-1])) if more and shown else None)


def place_of_head(head: CIMHead) -> Place:
    return Place(at=(head.updated_at - EPOCH) // MICROSECOND, id=head.id)


def place_of_run(run: Run) -> Place:
    return Place(at=run.started_at.isoformat(), id=run.id)


def _rank(place: Place) -> tuple[int, str, str]:
    return (place.at, "", place.id) if isinstance(place.at, int) else (0, place.at, place.id)
