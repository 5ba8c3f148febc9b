"""Feature flags for workflows: asked by local activity, so that the answer is in the history and replays the same."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from temporalio import activity

from domain.flags import FlagSetting, Subject, evaluate_all
from domain.values import Value


class FlagQuestion(Value):
    org_id: str
    person_id: str | None = None


class FlagAnswers(Value):
    """Every flag by its key; what is not in here is off."""

    on: dict[str, bool]

    def __contains__(self, key: str) -> bool:
        return self.on.get(key, False)


class SaysFlags(Protocol):
    async def settings_of(self, org_id: str) -> Sequence[FlagSetting]: ...
    async def subject(self, org_id: str, person_id: str | None) -> Subject: ...


class FlagActivities:
    def __init__(self, flags: SaysFlags) -> None:
        self._flags = flags

    @activity.defn
    async def flags_for(self, question: FlagQuestion) -> FlagAnswers:
        """Raises access.AccessUnavailable while nobody can tell."""
        settings = await self._flags.settings_of(question.org_id)
        subject = await self._flags.subject(question.org_id, question.person_id)
        return FlagAnswers(on=evaluate_all(settings, subject))
