"""`python -m cli applications|versions|deployments|flags`: the platform around the books."""

from __future__ import annotations

import sys
import time
import uuid
from datetime import UTC, datetime
from typing import Annotated

from cyclopts import App, Parameter
from pydantic import BaseModel, TypeAdapter
from rich.console import Console
from rich.table import Table

from access.rows import Taken
from cli.platform_calls import PlatformCaller, Recording, with_flags, with_registry
from deploy.embedded.steps import StackError
from domain.applications import (
    Action,
    Application,
    ApplicationSettings,
    Deployment,
    DeploymentStep,
    Ramp,
    RampStage,
    Upgrade,
    Version,
)
from domain.flags import FlagSetting, KnownFlag, Unit
from store.models import Page

Json = Annotated[bool, Parameter(name="--json", negative="")]
Wait = Annotated[bool, Parameter(negative="--no-wait")]

applications = App(name="applications", help="The isolated instances of organisations.")
versions = App(name="versions", help="The builds that can be deployed.")
deployments = App(name="deployments", help="What is done to an application, step by step.")
flags = App(name="flags", help="Which features are on for whom.")

SECONDS_BETWEEN_LOOKS = 0.5


class NewApplication(BaseModel):
    name: str
    settings: ApplicationSettings
    scale: int


class NewDeployment(BaseModel):
    action: Action
    version_id: str | None


class NewSetting(BaseModel):
    enabled: bool
    percent: int
    unit: Unit


class DeploymentWithSteps(BaseModel):
    deployment: Deployment
    steps: list[DeploymentStep]


class Deployments(BaseModel):
    items: list[Deployment]


class OrgFlags(BaseModel):
    known: list[KnownFlag]
    settings: list[FlagSetting]


@applications.command(name="list")
def list_applications(*, org: str | None = None, api: str | None = None, as_json: Json = False) -> None:
    """Show the application of an organisation, and archived ones."""
    caller = PlatformCaller.here(api)
    found = caller.get(f"/orgs/{caller.org(org)}/applications", Page[Application]).items
    show(found, ("id", "name", "status", "scale", "database", "task_queue"), as_json)


@applications.command(name="create")
def create_application(
    name: str,
    *,
    org: str | None = None,
    scale: int = 1,
    upgrade: Upgrade = "stay",
    ramp: tuple[str, ...] = (),
    api: str | None = None,
    as_json: Json = False,
) -> None:
    """Write an application down; deploy a version to it next.

    Parameters
    ----------
    upgrade
        Whether open books stay on the version that they began with, or move to a new one.
    ramp
        By which shares a new version takes over, as PERCENT:SECONDS; may be given several times.
    """
    caller = PlatformCaller.here(api)
    new = NewApplication(name=name, settings=ApplicationSettings(upgrade=upgrade, ramp=_ramp(ramp)), scale=scale)
    made = caller.send("POST", f"/orgs/{caller.org(org)}/applications", Application, new)
    show((made,), ("id", "name", "status", "scale", "database", "task_queue"), as_json)


@versions.command(name="list")
def list_versions(*, as_json: Json = False) -> None:
    """Show the builds that are known, the newest first."""
    found = tuple(with_registry(lambda registry: registry.versions()))
    show(found, ("build_id", "name", "id", "created_at", "retired_at"), as_json)


@versions.command
def add(build_id: str, *, name: str = "", notes: str = "", as_json: Json = False) -> None:
    """Make a build known, with the keys of this deployment."""
    version = Version(id=str(uuid.uuid4()), build_id=build_id, name=name, notes=notes, created_at=datetime.now(UTC))
    try:
        with_registry(lambda registry: registry.add_version(version), Recording("version.create", build_id))
    except Taken:
        raise StackError(f"Build {build_id} is known already.") from None
    show((version,), ("build_id", "name", "id", "created_at", "retired_at"), as_json)


@versions.command
def retire(build_id: str) -> None:
    """Let a build not be deployed any more; what runs on it goes on."""
    version = _version(build_id)
    with_registry(lambda registry: registry.retire_version(version.id), Recording("version.retire", build_id))


@deployments.command(name="list")
def list_deployments(application: str, *, api: str | None = None, as_json: Json = False) -> None:
    """Show what was done to an application, the newest first."""
    found = PlatformCaller.here(api).get(f"/applications/{application}/deployments", Deployments).items
    show(tuple(found), ("id", "action", "status", "created_at", "finished_at", "error"), as_json)


@deployments.command(name="show")
def show_deployment(deployment: str, *, api: str | None = None, as_json: Json = False) -> None:
    """Show the steps of a deployment."""
    found = PlatformCaller.here(api).get(f"/deployments/{deployment}", DeploymentWithSteps)
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    show(tuple(found.steps), ("position", "name", "status", "attempt", "error"), False)


