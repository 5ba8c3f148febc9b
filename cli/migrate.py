"""`python -m cli migrate`: what is kept is brought to the shape of this release."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter
from pydantic import TypeAdapter

from access.person import AccessUnavailable
from cli.environment import settings_here
from deploy.embedded.steps import StackError, say
from deploy.migrating import DatabaseStanding
from deploy.migrating import migrate as migrate_all
from store import StoreError
from store.migrations import StepStanding
from vault import LocalMasterKeys, NoMasterKeys


def migrate(*, as_json: Annotated[bool, Parameter(name="--json", negative="")] = False) -> None:
    """Bring what is kept to the shape of this release, in the common database and in that of each application.

    People may work meanwhile, also with processes of the previous release. Broken off, it goes on where it was; done
    again, it finds all done.
    """
    settings = settings_here()
    try:
        masters = LocalMasterKeys.given(settings.master_keys, settings.master_key, settings.master_keys_file)
        found = asyncio.run(migrate_all(settings, masters, _told))
    except (StoreError, AccessUnavailable, NoMasterKeys) as error:
        raise StackError(f"Not everything is migrated: {error}. Run it again.") from error
    if as_json:
        sys.stdout.write(TypeAdapter(list[DatabaseStanding]).dump_json(found, indent=2).decode() + "\n")
        return
    steps = sum(len(each.steps) for each in found)
    say(f"{len(found)} databases are as this release keeps them ({steps} steps, all done).")


def _told(database: str, step: StepStanding) -> None:
    say(f"  {database}: {step.what}: {step.changed} changed{', done' if step.state == 'done' else ''}")
