"""The graph of a turn: assemble, then think and act until the model has said what it has to say."""

from __future__ import annotations

from typing import Any

from langgraph.graph import END, START, StateGraph
from temporalio.workflow import ActivityCancellationType

from agents.graphs import LONG, MODEL_RETRY, SHORT, STORE_RETRY, options
from agents.steps import Node, StepKeeper
from agents.turn.nodes import TurnNodes
from agents.turn.state import TurnState

TURN_GRAPH = "turn"

Graph = StateGraph[TurnState, None, TurnState, TurnState]


def turn_graph(nodes: TurnNodes, keeper: StepKeeper) -> Graph:
    graph: Any = StateGraph(TurnState)

    def add(name: str, node: Node, given: dict[str, Any]) -> None:
        graph.add_node(name, keeper.of(TURN_GRAPH, name, node), metadata=given)

    thinking = options(LONG, MODEL_RETRY, "The model speaks")
    thinking["cancellation_type"] = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
    acting = options(LONG, STORE_RETRY, "Tools are used")
    acting["cancellation_type"] = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
    add("assemble", nodes.assemble, options(SHORT, STORE_RETRY, "Reads what the turn starts from"))
    add("think", nodes.think, thinking)
    add("act", nodes.act, acting)
    graph.add_node("wait", nodes.wait, metadata={"execute_in": "workflow"})
    add("finish", nodes.finish, options(SHORT, STORE_RETRY, "Keeps the answer"))
    add("tend", nodes.tend, options(LONG, MODEL_RETRY, "Brings summary and indexes up to date"))
    graph.add_edge(START, "assemble")
    graph.add_edge("assemble", "think")
    graph.add_conditional_edges("think", _after_think, {"act": "act", "finish": "finish"})
    graph.add_conditional_edges("act", _after_act, {"wait": "wait", "think": "think"})
    graph.add_edge("wait", "act")
    graph.add_conditional_edges("finish", _after_finish, {"think": "think", "tend": "tend"})
    graph.add_edge("tend", END)
    return graph


async def _after_think(state: TurnState) -> str:
    return "act" if state.get("calls_left", 0) else "finish"


async def _after_act(state: TurnState) -> str:
    return "wait" if state.get("waiting") else "think"


async def _after_finish(state: TurnState) -> str:
    return "tend" if state.get("is_done") else "think"
