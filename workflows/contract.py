"""What api, worker and workflows must agree on: ids, names, messages, timeouts and retry policies."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, JsonValue
from temporalio.common import RetryPolicy, SearchAttributeKey

from domain.commands import Command
from domain.events import EventRecord, NewerEvent
from domain.permissions import Role
from domain.refusals import Problem
from domain.session import CIMSession
from domain.values import Actor, AgentType, Instant, Mode, TextOrAbsent, Value

TASK_QUEUE = "bookrunner"

CIM_WORKFLOW = "CIMWorkflow"
RUN_WORKFLOW = "RunWorkflow"
INGEST_WORKFLOW = "IngestWorkflow"
EXPORT_WORKFLOW = "ExportWorkflow"
THREAD_WORKFLOW = "ThreadWorkflow"
AGENT_WORKFLOW = "AgentWorkflow"

EXECUTE_UPDATE = "execute"
SUBMIT_SIGNAL = "submit"
MOVE_ON_SIGNAL = "move_on"
"""To a CIM: it goes on in a new run, on the version that is current then."""
STATE_QUERY = "state"
HISTORY_QUERY = "history_of"
CANCEL_RUN_SIGNAL = "cancel"
ANSWERED_SIGNAL = "answered"
"""From a CIM to the agent session that waits: a RequestAnswer."""
OVERTAKEN_SIGNAL = "overtaken"
"""To a run and its agents: people have said something new, so what is being asked now is superseded."""
SUBMIT_TURN_UPDATE = "submit_turn"
DROP_TURN_SIGNAL = "drop_turn"
SWITCH_BRANCH_UPDATE = "switch_branch"
THREAD_BUSY = "ThreadBusy"
"""Type of the error that a turn with policy `reject` is answered with while another runs."""
UNPROVEN_CALL = "Unproven"
"""Type of the error that a call is answered with when it is not proved who makes it, or not made just now."""

ORG_ID = SearchAttributeKey.for_keyword("OrgId")
DEAL_ID = SearchAttributeKey.for_keyword("DealId")
OWNER_ID = SearchAttributeKey.for_keyword("OwnerId")
CIM_STAGE = SearchAttributeKey.for_keyword("CimStage")
CIM_STATUS = SearchAttributeKey.for_keyword("CimStatus")
STALE_SLIDES = SearchAttributeKey.for_int("StaleSlides")

MOST_TURNS_WAITING = 50
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
CONFLICT_PAUSE = timedelta(seconds=1)
"""Times the number of conflicts in a row: before the log is read once more."""
LONGEST_CONFLICT_PAUSE = timedelta(minutes=1)
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
RESUME_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    maximum_interval=timedelta(seconds=10),
    non_retryable_error_types=(*FATAL_RECORD_ERRORS, NewerEvent.__name__),
)
"""A worker that does not understand the log gives the book back at once, for another worker to take."""
LOOK_UP_TIMEOUT = timedelta(seconds=30)
CHECK_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=3)
TRIES_TO_CHECK = 5
"""How often a book is held against its documents before `complete` gives up on one that keeps changing."""
ACCESS_TIMEOUT = timedelta(seconds=5)
ACCESS_RETRY = RetryPolicy(initial_interval=timedelta(milliseconds=200), maximum_attempts=2)
ACCESS_PATIENCE = timedelta(seconds=2)
"""Pause before a signalled command asks for access again while the access service is down."""


def cim_workflow_id(org_id: str, cim_id: str) -> str:
    return f"cim/{org_id}/{cim_id}"


def run_workflow_id(cim_id: str, run_id: str) -> str:
    return f"run/{cim_id}/{run_id}"


def answer_ids(run: RunInput) -> tuple[str, ...]:
    """The messages that a chat run answers with, one for each of its agents."""
    return (run.answer_id, *(f"{run.answer_id}-{number}" for number in range(1, len(run.agents))))


def thread_workflow_id(cim_id: str, thread_id: str) -> str:
    return f"thread/{cim_id}/{thread_id}"


def agent_workflow_id(cim_id: str, agent_id: str) -> str:
    return f"agent/{cim_id}/{agent_id}"


def ingest_workflow_id(cim_id: str, source_id: str) -> str:
    return f"ingest/{cim_id}/{source_id}"


def export_workflow_id(cim_id: str, export_id: str) -> str:
    return f"export/{cim_id}/{export_id}"


Proof = Annotated[str, Field(max_length=2_048)]
"""An assertion (access/proof.py) that shows who asks; without one the call is refused."""
NOBODY = Actor(kind="system", id="nobody")


class Entry(Value):
    """A command and who sends it, shown by an assertion (access/proof.py); without one it is refused.

    `standby` is an assertion for this command alone, which counts when `proof` has expired on the way.
    """

    actor: Actor
    command: Command
    proof: Proof = ""
    standby: Proof = ""


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
    """What a person may do with a deal; with a `cim_id` also whether `proof` shows that `actor` sends this command."""

    person_id: str
    org_id: str
    deal_id: str
    cim_id: str = ""
    actor: Actor | None = None
    proof: str = ""
    standby: str = ""
    command_hash: str = ""


class AccessGrant(Value):
    """What a person may do with a deal, until when. No role: nothing.

    `proof`: whether it was proved who asks. A proof that holds `until` may be taken for further commands of the same
    actor until then.
    """

    person_id: str
    role: Role | None
    expires_at: Instant
    proof: Literal["not_asked", "refused", "once", "until"] = "not_asked"
    proof_expires_at: Instant | None = None


class ProvenActor(Value):
    """Whose assertion was checked, and until when it counts."""

    actor: Actor
    expires_at: Instant


class CallQuestion(Value):
    """Whether `proof` shows that `actor` asked for this very call of a workflow, at most `within_seconds` ago."""

    org_id: str
    cim_id: str
    actor: Actor
    call: str
    """What is called, for people."""
    call_hash: str
    proof: str = ""
    within_seconds: int


class CIMInput(Value):
    """Start of a CIM workflow, fresh (`session` absent: what is recorded is loaded) or continued."""

    cim_id: str
    org_id: str
    deal_id: str
    continue_after_events: int = 4_000
    idle_close_seconds: float = 3_600
    checks_evidence: bool = False
    """Whether `complete` is held against the sources; off in histories from before it was."""
    session: CIMSession | None = None
    grants: dict[str, AccessGrant] = Field(default_factory=dict)
    proven: dict[str, ProvenActor] = Field(default_factory=dict)
    """By the hash of the assertion."""
    recent_changes: tuple[ArtifactChange, ...] = ()


class ArtifactChange(Value):
    """One line of an artifact's history."""

    seq: int
    type: str
    at: Instant
    actor: Actor
    artifact: str


