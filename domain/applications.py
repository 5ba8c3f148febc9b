"""Applications, versions and their deployments: what may be done with them, and in which steps. Pure.

A deployment walks its plan step by step. When a step fails, that step and all before it that can be undone are undone
in the reverse order, so that the application is as it was.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, StringConstraints

from domain.values import NO_TRUTH, Instant, Line, OptionalLine, Paragraph, Value

ApplicationStatus = Literal["new", "ready", "serving", "retiring", "archived"]
"""`ready`: provisioned, no version takes work yet. `archived`: its books are kept, and nobody serves them."""
Upgrade = Literal["stay", "at_continue_as_new"]
"""Where open books go with a new version: they stay on the one they began with, or move as soon as they are at rest."""
Action = Literal["provision", "deploy", "roll_back", "retire"]
DeploymentStatus = Literal["pending", "running", "completed", "undone", "stuck"]
"""`undone`: it failed, and everything is as before. `stuck`: it could not be undone either; somebody has to look."""
StepName = Literal[
    "provision", "start_workers", "check_health", "ramp", "promote", "move_books", "tidy", "close", "drain",
    "stop_workers", "archive",
]  # fmt: skip
StepStatus = Literal["running", "done", "failed"]

BuildId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Scale = Annotated[int, Field(ge=0, le=1_000), NO_TRUTH]
ModelName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9_-]+(:[A-Za-z0-9._/@-]+)?$", max_length=100)]


MOST_RAMP_SECONDS = 600


class RampStage(Value):
    """This share of new work goes to the new version for so long, before it gets more."""

    percent: Annotated[int, Field(ge=1, le=99), NO_TRUTH]
    seconds: Annotated[int, Field(ge=0, le=MOST_RAMP_SECONDS), NO_TRUTH]


def _growing(stages: tuple[RampStage, ...]) -> tuple[RampStage, ...]:
    if any(later.percent <= earlier.percent for earlier, later in pairwise(stages)):
        raise ValueError("each share must be larger than the one before")
    if sum(stage.seconds for stage in stages) > MOST_RAMP_SECONDS:
        raise ValueError(f"all of it must take at most {MOST_RAMP_SECONDS} seconds")
    return stages


Ramp = Annotated[tuple[RampStage, ...], Field(max_length=10), AfterValidator(_growing)]


class ApplicationSettings(Value):
    """`ramp`: by which shares a new version takes over from the one that serves; empty: at once."""

    upgrade: Upgrade = "stay"
    model: ModelName | None = None
    continue_as_new_after_events: Annotated[int, Field(ge=10, le=40_000), NO_TRUTH] = 1_000
    ramp: Ramp = ()


class Application(Value):
    """A tenant's isolated instance of the workspace: a database, a task queue and workers of its own."""

    id: str
    org_id: str
    name: Line
    database: str
    task_queue: str
    settings: ApplicationSettings = ApplicationSettings()
    scale: Scale = 1
    status: ApplicationStatus = "new"
    current_version_id: str | None = None
    created_at: Instant
    updated_at: Instant

    @property
    def deployment_name(self) -> str:
        """Name of the application among Temporal's worker deployments."""
        return deployment_name(self.id)


class Version(Value):
    """A build of the product that workers run; the same for all applications."""

    id: str
    build_id: BuildId
    name: OptionalLine = ""
    notes: Paragraph = ""
    created_by: str | None = None
    created_at: Instant
    retired_at: Instant | None = None


class Deployment(Value):
    """Something done to an application, with its version and the one before it.

    Somebody may call it off while it waits for workers, or gives out growing shares; it is undone then.
    """

    id: str
    application_id: str
    version_id: str | None = None
    previous_version_id: str | None = None
    action: Action
    status: DeploymentStatus
    workflow_id: str = ""
    requested_by: str
    called_off_by: str | None = None
    error: str | None = None
    created_at: Instant
    finished_at: Instant | None = None


class DeploymentStep(Value):
    """One step as it was carried out; `details` say what it found or did."""

    deployment_id: str
    position: int
    name: str
    status: StepStatus
    attempt: int = 1
    details: dict[str, str | int | bool | list[str] | None] = Field(default_factory=dict)
    error: str | None = None
    started_at: Instant
    finished_at: Instant | None = None


class NotPossible(Exception):
    """The application's state does not allow it; nothing was changed. Carries what to do instead."""

    def __init__(self, why: str, next_step: str) -> None:
        super().__init__(why)
        self.next_step = next_step