@deployments.command
def start(
    application: str,
    action: Action,
    *,
    build: str | None = None,
    api: str | None = None,
    wait: Wait = True,
    as_json: Json = False,
) -> None:
    """Provision, deploy, roll back or retire an application.

    Parameters
    ----------
    build
        The build to deploy, or to roll back to; without one a roll-back goes to the build before.
    wait
        Wait for its end.
    """
    caller = PlatformCaller.here(api)
    version_id = None if build is None else _version(build).id
    new = NewDeployment(action=action, version_id=version_id)
    begun = caller.send("POST", f"/applications/{application}/deployments", Deployment, new)
    found = caller.get(f"/deployments/{begun.id}", DeploymentWithSteps)
    while wait and found.deployment.finished_at is None:
        time.sleep(SECONDS_BETWEEN_LOOKS)
        found = caller.get(f"/deployments/{begun.id}", DeploymentWithSteps)
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
    else:
        show(tuple(found.steps), ("position", "name", "status", "attempt", "error"), False)
    if wait and found.deployment.status != "completed":
        raise StackError(f"The deployment is {found.deployment.status}: {found.deployment.error}")


@deployments.command
def call_off(deployment: str, *, api: str | None = None) -> None:
    """Have a deployment undone that waits for its workers, or gives growing shares of new books to them."""
    PlatformCaller.here(api).send("POST", f"/deployments/{deployment}/call-off", Deployment)


@flags.command(name="list")
def list_flags(*, org: str | None = None, api: str | None = None, as_json: Json = False) -> None:
    """Show the flags that the product knows, and how they are set for an organisation."""
    caller = PlatformCaller.here(api)
    found = caller.get(f"/orgs/{caller.org(org)}/flags", OrgFlags)
    if as_json:
        sys.stdout.write(found.model_dump_json(indent=2) + "\n")
        return
    show(tuple(found.known), ("key", "default", "description"), False)
    show(tuple(found.settings), ("key", "org_id", "enabled", "percent", "unit", "rules"), False)


@flags.command(name="set")
def set_flag(
    key: str,
    percent: int = 100,
    *,
    off: Annotated[bool, Parameter(negative="")] = False,
    unit: Unit = "person",
    org: str | None = None,
    for_all: Annotated[bool, Parameter(negative="")] = False,
    api: str | None = None,
    as_json: Json = False,
) -> None:
    """Give a feature to a percentage of people, teams or organisations.

    Parameters
    ----------
    off
        The kill switch: off for everybody.
    for_all
        For all organisations, with the keys of this deployment.
    """
    if for_all:
        setting = FlagSetting(key=key, enabled=not off, percent=percent, unit=unit)
        kept = with_flags(lambda book: book.set(setting), Recording("flag.set", key))
    else:
        caller = PlatformCaller.here(api)
        new = NewSetting(enabled=not off, percent=percent, unit=unit)
        kept = caller.send("PUT", f"/orgs/{caller.org(org)}/flags/{key}", FlagSetting, new)
    show((kept,), ("key", "org_id", "enabled", "percent", "unit", "rules"), as_json)


@flags.command
def unset(
    key: str,
    *,
    org: str | None = None,
    for_all: Annotated[bool, Parameter(negative="")] = False,
    api: str | None = None,
) -> None:
    """Go by what is set for all, or by what the product says, again."""
    if for_all:
        with_flags(lambda book: book.unset(key, None), Recording("flag.unset", key))
        return
    caller = PlatformCaller.here(api)
    caller.remove(f"/orgs/{caller.org(org)}/flags/{key}")


def _ramp(given: tuple[str, ...]) -> tuple[RampStage, ...]:
    try:
        pairs = [stage.split(":") for stage in given]
        return TypeAdapter(Ramp).validate_python(
            [RampStage(percent=int(percent), seconds=int(seconds)) for percent, seconds in pairs]
        )
    except ValueError:
        raise StackError("--ramp is PERCENT:SECONDS, each share larger than the one before: 10:60") from None


def _version(build_id: str) -> Version:
    found = [version for version in with_registry(lambda registry: registry.versions()) if version.build_id == build_id]
    if not found:
        raise StackError(f"Build {build_id} is not known; add it with `versions add {build_id}`.")
    return found[0]


def show(found: tuple[BaseModel, ...], fields: tuple[str, ...], as_json: bool) -> None:
    """These fields of each, as a table; or all of it as JSON."""
    if as_json:
        sys.stdout.write(TypeAdapter(list[BaseModel]).dump_json(list(found), serialize_as_any=True, indent=2).decode())
        sys.stdout.write("\n")
        return
    table = Table(box=None, header_style="bold")
    for field in fields:
        table.add_column(field, overflow="fold")
    for each in found:
        row = each.model_dump(mode="json")
        table.add_row(*("-" if row[field] is None else str(row[field]) for field in fields))
    Console().print(table)
