"""The same work in many books, one of which may be spoilt or of a later version."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager

from store import StoreError, StoreUnavailable
from telemetry.ids import identified

logger = logging.getLogger(__name__)


@contextmanager
def left_out_if_unreadable(cim_id: str) -> Generator[None]:
    """A book that cannot be read is told of and holds up no other. Raises StoreUnavailable, which concerns them all."""
    with identified(cim_id=cim_id):
        try:
            yield
        except StoreUnavailable:
            raise
        except (StoreError, ValueError) as error:
            logger.error("book %s was left out of a chore: %s", cim_id, error)
