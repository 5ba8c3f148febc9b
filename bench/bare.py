"""The floor: workflows that do nothing but answer, on the same server as the product.

`python -m bench.bare ADDRESS` runs their worker until it is ended.
"""

from __future__ import annotations

import asyncio
import sys
from datetime import timedelta
from typing import Any, TypedDict

from langgraph.graph import END, START, StateGraph
from temporalio import activity, workflow
from temporalio.client import Client
from temporalio.langgraph import LangGraphPlugin, graph
from temporalio.worker import UnsandboxedWorkflowRunner, Worker

BARE_QUEUE = "bench-bare"
STEP_TIMEOUT = timedelta(seconds=30)
GRAPH_STEPS = (10,)


@workflow.defn
class BareWorkflow:
    """Counts its updates."""

    def __init__(self) -> None:
        self._rev = 0

    @workflow.run
    async def run(self) -> None:
        await workflow.wait_condition(lambda: self._rev >= 1_500)
        await workflow.wait_condition(workflow.all_handlers_finished)
        workflow.continue_as_new()

    @workflow.update
    async def save(self, text: str) -> int:
        """The revision after the update."""
        self._rev += 1
        return self._rev

    @workflow.query
    def rev(self) -> int:
        return self._rev


@activity.defn
async def one_step(number: int) -> int:
    return number + 1


@workflow.defn
class BareSteps:
    """So many activities, one after the other."""

    @workflow.run
    async def run(self, count: int) -> int:
        number = 0
        while number < count:
            number = await workflow.execute_activity(one_step, number, start_to_close_timeout=STEP_TIMEOUT)
        return number


class Count(TypedDict):
    number: int


async def step_node(state: Count) -> Count:
    return {"number": state["number"] + 1}


def steps_graph(count: int) -> StateGraph[Any, Any, Any, Any]:
    """A chain of nodes, each of which is an activity, as agents have them."""
    chain: StateGraph[Any, Any, Any, Any] = StateGraph(Count)
    for number in range(count):
        metadata = {"execute_in": "activity", "start_to_close_timeout": STEP_TIMEOUT}
        chain.add_node(f"s{number}", step_node, metadata=metadata)  # pyright: ignore[reportUnknownMemberType]
        chain.add_edge(START if number == 0 else f"s{number - 1}", f"s{number}")
    chain.add_edge(f"s{count - 1}", END)
    return chain


@workflow.defn
class GraphSteps:
    """A graph of so many nodes, run as agents run theirs."""

    @workflow.run
    async def run(self, count: int) -> int:
        compiled: Any = graph(f"steps{count}").compile()  # pyright: ignore[reportUnknownMemberType]
        return (await compiled.ainvoke({"number": 0}))["number"]


async def main(address: str) -> None:
    client = await Client.connect(address)
    plugin = LangGraphPlugin(graphs={f"steps{count}": steps_graph(count) for count in GRAPH_STEPS})
    async with Worker(
        client,
        task_queue=BARE_QUEUE,
        workflows=[BareWorkflow, BareSteps, GraphSteps],
        activities=[one_step],
        plugins=[plugin],
        workflow_runner=UnsandboxedWorkflowRunner(),
    ):
        await asyncio.Event().wait()


if __name__ == "__main__":
    from bench.bare import main as started

    asyncio.run(started(sys.argv[1]))
