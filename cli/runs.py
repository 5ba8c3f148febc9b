"""`python -m cli runs`: what the AI is doing, live."""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from types import FrameType
from typing import Annotated

import httpx
from cyclopts import App, Parameter
from pydantic import BaseModel, ConfigDict
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text
from rich.tree import Tree

from deploy.embedded.places import data_dir
from deploy.embedded.steps import StackError
from deploy.embedded.supervisor import RunningStack
from domain.values import Instant
from store.models import AgentSession, Page, Run

TOKEN_VARIABLE = "BOOKRUNNER_TOKEN"
SECONDS_BETWEEN_LOOKS = 0.5
MOST_RUNS = 12

runs = App(name="runs", help="What the AI is doing.")

_STYLES = {
    "completed": "green",
    "failed": "red",
    "cancelled": "yellow",
    "running": "cyan",
    "waiting": "magenta",
    "queued": "dim",
    "idle": "dim",
}


class RunWithAgents(BaseModel):
    model_config = ConfigDict(frozen=True)

    run: Run
    agents: tuple[AgentSession, ...]


class RunReader:
    """Reads runs and their agents over the HTTP API, in the name of one person."""

    def __init__(self, api_url: str, token: str) -> None:
        self._http = httpx.Client(base_url=api_url, headers={"Authorization": f"Bearer {token}"}, timeout=10)

    def read(self, cim_id: str | None, run_id: str | None, limit: int) -> list[RunWithAgents]:
        """The newest runs first. Raises StackError with a sentence when the API refuses or does not answer."""
        if run_id is not None:
            found = [Run.model_validate_json(self._get(f"/runs/{run_id}"))]
        else:
            path = "/runs" if cim_id is None else f"/cims/{cim_id}/runs"
            found = list(Page[Run].model_validate_json(self._get(path, limit=limit)).items)
        return [RunWithAgents(run=run, agents=self._agents(run)) for run in found]

    def _agents(self, run: Run) -> tuple[AgentSession, ...]:
        return Page[AgentSession].model_validate_json(self._get(f"/runs/{run.id}/agents")).items

    def _get(self, path: str, **query: int) -> bytes:
        try:
            answer = self._http.get(path, params=query)
        except httpx.HTTPError as error:
            raise StackError(f"The API does not answer ({type(error).__name__}). Is it running?") from error
        if answer.status_code == 401:
            raise StackError(f"The token is not valid (any more). Put a fresh one into {TOKEN_VARIABLE}.")
        if answer.is_error:
            raise StackError(str(answer.json().get("detail", answer.text)))
        return answer.content


@runs.command
def watch(
    *,
    cim: str | None = None,
    run: str | None = None,
    limit: int = MOST_RUNS,
    api: str | None = None,
    once: Annotated[bool, Parameter(negative="")] = False,
    as_json: Annotated[bool, Parameter(name="--json", negative="")] = False,
) -> None:
    """Show runs and their agents as they work; Ctrl-C ends it.

    The token of the person who asks is in BOOKRUNNER_TOKEN; without one, the demonstration lead of the stack on this
    machine asks.

    Parameters
    ----------
    cim
        Only the runs of this book.
    run
        Only this run.
    limit
        The most runs to show.
    api
        Address of the API; by default that of the stack on this machine.
    once
        Show them once and end.
    as_json
        Once, as JSON for scripts.
    """
    reader = _reader(api)
    if as_json:
        for one in reader.read(cim, run, limit):
            sys.stdout.write(one.model_dump_json() + "\n")
        return
    if once:
        Console().print(shown(reader.read(cim, run, limit), datetime.now(UTC)))
        return
    asked_to_end = _interruption()
    with Live(refresh_per_second=8, transient=False) as live:
        while not asked_to_end():
            live.update(shown(reader.read(cim, run, limit), datetime.now(UTC)))
            time.sleep(SECONDS_BETWEEN_LOOKS)


def _interruption() -> Callable[[], bool]:
    """Whether Ctrl-C was pressed. It counts between two looks, not while the screen is drawn; a second one at once."""
    pressed = False

    def note(_number: int, _frame: FrameType | None) -> None:
        nonlocal pressed
        pressed = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, note)
    return lambda: pressed


def shown(found: Sequence[RunWithAgents], now: datetime) -> RenderableType:
    """Each run as a tree of its agents."""
    if not found:
        return Text("No runs yet.", style="dim")
    return Group(*(_tree(one, now) for one in found))


def _tree(one: RunWithAgents, now: datetime) -> Tree:
    run = one.run
    label = _line(run.kind.replace("_", " "), run.status, _seconds(run.started_at, run.completed_at, now))
    progress = run.progress
    if run.status == "running" and progress.doing:
        part = f" {progress.done}/{progress.total}" if progress.total > 1 else ""
        label.append(f"  {progress.doing}{part}", style="cyan")
    label.append(f"  {run.id}", style="dim")
    if run.error:
        label.append(f"\n{run.error}", style="red")
    tree = Tree(label)
    nodes = {"": tree}
    for agent in one.agents:
        parent = nodes.get(agent.parent_id, tree)
        nodes[agent.id] = parent.add(_agent_line(agent, now))
    return tree


def _agent_line(agent: AgentSession, now: datetime) -> Text:
    name = f"{agent.agent_type}{f' · {agent.title}' if agent.title else ''}"
    took = _seconds(agent.started_at, agent.completed_at, now) if agent.started_at else 0.0
    line = _line(name, agent.status, took)
    line.append(f"  {agent.steps} steps", style="dim")
    if agent.waits_for:
        line.append(f"  waits for {len(agent.waits_for)} answer(s) of people", style="magenta")
    elif agent.status == "running" and agent.doing:
        line.append(f"  {agent.doing}", style="cyan")
    if agent.error:
        line.append(f"  {agent.error}", style="red")
    return line


def _line(name: str, status: str, seconds: float) -> Text:
    line = Text()
    line.append(f"{name}  ", style="bold")
    line.append(status, style=_STYLES.get(status, ""))
    line.append(f"  {seconds:.1f} s", style="dim")
    return line


def _seconds(began: Instant, ended: Instant | None, now: datetime) -> float:
    return max(0.0, ((ended or now) - began).total_seconds())


def _reader(api: str | None) -> RunReader:
    token = os.environ.get(TOKEN_VARIABLE, "")
    if api is not None and token:
        return RunReader(api, token)
    stack = RunningStack.found_in(data_dir())
    if stack.api_url is None:
        raise StackError("Only the backing parts run; start everything with `make run`.")
    if not token:
        token = next(person for person in stack.addresses.people() if person.role == "lead").access_token
    return RunReader(api or stack.api_url, token)
