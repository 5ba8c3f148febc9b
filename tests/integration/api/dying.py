"""Workers in processes of their own, made to be killed, beside an API that has no other."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import uuid
from collections.abc import AsyncGenerator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from deploy.embedded.places import CHECKOUT
from workflows.calls import CIMCalls

from .conftest import Site, open_store

SECONDS_TO_START = 90


@asynccontextmanager
async def site_without_worker(site: Site) -> AsyncGenerator[Site]:
    name = f"lonely-{uuid.uuid4().hex[:12]}"
    settings = site.settings.model_copy(update={"mongodb_database": name})
    store = await open_store(settings)
    own = Site(site.addresses, site.people, settings, CIMCalls(task_queue=name), store)
    async with own.running_api() as api:
        own.api = api
        yield own
    await store.close()


@asynccontextmanager
async def worker_process(
    site: Site, environment: Mapping[str, str], folder: Path
) -> AsyncGenerator[subprocess.Popen[bytes]]:
    """A worker that is ready; `environment` says which models it has."""
    ready = folder / f"ready-{uuid.uuid4().hex}"
    command = [sys.executable, "-m", "tests.integration.api.worker_process", site.calls.task_queue]
    whole = {**environment_of(site), **environment, "BOOKRUNNER_READY_FILE": str(ready)}
    process = subprocess.Popen(command, cwd=CHECKOUT, env=whole)
    try:
        async with asyncio.timeout(SECONDS_TO_START):
            while not ready.exists():
                assert process.poll() is None, "the worker did not start"
                await asyncio.sleep(0.1)
        yield process
    finally:
        process.kill()
        process.wait()


def environment_of(site: Site) -> dict[str, str]:
    """Of a process that belongs to the site."""
    settings = site.settings
    assert settings.supabase_service_role_key is not None
    assert settings.supabase_jwt_secret is not None
    return {
        **os.environ,
        "TEMPORAL_ADDRESS": settings.temporal_address,
        "MONGODB_URL": settings.mongodb_url.get_secret_value(),
        "BOOKRUNNER_MONGODB_DATABASE": settings.mongodb_database,
        "SUPABASE_URL": settings.supabase_url,
        "SUPABASE_SERVICE_ROLE_KEY": settings.supabase_service_role_key.get_secret_value(),
        "SUPABASE_JWT_SECRET": settings.supabase_jwt_secret.get_secret_value(),
        "BOOKRUNNER_MASTER_KEYS_FILE": str(settings.master_keys_file),
    }
