"""What the API is made of: its settings in its own words, and the clients it works with."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from typing import TypedDict

from temporalio.client import Client

from access import Assertions, AuditLog, DealAccess, Directory, GrantCache, PublicKeys, TokenVerifier
from access.features import FlagBook
from access.machines import CallerVerifier
from access.registry import Registry
from access.webhooks import WebhookVerifier
from api.addresses import AddressBook
from api.draining import Drain
from api.gateway import TemporalGateway
from api.group_commit import GroupCommit
from api.rate_limits import RateLimits
from api.rights import RightsWatch
from api.tenancy import Seat, Tenancy
from api.web import WebConfig
from audit import Trail
from audit.shipping import folder_for, open_trail
from domain.applications import Application
from domain.spending import Budget
from settings import Settings
from store import Store, StoreUnavailable
from telemetry.tracing import temporal_interceptors
from vault import LocalMasterKeys
from vault.payloads import PayloadSeal
from workflows.calls import CIMCalls
from workflows.converter import data_converter
from workflows.places import WorkflowPlaces

logger = logging.getLogger(__name__)

SECONDS_BETWEEN_INDEX_TRIES = 2.0
UPLOADS_AT_ONCE = 4


@dataclass(frozen=True)
class StreamTimes:
    """Times of an event stream, in seconds."""

    heartbeat: int = 15
    lifetime: float = 1_800.0
    access_check: float = 45.0
    access_patience: float = 60.0
    store_pause: float = 1.0
    longest_wait: float = 20.0


@dataclass(frozen=True)
class Parts:
    store: Store
    gateway: TemporalGateway
    commits: GroupCommit
    access: DealAccess
    grants: GrantCache
    tokens: CallerVerifier
    directory: Directory
    proofs: Assertions
    rights: RightsWatch
    webhooks: WebhookVerifier
    rates: RateLimits
    addresses: AddressBook
    trail: Trail
    audit_log: AuditLog
    registry: Registry
    tenancy: Tenancy
    flags: FlagBook
    upload_bytes: int
    budgets: Mapping[str, Budget] = field(default_factory=dict[str, Budget])
    operators: frozenset[str] = frozenset()
    stream_times: StreamTimes = StreamTimes()
    web: WebConfig = field(default_factory=WebConfig)
    drain: Drain = field(default_factory=Drain)
    uploads: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(UPLOADS_AT_ONCE))

    def seated(self, seat: Seat) -> Parts:
        """The same for the books of one application."""
        return replace(self, store=seat.store, gateway=seat.gateway, commits=seat.commits, addresses=seat.addresses)

    async def everywhere(self, org_ids: Collection[str]) -> list[Parts]:
        """The default application, and those of these organisations."""
        return [self, *(self.seated(seat) for _, seat in await self.tenancy.seats_of(org_ids))]


class LifespanState(TypedDict):
    parts: Parts


@asynccontextmanager
async def open_parts(
    settings: Settings,
    calls: CIMCalls | None = None,
    stream_times: StreamTimes | None = None,
    drain: Drain | None = None,
) -> AsyncGenerator[Parts]:
    """Connect to everything; a part that is down does not keep the API from starting, `/ready` tells it."""
    async with AsyncExitStack() as stack:
        masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
        url, keys = settings.mongodb_url.get_secret_value(), settings.keys_database or settings.mongodb_database
        store = await Store.connect(url, settings.mongodb_database, masters, keys)
        stack.push_async_callback(store.close)
        client = await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=data_converter(PayloadSeal(store.keys, WorkflowPlaces(store))),
            interceptors=temporal_interceptors(),
            lazy=True,
        )
        service_key = settings.supabase_service_role_key
        proofs = Assertions.of(settings.assertion_keys, service_key)
        own_calls = CIMCalls(
            continue_after_events=settings.continue_as_new_after_events, idle_close_seconds=settings.idle_close_seconds
        )
        gateway = TemporalGateway(client, calls or own_calls, proofs)
        access = DealAccess.connect(settings.supabase_url, service_key.get_secret_value() if service_key else "")
        stack.push_async_callback(access.close)
        anon_key = settings.supabase_anon_key
        directory = Directory.connect(
            settings.supabase_url,
            service_key.get_secret_value() if service_key else "",
            anon_key.get_secret_value() if anon_key else "",
        )
        stack.push_async_callback(directory.close)
        jwks_url = settings.supabase_jwks_url or f"{settings.supabase_url.rstrip('/')}/auth/v1/.well-known/jwks.json"
        public_keys = PublicKeys.connect(jwks_url)
        stack.push_async_callback(public_keys.close)
        secret = settings.supabase_jwt_secret
        audit_log = AuditLog.connect(settings.supabase_url, service_key.get_secret_value() if service_key else "")
        stack.push_async_callback(audit_log.close)
        registry = Registry.connect(settings.supabase_url, service_key.get_secret_value() if service_key else "")
        stack.push_async_callback(registry.close)

        async def open_seat(application: Application) -> Seat:
            own = await Store.connect(url, application.database, masters, keys)
            opened = TemporalGateway(
                Client(
                    client.service_client,
                    namespace=settings.temporal_namespace,
                    data_converter=data_converter(PayloadSeal(own.keys, WorkflowPlaces(own))),
                    interceptors=temporal_interceptors(),
                ),
                CIMCalls(
                    task_queue=application.task_queue,
                    continue_after_events=application.settings.continue_as_new_after_events,
                ),
                proofs,
            )
            return Seat(own, opened, GroupCommit(opened), AddressBook(own))

        tenancy = Tenancy(registry, open_seat)
        stack.push_async_callback(tenancy.close)
        flags = FlagBook.connect(settings.supabase_url, service_key.get_secret_value() if service_key else "")
        stack.push_async_callback(flags.close)
        folder = folder_for(settings.audit_folder, settings.supabase_url)
        trail = await stack.enter_async_context(open_trail(folder, audit_log))
        grants = GrantCache(access, seconds=settings.grant_seconds)
        rights = RightsWatch(grants, store.rights_changes)
        stack.push_async_callback(_stopped, asyncio.create_task(rights.follow()))
        commits = GroupCommit(gateway)
        stack.push_async_callback(commits.close)
        stack.push_async_callback(_stopped, asyncio.create_task(_ensure_indexes(store)))
        yield Parts(
            store=store,
            gateway=gateway,
            commits=commits,
            access=access,
            grants=grants,
            tokens=CallerVerifier(
                TokenVerifier(secret.get_secret_value() if secret else None, public_keys), directory.keys
            ),
            directory=directory,
            proofs=proofs,
            rights=rights,
            rates=RateLimits(settings.rate_limits, settings.rate_limit_storage),
            webhooks=WebhookVerifier([secret.get_secret_value() for secret in settings.supabase_webhook_secrets]),
            addresses=AddressBook(store),
            trail=trail,
            audit_log=audit_log,
            registry=registry,
            tenancy=tenancy,
            flags=flags,
            operators=frozenset(settings.platform_operators),
            upload_bytes=settings.max_upload_mb * 1024 * 1024,
            budgets=settings.budgets,
            stream_times=stream_times or StreamTimes(),
            drain=drain or Drain(),
            web=WebConfig(
                demo_people=settings.demo_people,
                temporal_ui_url=settings.temporal_ui_url,
                temporal_namespace=settings.temporal_namespace,
            ),
        )


async def _stopped(task: asyncio.Task[None]) -> None:
    """Over before what it works with is closed."""
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def _ensure_indexes(store: Store) -> None:
    while True:
        try:
            await store.ensure_indexes()
        except StoreUnavailable as error:
            logger.warning("the store is not there yet: %s", error)
            await asyncio.sleep(SECONDS_BETWEEN_INDEX_TRIES)
        else:
            return