PLANS: Mapping[Action, tuple[StepName, ...]] = {
    "provision": ("provision",),
    "deploy": ("provision", "start_workers", "check_health", "promote", "move_books", "tidy"),
    "roll_back": ("start_workers", "check_health", "promote", "move_books", "tidy"),
    "retire": ("close", "drain", "stop_workers", "archive"),
}
UNDOABLE: frozenset[StepName] = frozenset({"provision", "start_workers", "ramp", "promote", "close", "stop_workers"})


def plan_of(action: Action, settings: ApplicationSettings) -> tuple[StepName, ...]:
    """The steps of an action for an application with these settings."""
    plan = PLANS[action]
    if action != "deploy" or not settings.ramp:
        return plan
    at = plan.index("promote")
    return (*plan[:at], "ramp", *plan[at:])


class PlannedStep(Value):
    name: StepName
    undo: bool = False


class StepEnded(Value):
    """How a planned step ended; without an error it is done."""

    step: PlannedStep
    error: str | None = None


class Walk(Value):
    """How far a deployment is. `error` is why it turned round; without a `plan` it is that of the action."""

    action: Action
    plan: tuple[StepName, ...] = ()
    done: tuple[StepName, ...] = ()
    to_undo: tuple[StepName, ...] = ()
    error: str | None = None
    undo_error: str | None = None

    @property
    def steps(self) -> tuple[StepName, ...]:
        return self.plan or PLANS[self.action]


def next_step(walk: Walk) -> PlannedStep | None:
    """None when nothing is left to do."""
    if walk.undo_error is not None:
        return None
    if walk.error is not None:
        return PlannedStep(name=walk.to_undo[-1], undo=True) if walk.to_undo else None
    return PlannedStep(name=walk.steps[len(walk.done)]) if len(walk.done) < len(walk.steps) else None


def after(walk: Walk, ended: StepEnded) -> Walk:
    """The walk once the step that was due has ended."""
    if ended.step.undo:
        if ended.error is not None:
            return walk.model_copy(update={"undo_error": ended.error})
        return walk.model_copy(update={"to_undo": walk.to_undo[:-1]})
    if ended.error is None:
        return walk.model_copy(update={"done": (*walk.done, ended.step.name)})
    begun = (*walk.done, ended.step.name)
    return walk.model_copy(update={"error": ended.error, "to_undo": tuple(name for name in begun if name in UNDOABLE)})


def outcome(walk: Walk) -> DeploymentStatus:
    if walk.undo_error is not None:
        return "stuck"
    if walk.error is not None:
        return "running" if walk.to_undo else "undone"
    return "running" if len(walk.done) < len(walk.steps) else "completed"


def check(application: Application, action: Action, version: Version | None) -> None:
    """Raises NotPossible."""
    if application.status == "archived" or (application.status == "retiring" and action != "retire"):
        raise NotPossible(f"The application is {application.status}.", "Make another application.")
    if action in ("deploy", "roll_back"):
        if version is None:
            raise NotPossible("There is no version to go to.", "Name a version, or deploy one first.")
        if version.retired_at is not None:
            raise NotPossible(f"Version {version.build_id} is retired.", "Name another version.")
    if action == "roll_back":
        if application.status != "serving":
            raise NotPossible("No version has served here yet.", "Deploy one.")
        if version is not None and version.id == application.current_version_id:
            raise NotPossible(f"Version {version.build_id} is the current one already.", "Name an earlier version.")


def deployment_name(application_id: str) -> str:
    return f"application-{application_id}"


def database_of(application_id: str) -> str:
    return f"application_{application_id.replace('-', '')}"


def task_queue_of(application_id: str) -> str:
    return f"application-{application_id}"


class WantedWorkers(Value):
    """The workers of one build that an application should have: as many as `scale`, on its queue and database."""

    application_id: str
    org_id: str
    deployment: str
    build_id: BuildId
    task_queue: str
    database: str
    scale: Scale
    settings: ApplicationSettings

    @classmethod
    def of(cls, application: Application, build_id: str) -> WantedWorkers:
        return cls(
            application_id=application.id,
            org_id=application.org_id,
            deployment=application.deployment_name,
            build_id=build_id,
            task_queue=application.task_queue,
            database=application.database,
            scale=application.scale,
            settings=application.settings,
        )
