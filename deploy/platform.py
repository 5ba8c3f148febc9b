"""What a worker of the platform has besides: the control of deployments, or the probe of an application."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from temporalio.client import Client
from temporalio.common import VersioningBehavior, WorkerDeploymentVersion
from temporalio.worker import WorkerDeploymentConfig

from access import AuditLog, DealAccess
from access.endings import Endings
from access.registry import Registry
from activities.deploying import DeployingActivities
from activities.deployment_steps import Steps
from activities.fleet import FolderFleet, OperatedFleet
from activities.probing import ProbeActivities
from activities.worker_versions import WorkerVersions
from audit.shipping import folder_for, open_trail
from deploy.ending import TenantData, TenantEnds
from settings import Settings
from store.application import ApplicationDatabase
from vault import LocalMasterKeys
from workflows.deployment import DeploymentWorkflow, ProbeWorkflow


@dataclass(frozen=True)
class PlatformPart:
    workflows: Sequence[type] = ()
    activities: Sequence[Callable[..., Any]] = ()


def versioned(settings: Settings) -> WorkerDeploymentConfig | None:
    """A worker of a build keeps the workflows that began on it; without a build it is not versioned."""
    if settings.deployment is None or settings.build_id is None:
        return None
    return WorkerDeploymentConfig(
        version=WorkerDeploymentVersion(settings.deployment, settings.build_id),
        use_worker_versioning=True,
        default_versioning_behavior=VersioningBehavior.PINNED,
    )


async def _stopped(task: asyncio.Task[None]) -> None:
    """Over before what it works with is closed."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def open_platform(
    settings: Settings, client: Client, masters: LocalMasterKeys, access: DealAccess
) -> AsyncGenerator[PlatformPart]:
    """An application's worker answers probes; any other carries out deployments and the ends of tenants."""
    url = settings.mongodb_url.get_secret_value()
    async with AsyncExitStack() as stack:
        if settings.application_id is not None:
            database = ApplicationDatabase.connect(url, settings.mongodb_database, masters)
            stack.push_async_callback(database.close)
            probing = ProbeActivities(settings.build_id or "", database, access)
            yield PlatformPart((ProbeWorkflow,), (probing.probe,))
            return
        key = settings.supabase_service_role_key.get_secret_value() if settings.supabase_service_role_key else ""
        registry = Registry.connect(settings.supabase_url, key)
        stack.push_async_callback(registry.close)
        log = AuditLog.connect(settings.supabase_url, key)
        stack.push_async_callback(log.close)
        folder = folder_for(settings.audit_folder, settings.supabase_url)
        trail = await stack.enter_async_context(open_trail(folder, log))
        fleet = OperatedFleet() if settings.fleet_folder is None else FolderFleet(settings.fleet_folder)
        versions = WorkerVersions(client)
        endings = Endings.connect(settings.supabase_url, key)
        stack.push_async_callback(endings.close)
        ends = TenantEnds(endings, registry, TenantData(settings, client, masters), fleet, versions, trail)
        stack.push_async_callback(_stopped, asyncio.create_task(ends.keep_watch()))
        steps = Steps(
            registry,
            fleet,
            versions,
            lambda name: ApplicationDatabase.connect(url, name, masters),
        )
        deploying = DeployingActivities(registry, steps, trail)
        yield PlatformPart(
            (DeploymentWorkflow,),
            (deploying.begin_deployment, deploying.carry_out, deploying.end_deployment),
        )
