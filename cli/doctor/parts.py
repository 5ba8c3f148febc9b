"""What the parts of an installation answer."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import httpx
from temporalio.api.enums.v1 import TaskQueueType
from temporalio.api.operatorservice.v1 import ListSearchAttributesRequest
from temporalio.api.taskqueue.v1 import TaskQueue
from temporalio.api.workflowservice.v1 import DescribeTaskQueueRequest
from temporalio.client import Client
from temporalio.service import RPCError

from access import AccessUnavailable
from access.inspection import inspect
from cli.doctor.remark import Remark, fails, ok, warns
from deploy.embedded.places import MIGRATIONS
from deploy.migrating import standing
from search.embedding import EmbeddingsNotConfigured, EmbeddingsUnavailable, embedder_of
from search.vectors import Vectors, VectorsUnavailable
from settings import Settings
from store import Store, StoreError
from vault import LocalMasterKeys, NoMasterKeys, VaultError
from workflows.chores import Chore, schedule_id
from workflows.contract import CIM_STAGE, CIM_STATUS, DEAL_ID, ORG_ID, OWNER_ID, STALE_SLIDES

MOST_CLOCK_DIFFERENCE = timedelta(seconds=5)
SECONDS = 10.0
MOST_LISTED = 3
APPLY = "Apply deploy/supabase/migrations by `supabase db push`, or deploy/containers/supabase/migrate.sh."
_TABLE = re.compile(r"^create table (?:if not exists )?public\.(\w+)", re.MULTILINE | re.IGNORECASE)


async def part_remarks(settings: Settings, api_url: str) -> list[Remark]:
    """Asks all at once."""
    asked: dict[str, Callable[[], Awaitable[list[Remark]]]] = {
        "Temporal": lambda: _temporal(settings),
        "store": lambda: _store(settings),
        "store migrations": lambda: _store_migrations(settings),
        "Supabase": lambda: _supabase(settings),
        "search": lambda: _search(settings),
        "API": lambda: _api(api_url),
    }
    answers = await asyncio.gather(*(_in_time(part, ask) for part, ask in asked.items()))
    return [remark for answer in answers for remark in answer]


async def _in_time(part: str, ask: Callable[[], Awaitable[list[Remark]]]) -> list[Remark]:
    try:
        async with asyncio.timeout(SECONDS):
            return await ask()
    except TimeoutError:
        return [
            fails(part, f"It did not answer in {SECONDS:.0f} s.", "See whether it runs, and whether the way is open.")
        ]


async def _temporal(settings: Settings) -> list[Remark]:
    part, where = "Temporal", f"{settings.temporal_address}, namespace {settings.temporal_namespace}"
    try:
        client = await Client.connect(settings.temporal_address, namespace=settings.temporal_namespace)
    except RuntimeError:
        return [fails(part, f"{where} does not answer.", "Start Temporal, or set TEMPORAL_ADDRESS.")]
    try:
        return [
            ok(part, f"{where} answers."),
            await _attributes(client),
            await _workers(client, settings),
            await _schedules(client, settings),
        ]
    except RPCError as error:
        return [fails(part, f"{where} refused: {error.message}", "See whether the namespace exists.")]


async def _attributes(client: Client) -> Remark:
    part = "search attributes"
    known = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    wanted = {key.name for key in (ORG_ID, DEAL_ID, OWNER_ID, CIM_STAGE, CIM_STATUS, STALE_SLIDES)}
    missing = sorted(wanted - set(known.custom_attributes))
    if missing:
        kinds = {name: "Int" if name == STALE_SLIDES.name else "Keyword" for name in missing}
        made = "temporal operator search-attribute create"
        step = "; ".join(f"{made} --name {name} --type {kind}" for name, kind in kinds.items())
        return fails(part, f"{', '.join(missing)} are not registered; no book can be opened.", step)
    return ok(part, "All are registered.")


async def _workers(client: Client, settings: Settings) -> Remark:
    part, queue = "workers", settings.task_queue
    answer = await client.workflow_service.describe_task_queue(
        DescribeTaskQueueRequest(
            namespace=client.namespace,
            task_queue=TaskQueue(name=queue),
            task_queue_type=TaskQueueType.TASK_QUEUE_TYPE_WORKFLOW,
        )
    )
    if not answer.pollers:
        return fails(part, f"Nobody polls the task queue {queue}.", "Start `python worker.py`.")
    return ok(part, f"{len(answer.pollers)} poll the task queue {queue}.")


async def _schedules(client: Client, settings: Settings) -> Remark:
    part = "schedules"
    wanted = {schedule_id(settings.task_queue, chore) for chore in Chore}
    paused: list[str] = []
    async for listed in await client.list_schedules():
        wanted.discard(listed.id)
        if (
            listed.id.startswith(f"housekeeping/{settings.task_queue}/")
            and listed.schedule
            and listed.schedule.state.paused
        ):
            paused.append(listed.id)
    if wanted:
        return fails(
            part, f"{len(wanted)} chores have no schedule.", "A worker makes them when it starts: see its log."
        )
    if paused:
        return warns(part, f"Paused: {', '.join(sorted(paused))}.", "Unpause them in the Temporal UI.")
    return ok(part, "Every chore has its schedule.")


async def _store(settings: Settings) -> list[Remark]:
    part = "store"
    try:
        masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
    except (NoMasterKeys, VaultError):
        return [fails(part, "It cannot be opened without master keys.", "See above.")]
    store = await Store.connect(
        settings.mongodb_url.get_secret_value(), settings.mongodb_database, masters, settings.keys_database
    )
    try:
        found = await store.described()
    except StoreError as error:
        return [fails(part, f"MongoDB does not answer: {error}", "Start it, or set MONGODB_URL.")]
    finally:
        await store.close()
    others = _clock("clock of the store", found.clock)
    if found.traits.ferretdb:
        says = "FerretDB over SQLite: for one machine and trying out."
        return [warns(part, says, "Set MONGODB_URL to a replica set for a team's books."), *others]
    if not found.traits.replica_set:
        says = f"MongoDB {found.version} is no replica set: one disk failure loses books."
        return [warns(part, says, "Use a replica set of three."), *others]
    return [ok(part, f"MongoDB {found.version}, a replica set."), *others]


async def _store_migrations(settings: Settings) -> list[Remark]:
    """Nothing where the store itself cannot be asked."""
    part = "store migrations"
    try:
        masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
        databases = await standing(settings, masters)
    except (NoMasterKeys, VaultError, StoreError):
        return []
    except AccessUnavailable:
        says = "Supabase does not answer, which knows the databases of applications."
        return [warns(part, says, "See to Supabase first.")]
    pending: dict[str, list[str]] = {}
    for database in databases:
        for step in database.pending:
            pending.setdefault(step.what, []).append(database.database)
    if pending:
        says = "; ".join(f"{what} ({_listed(names)})" for what, names in pending.items())
        return [warns(part, f"Not done yet: {says}.", "Run `python -m cli migrate`; people may work on.")]
    return [ok(part, f"All are done in {_listed([database.database for database in databases])}.")]


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:MOST_LISTED])
    return shown if len(names) <= MOST_LISTED else f"{shown} and {len(names) - MOST_LISTED} more"


async def _supabase(settings: Settings) -> list[Remark]:
    part = "Supabase"
    key = settings.supabase_service_role_key
    if key is None:
        return [fails(part, "There is no service role key.", "Set SUPABASE_SERVICE_ROLE_KEY.")]
    files = sorted(MIGRATIONS.glob("*.sql"))
    tables = sorted({name for file in files for name in _TABLE.findall(file.read_text())})
    try:
        found = await inspect(settings.supabase_url, key.get_secret_value(), tables)
    except AccessUnavailable as error:
        return [fails(part, f"{settings.supabase_url}: {error}.", "Start it, or set SUPABASE_URL.")]
    if not found.key_is_taken:
        return [
            fails(part, "It refuses the service role key.", "Set SUPABASE_SERVICE_ROLE_KEY to the key of this project.")
        ]
    if found.missing_tables:
        says = f"Tables are missing: {', '.join(sorted(found.missing_tables))}."
        return [fails(part, says, APPLY)]
    if found.applied is None:
        says = "It does not say which SQL migrations it has: the newest are not applied, or nobody wrote them down."
        return [fails(part, says, APPLY)]
    missing = sorted(file.stem for file in files if file.stem.partition("_")[0] not in found.applied)
    if missing:
        return [fails(part, f"SQL migrations are missing: {', '.join(missing)}.", APPLY)]
    return [
        ok(part, f"{settings.supabase_url} has all {len(files)} migrations with their {len(tables)} tables."),
        *_clock("clock of Supabase", found.clock),
    ]


async def _search(settings: Settings) -> list[Remark]:
    part = "search"
    try:
        embedder = embedder_of(settings.embeddings)
        if embedder is None:
            return [ok(part, "By words only: no embeddings are set.")]
        vectors = Vectors.open(embedder.name, settings.qdrant_url, settings.vectors_folder)
    except (EmbeddingsNotConfigured, VectorsUnavailable) as error:
        return [fails(part, str(error), "See docs/operations.md, Search by meaning.")]
    try:
        [vector] = await embedder.documents(["Net sales in FY2024"])
        return [ok(part, f"{embedder.name} answers with {len(vector)} numbers.")]
    except (EmbeddingsUnavailable, VectorsUnavailable) as error:
        return [fails(part, str(error), "See docs/operations.md, Search by meaning.")]
    finally:
        await vectors.close()


async def _api(api_url: str) -> list[Remark]:
    part = "API"
    try:
        async with httpx.AsyncClient(base_url=api_url, timeout=5.0) as http:
            answer = await http.get("/ready")
    except httpx.HTTPError as error:
        return [
            fails(part, f"{api_url} does not answer: {type(error).__name__}.", "Start it, or name it with --api-url.")
        ]
    if answer.status_code != 200:
        return [fails(part, f"{api_url} is not ready: {answer.text}", "See to the parts that are down.")]
    return [ok(part, f"{api_url} is ready."), *_clock("clock of the API", _date_of(answer))]


def _date_of(answer: httpx.Response) -> datetime | None:
    return parsedate_to_datetime(answer.headers["date"]) if "date" in answer.headers else None


def _clock(part: str, told: datetime | None) -> list[Remark]:
    if told is None:
        return []
    difference = abs(datetime.now(UTC) - (told if told.tzinfo else told.replace(tzinfo=UTC)))
    if difference > MOST_CLOCK_DIFFERENCE:
        says = f"It differs from the one here by {difference.total_seconds():.0f} s; tokens and proofs will be refused."
        return [fails(part, says, "Let NTP set both clocks.")]
    return []
