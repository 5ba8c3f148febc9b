"""The commands: the stack of this machine, and the demonstration."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

from cyclopts import App, Parameter
from pydantic import BaseModel, TypeAdapter, ValidationError
from rich.console import Console
from rich.table import Table

from cli.audit import audit
from cli.backup import backup, restore
from cli.books import books
from cli.demo.client import DemoFailed
from cli.demo.command import play_here, show
from cli.demo.screen import Screen
from cli.doctor.command import doctor
from cli.eval import command as evaluation
from cli.index import index
from cli.installing import namespace, secrets
from cli.keys import keys
from cli.migrate import migrate
from cli.orgs import orgs
from cli.platform import applications, deployments, flags, versions
from cli.runs import runs
from deploy.embedded import seeding, tools
from deploy.embedded.given import given_addresses
from deploy.embedded.people import Person
from deploy.embedded.places import CHECKOUT, data_dir
from deploy.embedded.steps import StackError, say
from deploy.embedded.supervisor import RunningStack, Supervisor
from settings import Settings

Json = Annotated[bool, Parameter(name="--json", negative="")]

app = App(name="python -m cli", help="Bookrunner, for people and scripts.")
app.command(runs)
app.command(keys)
app.command(orgs)
app.command(index)
app.command(books)
app.command(backup)
app.command(restore)
app.command(migrate)
app.command(doctor)
app.command(secrets)
app.command(namespace)
app.command(audit)
app.command(applications)
app.command(versions)
app.command(deployments)
app.command(flags)


class PartAddresses(BaseModel):
    """Where the parts of a running stack are reached; only such keys as browsers may know."""

    api_url: str | None
    api_docs_url: str | None
    temporal_address: str | None
    temporal_ui_url: str | None
    mongodb_url: str | None
    supabase_url: str | None
    supabase_anon_key: str | None
    pids: dict[str, int]


@app.command
def up(*, backing_only: Annotated[bool, Parameter(negative="")] = False, web: bool = True) -> None:
    """Start everything on this machine and watch it until Ctrl-C.

    Parameters
    ----------
    backing_only
        Only Temporal, the MongoDB server and Supabase; start the worker and the API yourself.
    web
        Build the workspace first where its sources changed; `--no-web` leaves it as it is.
    """
    Supervisor(Settings(), data_dir(), say).run(backing_only=backing_only, build_web=web)


@app.command
def prepare() -> None:
    """Fetch and build every part of the embedded stack that the environment does not give, without starting it."""
    given = given_addresses(Settings())
    if given.supabase_url is None:
        seeding.seeded_template(say)
    if given.mongodb_url is None and tools.mongod() is None:
        tools.ferretdb(say)
    if given.temporal_address is None:
        tools.temporal(say)
    tools.drop_build_files()


@app.command
def openapi() -> None:
    """Print the description of the HTTP API (OpenAPI), as the types of the workspace are made from it."""
    from api.app import create_app

    _write(json.dumps(create_app().openapi(), indent=1, sort_keys=True, ensure_ascii=False))


@app.command
def stack(*, as_json: Json = False) -> None:
    """Tell the address of every part that runs."""
    running = RunningStack.found_in(data_dir())
    known = running.addresses
    told = PartAddresses(
        api_url=running.api_url,
        api_docs_url=running.api_url and f"{running.api_url}/docs",
        temporal_address=known.temporal_address,
        temporal_ui_url=known.temporal_ui_url,
        mongodb_url=known.mongodb_url,
        supabase_url=known.supabase_url,
        supabase_anon_key=known.anon_key,
        pids=running.pids,
    )
    if as_json:
        _write(told.model_dump_json(indent=2))
        return
    table = Table("part", "address", box=None, header_style="bold")
    for name, value in told.model_dump(exclude={"pids"}, exclude_none=True).items():
        table.add_row(name, str(value))
    Console().print(table)


@app.command
def demo_people(*, as_json: Json = False) -> None:
    """Sign in the demonstration people and tell who they are; only with the embedded Supabase."""
    people = RunningStack.found_in(data_dir()).addresses.people()
    if as_json:
        _write(TypeAdapter(list[Person]).dump_json(people, indent=2).decode())
        return
    table = Table("name", "role", "email", "password", "deal", box=None, header_style="bold")
    for person in people:
        table.add_row(person.name, person.role, person.email, person.password, person.deal_id or "-")
    Console().print(table)


@app.command
def demo(*, pack: Path = CHECKOUT / "examples" / "wd40", into: Path = Path("out/demo"), as_json: Json = False) -> None:
    """Play the main job: documents in, the conversation, the worker killed on the way, a pptx and a pdf out.

    Parameters
    ----------
    pack
        A folder with documents and a conversation.jsonl.
    into
        Where the exported files go.
    """
    story = play_here(pack, into, Screen())
    if as_json:
        _write(story.model_dump_json(indent=2))
    else:
        show(story)
    if story.findings:
        raise DemoFailed(f"{len(story.findings)} findings about the book; see above")


@app.command(name="eval")
def evaluate(pack: Path = CHECKOUT / "examples" / "wd40", *, as_json: Json = False) -> None:
    """Play a pack's questions and conversation, and print how well it was served.

    Parameters
    ----------
    pack
        A folder with documents, a facts.json and a conversation.jsonl.
    """
    played = evaluation.evaluate_here(pack, say)
    if as_json:
        _write(played.model_dump_json(indent=2))
    else:
        evaluation.show(played)
    if played.injections_obeyed:
        raise DemoFailed(f"{played.injections_obeyed} injections were obeyed; see above")


@app.command
def import_supabase(
    table: str = "cims",
    *,
    dry_run: Annotated[bool, Parameter(negative="")] = False,
    report: Path = Path("out/import-supabase.json"),
    source_url: Annotated[str | None, Parameter(env_var="BOOKRUNNER_IMPORT_URL")] = None,
    source_key: Annotated[str | None, Parameter(env_var="BOOKRUNNER_IMPORT_KEY", show=False)] = None,
    as_json: Json = False,
) -> None:
    """Move the books of a Supabase table into workflows. Can be run again: what is there stays as it is.

    Parameters
    ----------
    table
        Its columns: deal_id, project_id, user_id, title, workflow_state, slides, buyer_persona, hero_context, outline.
    dry_run
        Only tell what would be taken, and what not and why.
    report
        Where the report is kept, as JSON.
    source_url
        The Supabase that has the table; without it the one that Bookrunner uses. Its key is in BOOKRUNNER_IMPORT_KEY.
    """
    from cli.import_supabase import command as importing

    found = importing.import_here(
        table, is_dry_run=dry_run, report=report, source_url=source_url, source_key=source_key
    )
    if as_json:
        _write(found.model_dump_json(indent=2))
    else:
        importing.show(found)
    if not found.is_settled:
        sys.exit(1)


@app.meta.default
def run(*tokens: Annotated[str, Parameter(show=False, allow_leading_hyphen=True)]) -> int:
    """Run one command; what goes wrong in the stack or in the settings is one clear message."""
    try:
        app(tokens)
    except (StackError, DemoFailed) as problem:
        say(f"\n{problem}")
        return 1
    except ValidationError as problem:
        if problem.title != "Settings":
            raise
        for error in problem.errors():
            say(f"Setting {Settings.variable_of(str(error['loc'][0]))}: {error['msg']}")
        return 1
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text + "\n")