DraftKind = Literal["draft_buyer_persona", "draft_hero_context", "draft_outline", "draft_slides"]
RunKind = Literal["draft_buyer_persona", "draft_hero_context", "draft_outline", "draft_slides", "chat", "compose"]
TurnPolicy = Literal["enqueue", "reject", "interrupt"]
"""What happens to a message while a turn of its thread runs: it waits, is refused, or stops that turn."""


class RunInput(Value):
    """One AI run. `section_ids` limits draft_slides and compose; none means every section of the outline.

    The instruction is kept beside the book under `instruction_hash` (its content_hash); empty means there is none. A
    chat run is a turn of a thread: it answers the message `message_id` with one message for each of its agents, the
    first under `answer_id`. `named` are the ids that the person named, which is all that `revise` may change.
    """

    run_id: str
    cim_id: str
    org_id: str
    deal_id: str
    kind: RunKind
    requested_by: Actor
    instruction_hash: str = ""
    section_ids: tuple[str, ...] = ()
    slide_id: TextOrAbsent = ""
    """Limits draft_slides to this slide, of the one section."""
    mode: Mode = "draft"
    thread_id: str = ""
    message_id: str = ""
    answer_id: str = ""
    agents: tuple[AgentType, ...] = ()
    named: tuple[str, ...] = ()
    plan_approval: bool = True
    writers_at_once: int = 3
    review_rounds: int = 2
    resumes: str = ""
    """The run whose finished agents count as done here."""
    asks_flags: bool = False
    """Whether features can be switched off for it; off in histories from before they could."""
    forks: ForkPoint | None = None
    proof: Proof = ""

    @property
    def scope(self) -> dict[str, str]:
        """Where and for whom, as the states of graphs carry it."""
        return {
            "run_id": self.run_id,
            "cim_id": self.cim_id,
            "org_id": self.org_id,
            "deal_id": self.deal_id,
            "person_id": self.requested_by.person_id,
            **({"slide_id": self.slide_id} if self.slide_id else {}),
        }


