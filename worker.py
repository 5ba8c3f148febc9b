"""Composition root of the worker: `python worker.py`. Settings come from the environment (settings.py)."""

from __future__ import annotations

import asyncio
import gc
import logging
import os
import signal
import sys
import threading
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import TypeVar

import uvloop
from temporalio.client import Client
from temporalio.runtime import PrometheusConfig, Runtime, TelemetryConfig
from temporalio.service import RPCError
from temporalio.worker import Worker

from access import Assertions, AuditLog, DealAccess, Directory, GrantCache
from access.features import FlagBook
from activities.answering import StoreAnswers, StoreSessionLedger
from activities.checking import EvidenceActivities
from activities.commands import CommandActivities
from activities.composing import ComposeActivities, StoreWorkBook
from activities.drafting import CIMCommandSender, StoreLedger, StoreWorkspace
from activities.exporting import ExportActivities
from activities.flagging import FlagActivities
from activities.granting import AccessActivities
from activities.handing_back import HandingBack
from activities.housekeeping import HousekeepingActivities, OldEntries
from activities.ingesting import IngestActivities
from activities.lost import LostWork, TemporalWorkflows
from activities.recording import RecordActivities
from activities.retaining import BookDeletion, BookRetention
from activities.running import RunActivities
from activities.sessions import SessionActivities
from activities.talking import StoreAnswerSink, StoreConversation, StoreTalk
from activities.tending import Tending
from activities.turns import TurnActivities
from activities.usage import StoreUsageBook
from agents.models import ModelChooser
from agents.plugin import langgraph_plugin
from agents.tools.runner import ToolRunner
from agents.turn.assembling import Assembler, ContextBudget
from agents.turn.evidence_shelf import EvidenceShelf
from agents.turn.nodes import TurnParts
from agents.turn.summarising import Summariser
from agents.usage import EmbeddingAccount, Meter, Models
from audit import Trail
from audit.shipping import folder_for, open_trail
from deploy.platform import PlatformPart, open_platform, versioned
from domain.spending import ModelChoice
from evidence.model import ReadLimits
from search.opening import open_search
from settings import Settings
from store import Store, StoreError
from telemetry.activities import IdentifiedActivities
from telemetry.logs import configure_logs
from telemetry.metrics import serve_metrics
from telemetry.tracing import start_tracing, stop_tracing, temporal_interceptors
from vault import LocalMasterKeys
from vault.payloads import PayloadSeal
from workflows.agent import AgentWorkflow
from workflows.calls import CIMCalls
from workflows.cim import CIMWorkflow
from workflows.converter import data_converter
from workflows.export import ExportWorkflow
from workflows.housekeeping import HousekeepingWorkflow
from workflows.ingest import IngestWorkflow
from workflows.places import WorkflowPlaces
from workflows.run import RunWorkflow
from workflows.sandbox import serving_runner
from workflows.schedules import keep_schedules
from workflows.thread import ThreadWorkflow

HAND_BACK_SECONDS = 8.0
"""How long handing back may take: the last words of an answer are kept, connections closed."""
HEARTBEATS_AT_LEAST_EVERY = timedelta(seconds=2)
"""With its heartbeat an activity hears of a cancellation."""
SENDER_GRANT_SECONDS = 4.0
"""How old an answer about the rights of a person may be when an agent acts for that person."""
SECONDS_BETWEEN_TRIES = 2.0
SERVICE = "bookrunner-worker"

logger = logging.getLogger("bookrunner.worker")

T = TypeVar("T")


