"""Calls of workflows other than the book's: what is signed of them, and what their assertion has to show."""

from __future__ import annotations

from typing import TypeAlias

from domain.values import content_hash
from workflows.contract import (
    AgentInput,
    BranchChoice,
    CallQuestion,
    ExportInput,
    IngestInput,
    RunInput,
    TurnInput,
    agent_workflow_id,
    export_workflow_id,
    ingest_workflow_id,
    run_workflow_id,
    thread_workflow_id,
)

Call: TypeAlias = RunInput | TurnInput | BranchChoice | AgentInput | IngestInput | ExportInput

WAITS_SECONDS = 30 * 86_400
"""What is started may wait for a worker this long."""
ANSWERED_SECONDS = 300
"""What is an update is answered while its caller waits."""


def call_hash(call: Call) -> str:
    """Of all that the call says but for its assertions. Fields at their default do not count: there may be new ones."""
    bare = call.model_copy(update={"proof": ""})
    if isinstance(bare, TurnInput):
        bare = bare.model_copy(update={"run": bare.run.model_copy(update={"proof": ""})})
    return content_hash(type(call).__name__, bare)


def question_of(call: Call) -> CallQuestion:
    """Whether the assertion of the call shows that its actor made it."""
    within = ANSWERED_SECONDS if isinstance(call, TurnInput | BranchChoice) else WAITS_SECONDS
    match call:
        case TurnInput():
            org_id, actor, cim_id, name = call.run.org_id, call.run.requested_by, call.run.cim_id, "turn.submit"
        case BranchChoice():
            org_id, actor, cim_id, name = call.org_id, call.chosen_by, call.cim_id, "branch.switch"
        case AgentInput():
            org_id, actor, cim_id, name = call.org_id, call.actor, call.cim_id, "agent.start"
        case RunInput():
            org_id, actor, cim_id, name = call.org_id, call.requested_by, call.cim_id, "run.start"
        case IngestInput():
            org_id, actor, cim_id, name = call.org_id, call.requested_by, call.cim_id, "ingest.start"
        case ExportInput():
            org_id, actor, cim_id, name = call.org_id, call.requested_by, call.cim_id, "export.start"
    return CallQuestion(
        org_id=org_id,
        cim_id=cim_id,
        actor=actor,
        call=name,
        call_hash=call_hash(call),
        proof=call.proof,
        within_seconds=within,
    )


def workflow_of(call: Call) -> str:
    """The id of the one workflow that the call is for."""
    match call:
        case TurnInput():
            return thread_workflow_id(call.run.cim_id, call.run.thread_id)
        case BranchChoice():
            return thread_workflow_id(call.cim_id, call.thread_id)
        case AgentInput():
            return agent_workflow_id(call.cim_id, call.agent_id)
        case RunInput():
            return run_workflow_id(call.cim_id, call.run_id)
        case IngestInput():
            return ingest_workflow_id(call.cim_id, call.source_id)
        case ExportInput():
            return export_workflow_id(call.cim_id, call.export_id)
