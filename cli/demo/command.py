"""`python -m cli demo`: plays the story against the running stack, or against one started for it."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

from cli.demo.chat import ChatClient
from cli.demo.client import DemoFailed
from cli.demo.pack import Pack
from cli.demo.screen import Screen, summary
from cli.demo.story import Story, Storyteller
from deploy.embedded.places import data_dir
from deploy.embedded.product import started_product
from deploy.embedded.steps import Report, StackError
from deploy.embedded.supervisor import RunningStack
from workflows.contract import cim_workflow_id


def play_here(pack_folder: Path, into: Path, screen: Screen) -> Story:
    """On the stack that runs, or on one started for it. Raises DemoFailed, or StackError when no stack can be had."""
    with stack_here(screen.line) as running:
        return play(running, data_dir(), pack_folder, into, screen)


def play(running: RunningStack, data: Path, pack_folder: Path, into: Path, screen: Screen) -> Story:
    """`data` is the data folder of the running stack. Raises DemoFailed."""
    pack = Pack(pack_folder)
    into.mkdir(parents=True, exist_ok=True)
    if running.api_url is None:
        raise DemoFailed("only the backing parts run; start everything with `make run`")
    lead = next(person for person in running.addresses.people() if person.role == "lead")
    assert lead.deal_id is not None
    assert lead.org_id is not None
    screen.line(f"\n{lead.name} ({lead.role}) works on {pack.name} at {running.api_url}\n")
    with ChatClient(running.api_url, lead.access_token) as book:
        teller = Storyteller(book, pack, lambda: RunningStack.found_in(data).pids.get("worker"), screen)
        story = teller.play(lead.deal_id, "Project Bluecan", into)
    if running.addresses.temporal_ui_url:
        workflow_id = cim_workflow_id(lead.org_id, story.cim_id).replace("/", "%2F")
        url = f"{running.addresses.temporal_ui_url}/namespaces/default/workflows/{workflow_id}"
        story = story.model_copy(update={"workflow_url": url})
    return story


def show(story: Story) -> None:
    """The story as a table, its findings, and where to look next."""
    console = Console()
    summary(console, story.steps, story.slides, story.figures_traced, story.findings, story.files)
    if story.workflow_url:
        console.print(f"The book in the Temporal UI: {story.workflow_url}", soft_wrap=True)


@contextmanager
def stack_here(tell: Report) -> Generator[RunningStack]:
    """The stack that runs, or one started for the time of the block."""
    try:
        running = RunningStack.found_in(data_dir())
    except StackError:
        tell("No stack runs here yet; starting one.")
        with started_product(data_dir(), {}) as started:
            yield started
    else:
        yield running
