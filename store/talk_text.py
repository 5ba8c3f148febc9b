"""What a message reads while it is written: its entries of the talk, folded."""

from __future__ import annotations

from pydantic import ConfigDict

from domain.values import Value
from store.models import TalkEntry

FINAL = ("complete", "stopped", "failed")


class Spoken(Value):
    """The text of a message after entry `n` of the talk, and the attempt that says it."""

    n: int = 0
    attempt: int = 0
    text: str = ""

    def after(self, entry: TalkEntry, message_id: str) -> Spoken:
        """With the next entries of the talk, of whatever message. What was counted already changes nothing."""
        if entry.n <= self.n:
            return self
        text, attempt = self.text, self.attempt
        said = _Said.model_validate(entry.data) if entry.kind in ("message", "message_reset", "delta") else _Said()
        if entry.kind == "message":
            if said.id == message_id and said.status in FINAL:
                text = said.text
        elif said.message_id == message_id and said.attempt >= attempt:
            text = said.text if entry.kind == "message_reset" else text + said.text
            attempt = said.attempt
        return Spoken(n=entry.n, attempt=attempt, text=text)


class _Said(Value):
    """What of an entry counts for a text."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    id: str = ""
    status: str = ""
    message_id: str = ""
    attempt: int = 0
    text: str = ""
