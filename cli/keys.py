"""`python -m cli keys`: the keys that seal what tenants keep."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from pydantic import BaseModel, SecretStr, TypeAdapter
from rich.console import Console
from rich.table import Table
from temporalio.client import Client

from access.person import AccessUnavailable
from access.registry import Registry
from audit import Target
from cli.environment import settings_here
from cli.recording import recorded
from deploy.embedded.places import data_dir
from deploy.embedded.steps import StackError, say
from deploy.embedded.supervisor import RunningStack
from deploy.ending import Destroyed, TenantData
from domain.values import Instant
from settings import Settings
from store import Store, StoreError
from vault import LocalMasterKeys, NoMasterKeys, VaultError, fresh_master_key, master_set_in, write_master_set

keys = App(name="keys", help="The keys that seal what tenants keep (docs/encryption.md).")


class KeyLine(BaseModel):
    """One data key, as it is listed; never the key."""

    id: str
    tenant: str
    version: int
    master: str
    created_at: Instant
    destroyed_at: Instant | None


@dataclass(frozen=True)
class Deployment:
    """Where the keys are: what the environment gives, else the stack of this machine."""

    mongodb_url: str
    database: str
    temporal_address: str
    temporal_namespace: str
    settings: Settings
    master_keys_file: Path | None

    @classmethod
    def found(cls) -> Deployment:
        settings = Settings()
        if "mongodb_url" in settings.model_fields_set:
            url, address, file = settings.mongodb_url.get_secret_value(), settings.temporal_address, None
        else:
            known = RunningStack.found_in(data_dir()).addresses
            url, address = known.mongodb_url or "", known.temporal_address or settings.temporal_address
            file = Path(known.master_keys_file) if known.master_keys_file and not settings.master_keys else None
        return cls(
            url,
            settings.mongodb_database,
            address,
            settings.temporal_namespace,
            settings,
            settings.master_keys_file or file,
        )

    def masters(self) -> LocalMasterKeys:
        return LocalMasterKeys.given(self.settings.master_keys, self.settings.master_key, self.master_keys_file)

    @asynccontextmanager
    async def store(self) -> AsyncGenerator[Store]:
        """What goes wrong in it is a StackError with a sentence."""
        try:
            store = await Store.connect(self.mongodb_url, self.database, self.masters(), self.settings.keys_database)
            try:
                yield store
            finally:
                await store.close()
        except (StoreError, VaultError, NoMasterKeys) as error:
            raise StackError(str(error)) from error


@keys.command
def new_master() -> None:
    """Print a fresh master key, for BOOKRUNNER_MASTER_KEYS."""
    sys.stdout.write(fresh_master_key() + "\n")


@keys.command(name="list")
def list_keys(*, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Tell which data keys there are, how old they are, and which master key wraps them."""
    found = asyncio.run(_listed(Deployment.found()))
    if as_json:
        sys.stdout.write(TypeAdapter(list[KeyLine]).dump_json(found, indent=2).decode() + "\n")
        return
    table = Table("key", "master", "since", "destroyed", box=None, header_style="bold")
    for key in found:
        destroyed = f"{key.destroyed_at:%Y-%m-%d %H:%M}" if key.destroyed_at else "-"
        table.add_row(key.id, key.master or "-", f"{key.created_at:%Y-%m-%d %H:%M}", destroyed)
    Console().print(table)


@keys.command
def rotate(*, tenant: str | None = None, master: Annotated[bool, Parameter(negative="")] = False) -> None:
    """Rotate the data key of a tenant, or the master key; everything stays readable, and nothing has to stop.

    Parameters
    ----------
    tenant
        Organisation that gets a new data key. What was sealed with its older ones stays as it is.
    master
        Wrap every data key with the current master key. Where the keys are in a file, it gets a new one first.
    """
    if (tenant is None) == (not master):
        raise StackError("Say either --tenant <organisation> or --master.")
    deployment = Deployment.found()
    if tenant is not None:
        say(f"New data key: {asyncio.run(_rotated(deployment, tenant))}. Other processes take it up within a minute.")
        return
    if deployment.master_keys_file is not None and not deployment.settings.master_keys:
        fresh = master_set_in(deployment.master_keys_file).with_one_more()
        write_master_set(deployment.master_keys_file, fresh)
        say(f"New master key: {fresh.current}")
    say(f"{asyncio.run(_rewrapped(deployment))} data keys were wrapped anew.")


@keys.command
def destroy(tenant: str, *, confirm: str) -> None:
    """Destroy the data keys of a tenant: nothing of it can be read any more, by anybody, ever.

    Its open workflows are ended and what MongoDB keeps of its books is deleted as well. People keep their roles:
    `orgs end` is for owners, and ends those too.

    Parameters
    ----------
    tenant
        Organisation whose keys go.
    confirm
        The same id again.
    """
    if confirm != tenant:
        raise StackError("--confirm must repeat the id of the organisation; nothing was changed.")
    found = asyncio.run(_destroyed(Deployment.found(), tenant))
    say(
        f"The keys of {tenant} are destroyed; {found.books} books are gone and {found.workflows} open workflows were "
        "ended."
    )


async def _listed(deployment: Deployment) -> list[KeyLine]:
    async with deployment.store() as store:
        return [
            KeyLine(
                id=key.id,
                tenant=key.tenant,
                version=key.version,
                master=key.master,
                created_at=key.created_at,
                destroyed_at=key.destroyed_at,
            )
            async for key in store.keys.all()
        ]


async def _rotated(deployment: Deployment, tenant: str) -> str:
    async with deployment.store() as store:
        known = [key.tenant async for key in store.keys.all()]
        if tenant not in known:
            raise StackError(f"{tenant} has no data key: nothing of it is kept yet.")
        async with recorded("key.rotate", Target(kind="key", id=tenant), tenant) as told:
            told["key"] = await store.keys.rotate(tenant)
            return str(told["key"])


async def _rewrapped(deployment: Deployment) -> int:
    target = Target(kind="master_key", id=deployment.masters().current)
    async with deployment.store() as store, recorded("master_key.rotate", target) as told:
        rewrapped = await store.keys.rewrap()
        told["rewrapped"] = rewrapped
        return rewrapped


async def _destroyed(deployment: Deployment, tenant: str) -> Destroyed:
    settings = settings_here()
    key = settings.supabase_service_role_key
    async with deployment.store():
        client = await Client.connect(deployment.temporal_address, namespace=deployment.temporal_namespace)
        data = TenantData(
            deployment.settings.model_copy(update={"mongodb_url": SecretStr(deployment.mongodb_url)}),
            client,
            deployment.masters(),
        )
        registry = Registry.connect(settings.supabase_url, key.get_secret_value() if key else "")
        try:
            async with recorded("key.destroy", Target(kind="key", id=tenant), tenant) as told:
                found = await data.destroy(tenant, await registry.applications(tenant))
                told.update(books=found.books, workflows=found.workflows, databases=found.databases)
                return found
        except AccessUnavailable as error:
            raise StackError(f"Supabase does not answer: {error}.") from error
        finally:
            await registry.close()
