"""What is handed to the store after decisions: the events, the head after them, the bulk text they name."""

from __future__ import annotations

from pydantic import Field

from domain.events import Event
from domain.head import CIMHead
from domain.values import Value


class RecordBatch(Value):
    """Events of one CIM in order, and its head as it is after the last of them.

    `bodies` holds bulk text (JSON) by content hash, where it came with the commands.
    """

    cim_id: str
    org_id: str
    events: tuple[Event, ...]
    head: CIMHead
    bodies: dict[str, str] = Field(default_factory=dict)

    @property
    def rev(self) -> int:
        return self.head.rev
