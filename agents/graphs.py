"""The graph of a draft run: gather, then compose, check and save, section by section."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, get_args

from langgraph.graph import END, START, StateGraph
from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from agents.nodes import DraftNodes
from agents.state import DraftState
from agents.steps import Node, StepKeeper
from workflows.contract import DraftKind

SHORT, LONG = timedelta(seconds=60), timedelta(seconds=600)
"""How long a step may take: one that asks no model, and one that does. Heartbeats tell of dead workers much sooner."""
HEARTBEAT_TIMEOUT = timedelta(seconds=10)
OUR_OWN_FAULTS = [
    *("AssertionError", "AttributeError", "KeyError", "LookupError", "NotConnected", "TypeError", "ValidationError"),
    *("CIMErased", "FatalStoreError", "LogConflict", "LogGap", "StoreError"),
]
"""Errors that the next try would meet again."""
STORE_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=15),
    non_retryable_error_types=OUR_OWN_FAULTS,
)
MODEL_RETRY = RetryPolicy(
    initial_interval=timedelta(seconds=1),
    maximum_interval=timedelta(seconds=30),
    maximum_attempts=5,
    non_retryable_error_types=OUR_OWN_FAULTS,
)

Graph = StateGraph[DraftState, None, DraftState, DraftState]


def draft_graphs(nodes: DraftNodes, keeper: StepKeeper) -> dict[str, Graph]:
    """One graph for each kind of draft run, by its name."""
    return {kind: _draft_graph(kind, nodes, keeper) for kind in get_args(DraftKind)}


def options(timeout: timedelta, retry: RetryPolicy, summary: str) -> dict[str, Any]:
    return {
        "execute_in": "activity",
        "start_to_close_timeout": timeout,
        "heartbeat_timeout": HEARTBEAT_TIMEOUT,
        "retry_policy": retry,
        "cancellation_type": ActivityCancellationType.TRY_CANCEL,
        "summary": summary,
    }


def _draft_graph(kind: str, nodes: DraftNodes, keeper: StepKeeper) -> Graph:
    graph: Any = StateGraph(DraftState)

    def add(name: str, node: Node, given: dict[str, Any]) -> None:
        graph.add_node(name, keeper.of(kind, name, node), metadata=given)

    add("gather", nodes.gather, options(SHORT, STORE_RETRY, "Reads the book and its evidence"))
    add("compose", nodes.compose, options(LONG, MODEL_RETRY, "The model drafts"))
    add("check", nodes.check, options(SHORT, STORE_RETRY, "Holds every figure against the sources"))
    add("repair", nodes.repair, options(LONG, MODEL_RETRY, "The model mends what was wrong"))
    saving = options(SHORT, STORE_RETRY, "Sends the draft to the book")
    saving["cancellation_type"] = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
    add("save", nodes.save, saving)
    graph.add_edge(START, "gather")
    graph.add_edge("gather", "compose")
    graph.add_edge("compose", "check")
    graph.add_conditional_edges("check", after_check, {"repair": "repair", "save": "save"})
    graph.add_edge("repair", "check")
    graph.add_conditional_edges("save", _after_save, {"compose": "compose", END: END})
    return graph


async def after_check(state: DraftState) -> str:
    faulty = state.get("faults", 0) > 0
    return "repair" if faulty and state.get("may_repair") and state.get("attempt", 0) == 0 else "save"


async def _after_save(state: DraftState) -> str:
    return "compose" if state.get("index", 0) < len(state.get("section_ids", [])) else END
