"""What an installation of one's own is begun with: its secrets, and its namespace in Temporal."""

from __future__ import annotations

import asyncio
import json
import secrets as randomness
import sys
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import TypeVar

import jwt
from google.protobuf.duration_pb2 import Duration
from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import RegisterNamespaceRequest
from temporalio.client import Client
from temporalio.service import RPCError, RPCStatusCode

from deploy.embedded.steps import StackError, say
from deploy.embedded.temporal import SEARCH_ATTRIBUTES
from settings import Settings
from vault import fresh_master_key

KINDS = {
    "Keyword": IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    "Int": IndexedValueType.INDEXED_VALUE_TYPE_INT,
}
KEYS_LAST = timedelta(days=3650)
MEMBERS_KEY_BYTES = 378
PATIENCE_SECONDS = 60.0
PAUSE_SECONDS = 1.0

Answer = TypeVar("Answer")


def secrets() -> None:
    """Print strong secrets for an installation of one's own, as an env file; each call makes new ones.

    Keep what it prints: without the master keys nothing that was kept can be read.
    """
    for name, value in made_secrets().items():
        sys.stdout.write(f"{name}='{value}'\n")


def made_secrets() -> dict[str, str]:
    signing = randomness.token_urlsafe(48)
    return {
        "SUPABASE_DB_PASSWORD": randomness.token_hex(24),
        "SUPABASE_JWT_SECRET": signing,
        "SUPABASE_ANON_KEY": _supabase_key("anon", signing),
        "SUPABASE_SERVICE_ROLE_KEY": _supabase_key("service_role", signing),
        "TEMPORAL_DB_PASSWORD": randomness.token_hex(24),
        "MONGODB_ROOT_PASSWORD": randomness.token_hex(24),
        "MONGODB_PASSWORD": randomness.token_hex(24),
        "MONGODB_MEMBERS_KEY": randomness.token_hex(MEMBERS_KEY_BYTES),
        "BOOKRUNNER_ASSERTION_KEYS": json.dumps({"first": randomness.token_urlsafe(48)}),
        "BOOKRUNNER_MASTER_KEYS": json.dumps({"first": fresh_master_key()}),
    }


def _supabase_key(role: str, signing: str) -> str:
    now = int(time.time())
    claims = {"iss": "supabase", "role": role, "iat": now, "exp": now + int(KEYS_LAST.total_seconds())}
    return jwt.encode(claims, signing, algorithm="HS256")


def namespace(*, retention_days: int = 7) -> None:
    """Make the namespace that the environment names, with its search attributes, where they are missing.

    Parameters
    ----------
    retention_days
        How long Temporal keeps what is over. Books do not need it.
    """
    settings = Settings()
    try:
        made = asyncio.run(
            _make(settings.temporal_address, settings.temporal_namespace, timedelta(days=retention_days))
        )
    except (RPCError, RuntimeError, TimeoutError) as error:
        raise StackError(f"Temporal at {settings.temporal_address} could not be set up: {error}") from error
    say(f"Namespace {settings.temporal_namespace}: {', '.join(made) or 'nothing was missing'}.")


async def _make(address: str, name: str, retention: timedelta) -> list[str]:
    """What was missing."""
    made: list[str] = []
    client = await Client.connect(address, namespace=name)
    keep = Duration()
    keep.FromTimedelta(retention)
    try:
        await client.workflow_service.register_namespace(
            RegisterNamespaceRequest(namespace=name, workflow_execution_retention_period=keep)
        )
        made.append("the namespace was made")
    except RPCError as error:
        if error.status is not RPCStatusCode.ALREADY_EXISTS:
            raise
    listed = await _once_known(
        lambda: client.operator_service.list_search_attributes(ListSearchAttributesRequest(namespace=name))
    )
    missing = {key: KINDS[kind] for key, kind in SEARCH_ATTRIBUTES.items() if key not in listed.custom_attributes}
    if missing:
        await _once_known(
            lambda: client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=name, search_attributes=missing)
            )
        )
        made.append(f"search attributes {', '.join(missing)} were added")
    return made


async def _once_known(call: Callable[[], Awaitable[Answer]]) -> Answer:
    """The server's parts hear of a new namespace after some seconds."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            try:
                return await call()
            except RPCError as error:
                if error.status is not RPCStatusCode.NOT_FOUND:
                    raise
                await asyncio.sleep(PAUSE_SECONDS)
