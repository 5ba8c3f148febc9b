"""Runs a graph inside a workflow, and tells of each node that is done."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Mapping, Sequence
from contextlib import aclosing
from typing import Any, cast

from langgraph.checkpoint.memory import InMemorySaver
from langgraph.types import Command, Interrupt
from pydantic import JsonValue
from temporalio.langgraph import graph

from agents.state import DraftState
from domain.requests import RequestAnswer
from domain.values import Value

MOST_GRAPH_STEPS = 1_000
INTERRUPT = "__interrupt__"


async def draft_steps(kind: str, state: DraftState) -> AsyncGenerator[tuple[str, DraftState], None]:
    """Each finished node with what it changed, in order."""
    compiled: Any = graph(kind).compile()  # pyright: ignore[reportUnknownMemberType]
    async for update in compiled.astream(state, {"recursion_limit": MOST_GRAPH_STEPS}, stream_mode="updates"):
        for node, change in cast("dict[str, DraftState]", update).items():
            yield node, change


class CannotGoOn(Exception):
    """A step that this graph cannot go on from; the message is meant for people."""


class KeptStep(Value):
    """The state of a graph after one of its nodes."""

    node: str
    state: dict[str, JsonValue]


class GraphRun:
    """A graph on its way. It stops where a node asks people: `requests` are the ids of what is asked then.

    State is references and small values; a node that waits interrupts with {"request_ids": [...]} and gets back the
    dumped answers, in that order.
    """

    def __init__(self, name: str, thread_id: str) -> None:
        self._name = name
        self._config: Any = {"configurable": {"thread_id": thread_id}, "recursion_limit": MOST_GRAPH_STEPS}
        self._compiled: Any = None
        self._input: Any = None
        self._state: dict[str, JsonValue] = {}
        self._requests: tuple[str, ...] = ()

    @property
    def state(self) -> dict[str, JsonValue]:
        return dict(self._state)

    @property
    def requests(self) -> tuple[str, ...]:
        return self._requests

    def begin(self, state: Mapping[str, JsonValue]) -> None:
        self._compile()
        self._state = dict(state)
        self._input = dict(state)

    async def go_on_from(self, step: KeptStep, changes: Mapping[str, JsonValue]) -> None:
        """Begins after a node that another session has finished, for a scope of its own.

        Raises CannotGoOn where the graph has no such node, as after a release that changed it.
        """
        self._compile()
        if step.node not in self._compiled.nodes:
            raise CannotGoOn(f"Agents no longer take the step {step.node}. Ask anew, or go on from another step.")
        kept, own = step.state.get("scope"), changes.get("scope")
        scope: JsonValue = {**kept, **own} if isinstance(kept, dict) and isinstance(own, dict) else own
        self._state = {**step.state, "scope": scope}
        await self._compiled.aupdate_state(self._config, self._state, as_node=step.node)
        self._input = None

    def answer(self, answers: Sequence[RequestAnswer]) -> None:
        """What people said to the requests; the graph goes on with the next `steps`."""
        self._requests = ()
        self._input = Command(resume=[answer.model_dump(mode="json") for answer in answers])

    async def steps(self) -> AsyncGenerator[str, None]:
        """The name of each node when it is done, until the end or until people are asked."""
        async with aclosing(self._compiled.astream(self._input, self._config, stream_mode="updates")) as updates:
            async for update in updates:
                for node, change in cast("dict[str, Any]", update).items():
                    if node == INTERRUPT:
                        self._requests = _request_ids(change)
                    else:
                        self._state.update(change or {})
                        yield node

    def _compile(self) -> None:
        self._compiled = graph(self._name).compile(  # pyright: ignore[reportUnknownMemberType]
            checkpointer=InMemorySaver()
        )


def _request_ids(interrupts: Sequence[Interrupt]) -> tuple[str, ...]:
    return tuple(request_id for one in interrupts for request_id in one.value["request_ids"])
