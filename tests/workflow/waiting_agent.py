"""A session that waits for one answer, as agents do. In a module of its own, since the sandbox imports it again."""

from __future__ import annotations

from temporalio import workflow

from domain.requests import RequestAnswer
from workflows.contract import ANSWERED_SIGNAL


@workflow.defn(name="WaitingAgent")
class WaitingAgent:
    def __init__(self) -> None:
        self._heard: list[RequestAnswer] = []

    @workflow.run
    async def run(self) -> RequestAnswer:
        await workflow.wait_condition(lambda: bool(self._heard))
        return self._heard[0]

    @workflow.signal(name=ANSWERED_SIGNAL)
    def answered(self, answer: RequestAnswer) -> None:
        self._heard.append(answer)

    @workflow.query
    def heard(self) -> list[RequestAnswer]:
        return self._heard
