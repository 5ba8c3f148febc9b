"""Runs a draft graph inside a workflow, and tells of each node that is done."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Any, cast

from temporalio.langgraph import graph

from agents.state import DraftState

MOST_GRAPH_STEPS = 1_000


async def draft_steps(kind: str, state: DraftState) -> AsyncGenerator[tuple[str, DraftState], None]:
    """Each finished node with what it changed, in order."""
    compiled: Any = graph(kind).compile()  # pyright: ignore[reportUnknownMemberType]
    async for update in compiled.astream(state, {"recursion_limit": MOST_GRAPH_STEPS}, stream_mode="updates"):
        for node, change in cast("dict[str, DraftState]", update).items():
            yield node, change
