"""LangGraph on Temporal: the same plugin for worker and replayer."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from langgraph.graph import StateGraph
from temporalio.langgraph import LangGraphPlugin

from agents.graphs import draft_graphs
from agents.nodes import DraftNodes
from agents.steps import StepKeeper, StepLedger
from agents.turn.graph import TURN_GRAPH, turn_graph
from agents.turn.nodes import TurnNodes, TurnParts

Graphs = dict[str, StateGraph[Any, Any, Any, Any]]


def langgraph_plugin(drafts: DraftNodes, steps: StepLedger, turn: TurnParts | None = None) -> LangGraphPlugin:
    """Every graph that agents run, each node an activity. Without `turn`: those of drafts alone."""
    keeper = StepKeeper(steps)
    graphs: Graphs = dict(draft_graphs(drafts, keeper))
    if turn is not None:
        graphs[TURN_GRAPH] = turn_graph(TurnNodes(turn), keeper)
    return LangGraphPlugin(graphs=graphs)


def replay_plugin() -> LangGraphPlugin:
    """The same graphs for a replayer, which runs no activity."""
    nowhere = cast("Any", _Nowhere())
    return langgraph_plugin(DraftNodes(nowhere, nowhere, nowhere), nowhere, nowhere)


class _Nowhere:
    """Stands where a replay must never reach."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotConnected(name)


class NotConnected(Exception):
    """A replay ran an activity."""
