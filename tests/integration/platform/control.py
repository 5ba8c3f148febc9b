"""The control of deployments on a real stack: its worker, and a supervisor that runs light workers of applications."""

from __future__ import annotations

import asyncio
import base64
import uuid
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import httpx
from pydantic import SecretStr
from temporalio.client import Client, WorkflowHandle
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import UnsandboxedWorkflowRunner, Worker, WorkerDeploymentConfig

from access.registry import Registry
from activities.deploying import DeployingActivities
from activities.deployment_steps import Details, Steps
from activities.fleet import FolderFleet
from activities.probing import ProbeActivities
from activities.worker_versions import WorkerVersions
from audit import AuditEntry
from deploy.embedded.stack import Addresses
from domain.applications import (
    Action,
    Application,
    ApplicationSettings,
    Deployment,
    DeploymentStep,
    PlannedStep,
    Version,
    WantedWorkers,
    database_of,
    task_queue_of,
)
from store.application import ApplicationDatabase
from tests.workflow.doubles import AccessDouble, EvidenceDouble, StoreDouble
from vault import LocalMasterKeys
from workflows.cim import CIMWorkflow
from workflows.converter import data_converter
from workflows.deployment import DeploymentWorkflow, ProbeWorkflow
from workflows.platform import Brief, DeploymentInput, deployment_workflow_id

MASTERS = LocalMasterKeys.given({"test": SecretStr(base64.b64encode(bytes(32)).decode())})
SECONDS = 120


class ListTrail:
    """Keeps what is recorded, the same entry once."""

    def __init__(self) -> None:
        self.entries: dict[uuid.UUID, AuditEntry] = {}

    def record(self, entry: AuditEntry) -> None:
        self.entries[entry.entry_id] = entry

    @property
    def actions(self) -> list[tuple[str, str]]:
        return [(entry.action, entry.result) for entry in self.entries.values()]


Meddle = Callable[[PlannedStep], Awaitable[None]]


class MeddledSteps(Steps):
    """Steps after whose effect something happens."""

    after: Meddle | None = None

    async def take(self, brief: Brief, step: PlannedStep) -> Details:
        details = await super().take(brief, step)
        if self.after is not None:
            await self.after(step)
        return details


class WellAccess(AccessDouble):
    async def ping(self) -> None: ...


