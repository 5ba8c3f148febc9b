"""The running summary of what was said before the latest messages of a branch."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from agents.ports import TalkMessage, Workspace
from domain.values import Value

ANSWERS_LOOKED_AT = 3


class Summary(Value):
    """What was said up to the message `reaches`, which is in the summary. Empty while little was left out."""

    reaches: str = ""
    text: str = ""


class Summaries:
    """A summary is kept under a key made from the message after which it was written, so each branch has its own."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    async def latest(self, cim_id: str, path: Sequence[TalkMessage]) -> Summary | None:
        """The newest that was written after one of the last answers of the path."""
        answers = [message for message in path if message.role == "assistant"]
        for message in reversed(answers[-ANSWERS_LOOKED_AT:]):
            found = await self.after(cim_id, message.id)
            if found is not None:
                return found
        return None

    async def after(self, cim_id: str, message_id: str) -> Summary | None:
        try:
            return Summary.from_kept(await self._workspace.get_text(cim_id, key_of(message_id)))
        except LookupError:
            return None

    async def keep(self, cim_id: str, message_id: str, summary: Summary) -> None:
        """The first one that is kept after a message stays."""
        await self._workspace.put_text(cim_id, key_of(message_id), summary.model_dump_json())


def key_of(message_id: str) -> str:
    return hashlib.sha256(f"summary after {message_id}".encode()).hexdigest()