@asynccontextmanager
async def open_worker(settings: Settings, task_queue: str | None = None) -> AsyncGenerator[Worker]:
    """A worker with everything it needs, not started yet."""
    masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
    async with AsyncExitStack() as stack:
        store = await Store.connect(
            settings.mongodb_url.get_secret_value(), settings.mongodb_database, masters, settings.keys_database
        )
        stack.push_async_callback(store.close)
        client = await _connect(settings, PayloadSeal(store.keys, WorkflowPlaces(store)))
        service_key = (
            settings.supabase_service_role_key.get_secret_value() if settings.supabase_service_role_key else ""
        )
        access = DealAccess.connect(settings.supabase_url, service_key)
        stack.push_async_callback(access.close)
        flags = FlagBook.connect(settings.supabase_url, service_key)
        stack.push_async_callback(flags.close)
        calls = CIMCalls(
            task_queue=task_queue or settings.task_queue,
            continue_after_events=settings.continue_as_new_after_events,
            idle_close_seconds=settings.idle_close_seconds,
        )
        part = await stack.enter_async_context(open_platform(settings, client, masters, access))
        log = AuditLog.connect(settings.supabase_url, service_key)
        stack.push_async_callback(log.close)
        folder = folder_for(settings.audit_folder, settings.supabase_url)
        trail = await stack.enter_async_context(open_trail(folder, log))
        directory = Directory.connect(settings.supabase_url, service_key, "")
        stack.push_async_callback(directory.close)
        finishing = asyncio.create_task(
            _tried_until_done(store.finish_erasures, StoreError, "erasures could not be looked at")
        )
        stack.callback(finishing.cancel)
        yield build_worker(client, store, access, flags, settings, calls, part, trail, log, directory)


def build_worker(
    client: Client,
    store: Store,
    access: DealAccess,
    flags: FlagBook,
    settings: Settings,
    calls: CIMCalls,
    platform: PlatformPart | None = None,
    trail: Trail | None = None,
    audit: OldEntries | None = None,
    directory: Directory | None = None,
) -> Worker:
    """Every workflow and activity of Bookrunner on one task queue."""
    part = platform or PlatformPart()
    workspace, conversation = StoreWorkspace(store), StoreConversation(store)
    spending = StoreUsageBook(store)
    searching = open_search(
        workspace,
        conversation,
        settings.embeddings,
        settings.qdrant_url,
        settings.vectors_folder,
        EmbeddingAccount(spending, settings.prices),
    )

    async def forget(cim_id: str) -> None:
        await searching.forget(cim_id)
        if directory is not None:
            await directory.documents.forget_book(cim_id)

    recording = RecordActivities(store, forget)
    proofs = Assertions.of(settings.assertion_keys, settings.supabase_service_role_key)
    granting = AccessActivities(access, proofs, timedelta(seconds=settings.grant_seconds), trail)
    commands = CommandActivities(client, calls, proofs, GrantCache(access, seconds=SENDER_GRANT_SECONDS), trail)
    ingesting = IngestActivities(store, ReadLimits(max_bytes=settings.max_upload_mb * 1_000_000))
    exporting = ExportActivities(store)
    checking = EvidenceActivities(store)
    sender, ledger = CIMCommandSender(commands), StoreSessionLedger(store)
    running = RunActivities(StoreLedger(store), workspace)
    sessions = SessionActivities(ledger, sender)
    composing = ComposeActivities(StoreWorkBook(store))
    turns = TurnActivities(store)
    flagging = FlagActivities(flags)
    day = timedelta(seconds=settings.day_seconds)
    retention = None
    if directory is not None and trail is not None:
        deletion = BookDeletion(client, calls, proofs)
        retention = BookRetention(store, directory.book_rules, deletion, trail, day)
    lost = LostWork(store, TemporalWorkflows(client), ledger, sender, StoreLedger(store).tell)
    housekeeping = HousekeepingActivities(store, spending, searching.indexer, audit, retention, day, lost)
    models = Models(
        ModelChooser(ModelChoice(model=settings.model), settings.models, settings.tenant_models, settings.prices),
        Meter(spending, settings.budgets),
    )
    shelf = EvidenceShelf(workspace)
    budget = ContextBudget.of(settings.context_characters)
    turn = TurnParts(
        workspace=workspace,
        sender=sender,
        conversation=conversation,
        sink=StoreAnswerSink(store),
        answers=StoreAnswers(store),
        talk=StoreTalk(store),
        assembler=Assembler(workspace, conversation, searching.search, shelf, budget),
        shelf=shelf,
        search=searching.search,
        models=models,
        runner=ToolRunner(),
        after=Tending(Summariser(workspace, conversation, models, budget), searching.indexer),
    )
    return Worker(
        client,
        task_queue=calls.task_queue,
        workflows=[
            CIMWorkflow,
            ThreadWorkflow,
            RunWorkflow,
            AgentWorkflow,
            IngestWorkflow,
            ExportWorkflow,
            HousekeepingWorkflow,
            *part.workflows,
        ],
        activities=[
            recording.record,
            recording.resume_session,
            recording.content_at,
            recording.receipt_in_log,
            recording.events_at,
            recording.erase,
            granting.check_access,
            granting.check_call,
            granting.sign_call,
            checking.open_findings,
            commands.send,
            ingesting.read_source,
            ingesting.finish_source,
            exporting.make_export,
            running.record_run,
            sessions.record_session,
            sessions.close_requests,
            sessions.answer_in_log,
            sessions.end_answer,
            sessions.checkpoint_at,
            composing.finished_sessions,
            turns.open_turn,
            turns.drop_turn,
            turns.switch_branch,
            flagging.flags_for,
            housekeeping.do,
            *part.activities,
        ],
        deployment_config=versioned(settings),
        interceptors=[IdentifiedActivities(), HandingBack()],
        plugins=[langgraph_plugin(workspace, sender, models, ledger, turn)],
        workflow_runner=serving_runner(),
        max_cached_workflows=settings.worker_cached_workflows,
        graceful_shutdown_timeout=timedelta(seconds=settings.worker_drain_seconds),
        max_heartbeat_throttle_interval=HEARTBEATS_AT_LEAST_EVERY,
    )


