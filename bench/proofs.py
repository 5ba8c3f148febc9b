"""What it costs to prove who sends a command: `python -m bench.proofs`. The same rename in alternating rounds.

On a real Temporal server, with the store and the access service of the tests, in memory. What is shown is the quickest
round of each, since whatever else the machine does only makes rounds slower.
"""

from __future__ import annotations

import sys
import uuid
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from statistics import median

import uvloop
from temporalio import workflow
from temporalio.client import Client
from temporalio.worker import Worker

import workflows.cim
from bench.measure import Call, timed
from deploy.embedded.sharing import shared_stack
from domain.commands import Rename
from tests.workflow.conftest import LEA, Desk
from workflows.cim import CIMWorkflow
from workflows.contract import CIMInput, Entry, Submission
from workflows.converter import data_converter
from workflows.gate import AccessGate
from workflows.sandbox import serving_runner

ROUNDS = 20
CALLS = 25
OPEN = "without-proofs"


class GateOfBoth(AccessGate):
    """Asks for no proofs on one task queue, as it was before there were any."""

    def __init__(self, start: CIMInput, *, requires_proof: bool) -> None:
        super().__init__(start, requires_proof=requires_proof and not workflow.info().task_queue.startswith(OPEN))


@asynccontextmanager
async def serving(desk: Desk) -> AsyncGenerator[Desk]:
    worker = Worker(
        desk.client,
        task_queue=desk.queue,
        workflows=[CIMWorkflow],
        activities=[
            desk.store.record,
            desk.store.resume_session,
            desk.store.receipt_in_log,
            desk.access.check_access,
        ],
        workflow_runner=serving_runner(),
    )
    async with worker:
        await desk.create()
        yield desk


async def rename(desk: Desk, proof: str) -> None:
    command = Rename(type="rename", command_id=uuid.uuid4(), title=uuid.uuid4().hex)
    submission = Submission(entries=(Entry(actor=LEA, command=command, proof=proof),))
    answer = await desk.calls.execute(desk.client, "org1", "deal1", desk.cim_id, submission)
    assert answer.results[0].problem is None, answer.results[0].problem


async def measure(address: str) -> Sequence[str]:
    client = await Client.connect(address, data_converter=data_converter())
    workflows.cim.AccessGate = GateOfBoth
    before, after = Desk(client), Desk(client)
    before.queue = f"{OPEN}-{before.queue}"
    before.calls = before.calls.model_copy(update={"task_queue": before.queue})
    proofs = after.access.proofs
    async with serving(before), serving(after):
        calls: dict[str, Call] = {
            "without proofs": lambda: rename(before, ""),
            "by the API: one proof for a minute": lambda: rename(after, proofs.of_person(LEA, after.cim_id)),
            "by hand: proof and rights each time": lambda: rename(after, proofs.by_hand("lea", after.cim_id)[0]),
        }
        rounds: dict[str, list[float]] = {name: [] for name in calls}
        for _ in range(ROUNDS):
            for name, call in calls.items():
                rounds[name].append(median(await timed(call, CALLS)))
    base = min(rounds["without proofs"])
    return [f"| {name} | {min(times) * 1000:.2f} | {min(times) / base:.2f} x |" for name, times in rounds.items()]


def main() -> None:
    with shared_stack({"temporal"}) as addresses:
        lines = uvloop.run(measure(str(addresses.temporal_address)))
    sys.stdout.write("\n".join(("| a rename | ms p50 | ratio |", "|---|---|---|", *lines)) + "\n")


if __name__ == "__main__":
    main()