class ForkPoint(Value):
    """A step of an agent session to go on from, in another session of the same graph."""

    agent_id: str
    step: int
    graph: str = ""
    agent_type: AgentType = "assistant"


class TurnInput(Value):
    """A message of a person on its way into a thread, and the run that answers it."""

    run: RunInput
    text_hash: str
    parent_id: str | None = None
    """The message that this one follows; absent: the end of the active branch."""
    starts_branch: bool = False
    """With `parent_id`: the message stands beside those that follow the parent already."""
    policy: TurnPolicy = "enqueue"
    mentions: tuple[str, ...] = ()
    sent_at: Instant
    proof: Proof = ""


class TurnAccepted(Value):
    """`ahead` turns of the thread come first."""

    message_id: str
    answer_ids: tuple[str, ...]
    run_id: str
    ahead: int = 0


class ThreadInput(Value):
    """The workflow of one thread: it is open while turns run or wait."""

    cim_id: str
    org_id: str
    deal_id: str
    thread_id: str
    waiting: tuple[TurnInput, ...] = ()


class BranchChoice(Value):
    """A branch of a thread, by the message that ends it, and who chose it at this moment."""

    cim_id: str
    thread_id: str
    leaf_id: str
    org_id: str = ""
    chosen_by: Actor = NOBODY
    proof: Proof = ""


class AgentInput(Value):
    """One agent session: a LangGraph graph run to its end, with a record of its own.

    `state` is where the graph starts: references and small values, never texts. `inputs` and `budget` are shown in the
    session's record.
    """

    agent_id: str
    run_id: str
    cim_id: str
    org_id: str
    deal_id: str
    agent_type: AgentType
    graph: str
    state: dict[str, JsonValue] = Field(default_factory=dict)
    requested_by: Actor
    parent_id: str = ""
    title: str = ""
    thread_id: str = ""
    answer_id: str = ""
    forks: ForkPoint | None = None
    proof: Proof = ""
    """Of the worker that has the run: the run was asked for, and has this agent work."""

    @property
    def actor(self) -> Actor:
        return Actor(kind="agent", id=self.agent_type, on_behalf_of=self.requested_by.person_id)


class AgentOutcome(Value):
    """How a session ended, and the last state of its graph (references and small values)."""

    agent_id: str
    status: Literal["completed", "failed", "cancelled"]
    state: dict[str, JsonValue] = Field(default_factory=dict)
    error: str | None = None


class IngestInput(Value):
    """A document, kept in the store as blob `sha256`, to be read into passages and facts."""

    source_id: str
    cim_id: str
    org_id: str
    deal_id: str
    name: str
    sha256: str
    requested_by: Actor
    proof: Proof = ""


class ExportInput(Value):
    export_id: str
    cim_id: str
    org_id: str
    deal_id: str
    format: Literal["pptx", "pdf", "md", "json"]
    requested_by: Actor
    proof: Proof = ""


CIMInput.model_rebuild()
RunInput.model_rebuild()