def _runtime(settings: Settings) -> Runtime:
    if settings.temporal_metrics_address is None:
        return Runtime.default()
    metrics = PrometheusConfig(bind_address=settings.temporal_metrics_address)
    return Runtime(telemetry=TelemetryConfig(metrics=metrics))


async def _connect(settings: Settings, codec: PayloadSeal) -> Client:
    async def connected() -> Client:
        return await Client.connect(
            settings.temporal_address,
            namespace=settings.temporal_namespace,
            data_converter=data_converter(codec),
            interceptors=temporal_interceptors(),
            runtime=_runtime(settings),
        )

    return await _tried_until_done(connected, RuntimeError, f"Temporal at {settings.temporal_address} does not answer")


async def _keep_schedules(worker: Worker, day: timedelta) -> None:
    await _tried_until_done(
        lambda: keep_schedules(worker.client, worker.task_queue, day),
        (RPCError, RuntimeError),
        "the schedules could not be looked at",
    )


async def _tried_until_done(
    attempt: Callable[[], Awaitable[T]], passing: type[Exception] | tuple[type[Exception], ...], failed: str
) -> T:
    while True:
        try:
            return await attempt()
        except passing as error:
            logger.warning("%s (%s); trying again", failed, error)
            await asyncio.sleep(SECONDS_BETWEEN_TRIES)


async def main() -> None:
    settings = Settings()
    if settings.ready_file is not None:
        settings.ready_file.unlink(missing_ok=True)
    configure_logs(settings.log_format, SERVICE)
    serve_metrics(settings.worker_metrics_address)
    start_tracing(settings.otlp_endpoint, SERVICE)
    async with open_worker(settings) as worker:
        stopping = asyncio.Event()
        for number in (signal.SIGINT, signal.SIGTERM):
            asyncio.get_running_loop().add_signal_handler(number, stopping.set)
        async with worker:
            logger.info("the worker polls %s at %s", worker.task_queue, settings.temporal_address)
            if settings.ready_file is not None:
                settings.ready_file.touch()
            scheduling = asyncio.create_task(_keep_schedules(worker, timedelta(seconds=settings.day_seconds)))
            await stopping.wait()
            scheduling.cancel()
            if settings.ready_file is not None:
                settings.ready_file.unlink(missing_ok=True)
            _leave_within(settings.worker_drain_seconds + HAND_BACK_SECONDS)
            logger.info("the worker finishes what it has in hand")


def _leave_within(seconds: float) -> None:
    """Whatever holds the process up, be it a server that is away or a thread that computes: others take over."""

    def leave() -> None:
        logger.warning("the worker did not come to rest within %.0f s and leaves", seconds)
        logging.shutdown()
        os._exit(0)

    timer = threading.Timer(seconds, leave)
    timer.daemon = True
    timer.start()


if __name__ == "__main__":
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    uvloop.run(main())
    stop_tracing()
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    # On CPython 3.11 the SDK's threads can abort the interpreter while it shuts down, after all work is done.
    os._exit(0)
