"""Cursors of pages that are ordered by a time and then by id."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from pydantic import BaseModel, ValidationError

from store.models import BadCursor


class Place(BaseModel):
    """Where a page ended: the value of the field that it is ordered by, and the id."""

    at: int | str
    id: str

    def past(self, field: str, newest: bool = True) -> list[dict[str, Any]]:
        """What comes after this place, newest or oldest first: one of these conditions."""
        beyond = "$lt" if newest else "$gt"
        return [{field: {beyond: self.at}}, {field: self.at, "_id": {beyond: self.id}}]


def cursor_of(place: Place) -> str:
    return base64.urlsafe_b64encode(place.model_dump_json().encode()).decode().rstrip("=")


def place_of(cursor: str) -> Place:
    """Raises BadCursor."""
    try:
        return Place.model_validate_json(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (ValidationError, ValueError, binascii.Error) as error:
        raise BadCursor("this cursor was not given out by a page") from error
