"""What api, worker and workflows must agree on: ids, names, messages, timeouts and retry policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Literal
from uuid import UUID

from pydantic import Field
from temporalio.common import RetryPolicy, SearchAttributeKey

from domain.commands import Command
from domain.events import EventRecord
from domain.permissions import Role
from domain.refusals import Problem
from domain.session import CIMSession
from domain.values import Actor, Instant, Value

TASK_QUEUE = "bookrunner"

CIM_WORKFLOW = "CIMWorkflow"
RUN_WORKFLOW = "RunWorkflow"
INGEST_WORKFLOW = "IngestWorkflow"
EXPORT_WORKFLOW = "ExportWorkflow"

EXECUTE_UPDATE = "execute"
SUBMIT_SIGNAL = "submit"
STATE_QUERY = "state"
HISTORY_QUERY = "history_of"
CANCEL_RUN_SIGNAL = "cancel"

ORG_ID = SearchAttributeKey.for_keyword("OrgId")
DEAL_ID = SearchAttributeKey.for_keyword("DealId")
OWNER_ID = SearchAttributeKey.for_keyword("OwnerId")
CIM_STAGE = SearchAttributeKey.for_keyword("CimStage")
CIM_STATUS = SearchAttributeKey.for_keyword("CimStatus")
STALE_SLIDES = SearchAttributeKey.for_int("StaleSlides")

MAX_COMMANDS_PER_UPDATE = 100
"""Commands that travel together in one update; a server takes few updates at once, so what waits goes together."""

HISTORY_BYTES_BEFORE_CONTINUE = 3_000_000
EVENTS_PER_RECORD = 500
RECENT_CHANGES_KEPT = 20

RECORD_LOCAL_TIMEOUT = timedelta(seconds=5)
FATAL_RECORD_ERRORS = ("LogConflict", "LogGap", "CIMErased")
"""Types of store.FatalStoreError: what the log says and what the workflow holds cannot both be right."""
CONFLICT = "RecordConflict"
"""Type of the error that an update ends with then. Its commands may be sent again."""
RECORD_LOCAL_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=100),
    maximum_attempts=2,
    non_retryable_error_types=FATAL_RECORD_ERRORS,
)
RECORD_TIMEOUT = timedelta(seconds=60)
RECORD_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=10),
    non_retryable_error_types=FATAL_RECORD_ERRORS,
)
LOOK_UP_TIMEOUT = timedelta(seconds=30)
ACCESS_TIMEOUT = timedelta(seconds=5)
ACCESS_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=2)
ACCESS_PATIENCE = timedelta(seconds=2)
"""Pause before a signalled command asks for access again while the access service is down."""


def cim_workflow_id(org_id: str, cim_id: str) -> str:
    return f"cim/{org_id}/{cim_id}"


def run_workflow_id(cim_id: str, run_id: str) -> str:
    return f"run/{cim_id}/{run_id}"


def ingest_workflow_id(cim_id: str, source_id: str) -> str:
    return f"ingest/{cim_id}/{source_id}"


def export_workflow_id(cim_id: str, export_id: str) -> str:
    return f"export/{cim_id}/{export_id}"


class Entry(Value):
    """A command and who sends it."""

    actor: Actor
    command: Command


class Submission(Value):
    """Commands on their way to one CIM, by update or by signal. They are handled in this order."""

    entries: tuple[Entry, ...] = Field(min_length=1, max_length=MAX_COMMANDS_PER_UPDATE)


class CommandResult(Value):
    """The answer to one command: its events and the revision after them, or the problem.

    `repeated` says that the command was handled before; its events are `first_seq` to `last_seq` of the log.
    """

    command_id: UUID
    rev: int
    events: tuple[EventRecord, ...] = ()
    problem: Problem | None = None
    repeated: bool = False
    first_seq: int = 0
    last_seq: int = -1


class SubmissionResult(Value):
    results: tuple[CommandResult, ...]


class AccessQuestion(Value):
    person_id: str
    org_id: str
    deal_id: str


class AccessGrant(Value):
    """What a person may do with a deal, until when. No role: nothing."""

    person_id: str
    role: Role | None
    expires_at: Instant


class CIMInput(Value):
    """Start of a CIM workflow, fresh (`session` absent: what is recorded is loaded) or continued."""

    cim_id: str
    org_id: str
    deal_id: str
    continue_after_events: int = 4_000
    idle_close_seconds: float = 3_600
    session: CIMSession | None = None
    grants: dict[str, AccessGrant] = Field(default_factory=dict)
    recent_changes: tuple[ArtifactChange, ...] = ()


class ArtifactChange(Value):
    """One line of an artifact's history."""

    seq: int
    type: str
    at: Instant
    actor: Actor
    artifact: str


RunKind = Literal["draft_buyer_persona", "draft_hero_context", "draft_outline", "draft_slides"]


class RunInput(Value):
    """One AI run. `section_ids` limits draft_slides; none means every section of the outline.

    The instruction is kept beside the book under `instruction_hash` (its content_hash); empty means there is none.
    """

    run_id: str
    cim_id: str
    org_id: str
    deal_id: str
    kind: RunKind
    requested_by: Actor
    instruction_hash: str = ""
    section_ids: tuple[str, ...] = ()


class IngestInput(Value):
    """A document, kept in the store as blob `sha256`, to be read into passages and facts."""

    source_id: str
    cim_id: str
    org_id: str
    deal_id: str
    name: str
    sha256: str
    requested_by: Actor


class ExportInput(Value):
    export_id: str
    cim_id: str
    org_id: str
    deal_id: str
    format: Literal["pptx", "pdf", "md", "json"]
    requested_by: Actor


CIMInput.model_rebuild()
