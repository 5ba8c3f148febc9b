"""Keeps the state of a graph after each of its nodes, so that any step can be looked at and gone on from."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, Protocol

from langchain_core.runnables import RunnableConfig
from pydantic import JsonValue

from domain.values import Value

Node = Callable[[Any], Awaitable[Any]]
KeptNode = Callable[[Any, RunnableConfig], Awaitable[Any]]


class FinishedStep(Value):
    """A node that is done, and the state after it. `step` grows within one session."""

    cim_id: str
    run_id: str
    agent_id: str
    graph: str
    step: int
    node: str
    state: dict[str, JsonValue]


class StepLedger(Protocol):
    async def keep_step(self, step: FinishedStep) -> None: ...


class StepKeeper:
    """Has the nodes of graphs leave their steps behind. Repeated, a step takes its own place."""

    def __init__(self, ledger: StepLedger) -> None:
        self._ledger = ledger

    def of(self, graph: str, name: str, node: Node) -> KeptNode:
        """The node, which keeps its step when it is done. Its state has a `scope` with cim_id and run_id, and with
        agent_id where the session is not the run itself. Temporal's plugin knows a node by its qualified name."""

        async def keeping(state: Any, config: RunnableConfig) -> Any:
            change = await node(state)
            scope = state["scope"]
            await self._ledger.keep_step(
                FinishedStep(
                    cim_id=scope["cim_id"],
                    run_id=scope["run_id"],
                    agent_id=scope.get("agent_id") or scope["run_id"],
                    graph=graph,
                    step=int((config.get("metadata") or {}).get("langgraph_step", 0)),
                    node=name,
                    state={**state, **(change or {})},
                )
            )
            return change

        keeping.__qualname__ = f"{graph}.{name}"
        return keeping
