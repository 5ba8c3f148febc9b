"""LangGraph on Temporal: the same plugin for worker and replayer."""

from __future__ import annotations

from typing import Any, NoReturn, cast

from langgraph.graph import StateGraph
from temporalio.langgraph import LangGraphPlugin

from agents.compose.graphs import compose_graphs
from agents.compose.parts import ComposeParts
from agents.graphs import draft_graphs
from agents.nodes import DraftNodes
from agents.ports import CommandSender, Workspace
from agents.steps import StepKeeper, StepLedger
from agents.turn.graph import TURN_GRAPH, turn_graph
from agents.turn.nodes import TurnNodes, TurnParts
from agents.usage import Models

Graphs = dict[str, StateGraph[Any, Any, Any, Any]]


def langgraph_plugin(
    workspace: Workspace, sender: CommandSender, models: Models, steps: StepLedger, turn: TurnParts | None = None
) -> LangGraphPlugin:
    """Every graph that agents run, each node an activity. Without `turn`: all but the one of a conversation."""
    keeper = StepKeeper(steps)
    graphs: Graphs = {
        **draft_graphs(DraftNodes(workspace, sender, models), keeper),
        **compose_graphs(ComposeParts(workspace, sender, models), keeper),
    }
    if turn is not None:
        graphs[TURN_GRAPH] = turn_graph(TurnNodes(turn), keeper)
    return LangGraphPlugin(graphs=graphs)


def replay_plugin() -> LangGraphPlugin:
    """The same graphs for a replayer, which runs no activity."""
    nowhere = cast("Any", _Nowhere())
    return langgraph_plugin(nowhere, nowhere, nowhere, nowhere, nowhere)


class _Nowhere:
    """Stands where a replay must never reach."""

    def __getattr__(self, name: str) -> NoReturn:
        raise NotConnected(name)


class NotConnected(Exception):
    """A replay ran an activity."""
