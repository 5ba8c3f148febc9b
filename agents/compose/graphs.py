"""The graphs of a compose run: plan, write, review, code."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from langgraph.graph import END, START, StateGraph
from temporalio.workflow import ActivityCancellationType

from agents.compose.coding import MOST_TRIES, CodeNodes
from agents.compose.parts import ComposeParts
from agents.compose.planning import PlanNodes
from agents.compose.reviewing import ReviewNodes
from agents.compose.state import CodeState, PlanState, ReviewState, WriteState
from agents.compose.writing import WriteNodes
from agents.graphs import LONG, MODEL_RETRY, SHORT, STORE_RETRY, after_check, options
from agents.nodes import DraftNodes
from agents.steps import Node, StepKeeper

PLAN, WRITE, REVIEW, CODE = "plan", "write", "review", "code"

Graph = StateGraph[Any, Any, Any, Any]
Add = Callable[[str, Node, dict[str, Any]], None]


def compose_graphs(parts: ComposeParts, keeper: StepKeeper) -> dict[str, Graph]:
    drafts = DraftNodes(parts.workspace, parts.sender, parts.models)
    return {
        PLAN: _plan_graph(PlanNodes(parts, drafts), keeper),
        WRITE: _write_graph(WriteNodes(parts.workspace, parts.sender, parts.models), keeper),
        REVIEW: _review_graph(ReviewNodes(parts), keeper),
        CODE: _code_graph(CodeNodes(parts, drafts), keeper),
    }


def _saving(summary: str) -> dict[str, Any]:
    """A node that changes the book is not left in the middle."""
    given = options(SHORT, STORE_RETRY, summary)
    given["cancellation_type"] = ActivityCancellationType.WAIT_CANCELLATION_COMPLETED
    return given


def _begun(name: str, schema: type[Any], keeper: StepKeeper) -> tuple[Any, Add]:
    """A graph without nodes, and how activities are added to it."""
    graph: Any = StateGraph(schema)

    def add(node_name: str, node: Node, given: dict[str, Any]) -> None:
        graph.add_node(node_name, keeper.of(name, node_name, node), metadata=given)

    return graph, add


def _plan_graph(nodes: PlanNodes, keeper: StepKeeper) -> Graph:
    graph, add = _begun(PLAN, PlanState, keeper)
    add("gather", nodes.gather, options(SHORT, STORE_RETRY, "Reads the book and its evidence"))
    add("plan", nodes.plan, options(LONG, MODEL_RETRY, "The model plans the slides"))
    add("ask", nodes.ask, _saving("Puts the plan before people"))
    graph.add_node("wait", nodes.wait, metadata={"execute_in": "workflow"})
    add("settle", nodes.settle, options(SHORT, STORE_RETRY, "Goes by their answer"))
    graph.add_edge(START, "gather")
    graph.add_edge("gather", "plan")
    graph.add_conditional_edges("plan", _after_plan, {"ask": "ask", "settle": "settle"})
    graph.add_edge("ask", "wait")
    graph.add_edge("wait", "settle")
    graph.add_conditional_edges("settle", _after_settle, {"plan": "plan", "ask": "ask", END: END})
    return graph


async def _after_plan(state: PlanState) -> str:
    return "ask" if state.get("asks_people", True) else "settle"


async def _after_settle(state: PlanState) -> str:
    if state.get("is_settled"):
        return END
    return "ask" if state.get("fault_hash") else "plan"


def _write_graph(nodes: WriteNodes, keeper: StepKeeper) -> Graph:
    graph, add = _begun(WRITE, WriteState, keeper)
    add("compose", nodes.compose, options(LONG, MODEL_RETRY, "The model writes"))
    add("check", nodes.check, options(SHORT, STORE_RETRY, "Holds every figure against the sources"))
    add("repair", nodes.repair, options(LONG, MODEL_RETRY, "The model mends what was wrong"))
    add("save", nodes.save, _saving("Sends the slides to the book"))
    graph.add_edge(START, "compose")
    graph.add_edge("compose", "check")
    graph.add_conditional_edges("check", after_check, {"repair": "repair", "save": "save"})
    graph.add_edge("repair", "check")
    graph.add_edge("save", END)
    return graph


def _review_graph(nodes: ReviewNodes, keeper: StepKeeper) -> Graph:
    graph, add = _begun(REVIEW, ReviewState, keeper)
    add("look", nodes.look, options(SHORT, STORE_RETRY, "Checks sources, plan and doubles"))
    add("judge", nodes.judge, options(LONG, MODEL_RETRY, "The model judges"))
    graph.add_edge(START, "look")
    graph.add_edge("look", "judge")
    graph.add_edge("judge", END)
    return graph


def _code_graph(nodes: CodeNodes, keeper: StepKeeper) -> Graph:
    graph, add = _begun(CODE, CodeState, keeper)
    add("specify", nodes.specify, options(LONG, MODEL_RETRY, "The model specifies charts and models"))
    add("build", nodes.build, options(SHORT, STORE_RETRY, "Computes every figure"))
    add("save", nodes.save, _saving("Sends the slides to the book"))
    graph.add_edge(START, "specify")
    graph.add_edge("specify", "build")
    graph.add_conditional_edges("build", _after_build, {"specify": "specify", "save": "save"})
    graph.add_edge("save", END)
    return graph


async def _after_build(state: CodeState) -> str:
    return "specify" if state.get("faults", 0) and state.get("attempt", 0) < MOST_TRIES else "save"