@dataclass
class Control:
    """One application of an organisation of its own."""

    addresses: Addresses
    folder: Path
    client: Client
    registry: Registry
    application: Application
    queue: str = field(default_factory=lambda: f"control-{uuid.uuid4().hex}")
    trail: ListTrail = field(default_factory=ListTrail)
    book_stores: dict[str, StoreDouble] = field(default_factory=dict[str, StoreDouble])

    def database(self, name: str) -> ApplicationDatabase:
        return ApplicationDatabase.connect(self.addresses.mongodb_url or "", name, MASTERS)

    @asynccontextmanager
    async def worker(self, after: Meddle | None = None, health_seconds: float = 60) -> AsyncGenerator[None]:
        """The worker that carries out deployments, in this process."""
        steps = MeddledSteps(
            self.registry, FolderFleet(self.folder), WorkerVersions(self.client), self.database, health_seconds
        )
        steps.after = after
        deploying = DeployingActivities(self.registry, steps, self.trail)
        worker = Worker(
            self.client,
            task_queue=self.queue,
            workflows=[DeploymentWorkflow],
            activities=[deploying.begin_deployment, deploying.carry_out, deploying.end_deployment],
            workflow_runner=UnsandboxedWorkflowRunner(),
        )
        async with worker:
            yield

    @asynccontextmanager
    async def supervisor(self) -> AsyncGenerator[None]:
        """Runs what the folder says, as light workers in this process."""
        running: dict[Path, tuple[AsyncExitStack, WantedWorkers]] = {}

        async def watch() -> None:
            while True:
                wanted = {file: file.read_text() for file in self.folder.glob("*/*.json")}
                for file in [file for file in running if file not in wanted]:
                    await running.pop(file)[0].aclose()
                for file, text in wanted.items():
                    if file not in running:
                        stack, workers = AsyncExitStack(), WantedWorkers.model_validate_json(text)
                        await stack.enter_async_context(self._application_worker(workers))
                        running[file] = (stack, workers)
                await asyncio.sleep(0.1)

        watching = asyncio.create_task(watch())
        try:
            yield
        finally:
            watching.cancel()
            with suppress(asyncio.CancelledError):
                await watching
            for stack, _ in running.values():
                await stack.aclose()

    @asynccontextmanager
    async def _application_worker(self, wanted: WantedWorkers) -> AsyncGenerator[None]:
        books = self.book_stores.setdefault(wanted.database, StoreDouble())
        access, evidence = WellAccess(), EvidenceDouble()
        database = self.database(wanted.database)
        probing = ProbeActivities(wanted.build_id, database, access)
        worker = Worker(
            self.client,
            task_queue=wanted.task_queue,
            workflows=[ProbeWorkflow, CIMWorkflow],
            activities=[
                probing.probe,
                books.record,
                books.resume_session,
                books.content_at,
                books.receipt_in_log,
                books.events_at,
                books.erase,
                access.check_access,
                evidence.open_findings,
            ],
            workflow_runner=UnsandboxedWorkflowRunner(),
            deployment_config=WorkerDeploymentConfig(
                version=WorkerDeploymentVersion(wanted.deployment, wanted.build_id),
                use_worker_versioning=True,
                default_versioning_behavior=VersioningBehavior.PINNED,
            ),
        )
        async with worker:
            yield
        await database.close()

    async def version(self, name: str) -> Version:
        version = Version(
            id=str(uuid.uuid4()), build_id=f"{name}-{uuid.uuid4().hex[:8]}", name=name, created_at=datetime.now(UTC)
        )
        await self.registry.add_version(version)
        return version

    async def start(
        self, action: Action, version: Version | None = None
    ) -> tuple[Deployment, WorkflowHandle[DeploymentWorkflow, str]]:
        application = self.application
        deployment = Deployment(
            id=str(uuid.uuid4()),
            application_id=application.id,
            version_id=version.id if version else None,
            action=action,
            status="pending",
            requested_by="ann",
            created_at=datetime.now(UTC),
        )
        await self.registry.add_deployment(deployment)
        handle = await self.client.start_workflow(
            DeploymentWorkflow.run,
            DeploymentInput(deployment_id=deployment.id, org_id=application.org_id, application_id=application.id),
            id=deployment_workflow_id(application.org_id, application.id),
            task_queue=self.queue,
        )
        return deployment, handle

    async def carried_out(self, action: Action, version: Version | None = None) -> tuple[str, list[DeploymentStep]]:
        """How it ended, and its steps."""
        deployment, handle = await self.start(action, version)
        async with asyncio.timeout(SECONDS):
            status = await handle.result()
        return status, list(await self.registry.steps(deployment.id))

    async def now(self) -> Application:
        found = await self.registry.application(self.application.id)
        assert found is not None
        return found

    async def current_build(self) -> str:
        return await WorkerVersions(self.client).current(self.application.deployment_name)

    def wanted_builds(self) -> set[str]:
        return {file.stem for file in self.folder.glob("*/*.json")}


async def connected(addresses: Addresses) -> tuple[Client, Registry]:
    client = await Client.connect(addresses.temporal_address or "", data_converter=data_converter())
    return client, Registry.connect(addresses.supabase_url or "", addresses.service_role_key or "")


@asynccontextmanager
async def new_control(
    addresses: Addresses, folder: Path, settings: ApplicationSettings | None = None
) -> AsyncGenerator[Control]:
    """With an organisation and an application that nobody else has."""
    assert addresses.supabase_url
    assert addresses.service_role_key
    org_id, application_id = str(uuid.uuid4()), str(uuid.uuid4())
    keys = {"apikey": addresses.service_role_key, "Authorization": f"Bearer {addresses.service_role_key}"}
    async with httpx.AsyncClient(base_url=f"{addresses.supabase_url}/rest/v1", headers=keys, timeout=30) as http:
        (await http.post("/organizations", json={"id": org_id, "name": f"Tenant {org_id[:8]}"})).raise_for_status()
    now = datetime.now(UTC)
    application = Application(
        id=application_id,
        org_id=org_id,
        name="Desk",
        database=database_of(application_id),
        task_queue=task_queue_of(application_id),
        settings=settings or ApplicationSettings(),
        created_at=now,
        updated_at=now,
    )
    client, registry = await connected(addresses)
    await registry.add_application(application)
    yield Control(addresses, folder, client, registry, application)
    await registry.close()
