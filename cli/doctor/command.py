"""`python -m cli doctor`."""

from __future__ import annotations

import asyncio
import sys
from typing import Annotated

from cyclopts import Parameter
from pydantic import TypeAdapter
from rich.console import Console
from rich.table import Table

from cli.doctor.parts import part_remarks
from cli.doctor.remark import Remark
from cli.doctor.settings import settings_remarks
from cli.environment import settings_here
from deploy.embedded.places import data_dir
from deploy.embedded.steps import StackError
from deploy.embedded.supervisor import RunningStack
from settings import Settings

MARKS = {"ok": "[green]ok[/]", "warns": "[yellow]warns[/]", "fails": "[red]fails[/]"}


def doctor(
    *,
    api_url: str | None = None,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Look at every part of an installation and say what is wrong. Changes nothing; exit code 1 where something fails.

    Parameters
    ----------
    api_url
        Where the API is; by default the one of the stack of this machine.
    """
    settings = settings_here()
    remarks = [
        *settings_remarks(settings),
        *asyncio.run(part_remarks(settings, api_url or _api_here(settings))),
    ]
    if as_json:
        sys.stdout.write(TypeAdapter(list[Remark]).dump_json(remarks, indent=2).decode() + "\n")
    else:
        _show(remarks)
    if any(remark.state == "fails" for remark in remarks):
        sys.exit(1)


def _api_here(settings: Settings) -> str:
    try:
        running = RunningStack.found_in(data_dir()).api_url
    except StackError:
        running = None
    return running or f"http://{settings.api_host}:{settings.api_port}"


def _show(remarks: list[Remark]) -> None:
    table = Table(box=None, header_style="bold")
    table.add_column("part", no_wrap=True)
    table.add_column("")
    table.add_column("what is found")
    for remark in remarks:
        says = remark.says if not remark.next_step else f"{remark.says}\n[dim]{remark.next_step}[/]"
        table.add_row(remark.part, MARKS[remark.state], says)
    Console().print(table)
