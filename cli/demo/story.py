"""The story of the demonstration: the pack's conversation in chat, the other slides composed, the book completed."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from pathlib import Path

from pydantic import BaseModel, JsonValue

from cli.demo.chat import Answered, Asked, ChatClient, Reply
from cli.demo.check import Finding, findings
from cli.demo.client import DemoFailed
from cli.demo.pack import Pack, Turn
from cli.demo.person import CarefulPerson
from cli.demo.screen import Screen, Step
from domain.head import CIMHead
from domain.values import SlideStatus
from store.models import Run

_STEPS = {
    "welcome": "what the team has, and asks",
    "buyer_persona": "buyer persona",
    "hero_concept": "hero concept",
    "outline": "outline",
    "building_sections": "first slides and questions; kill -9 the worker while it answers",
}
_DRAFTS = {"buyer_persona": "draft_buyer_persona", "hero_concept": "draft_hero_context", "outline": "draft_outline"}
COMPOSE = "compose the other slides; kill -9 the worker on the way"


class TurnTold(BaseModel):
    """A turn of the conversation as it went. `asked` is what the AI asked, `tools` each call with its status."""

    n: int
    said: str
    answer: str
    status: str
    citations: int
    tools: list[str]
    asked: list[str]


class Story(BaseModel):
    cim_id: str
    steps: list[Step]
    turns: list[TurnTold]
    slides: int
    figures_traced: int
    findings: list[Finding]
    files: list[Path]
    workflow_url: str | None = None


class Storyteller:
    """Plays one pack against a running stack. `worker_pid` is asked anew before each kill."""

    def __init__(self, book: ChatClient, pack: Pack, worker_pid: Callable[[], int | None], screen: Screen) -> None:
        self._book = book
        self._pack = pack
        self._worker_pid = worker_pid
        self._screen = screen
        self._person = CarefulPerson(pack)
        self._steps: list[Step] = []
        self._turns: list[TurnTold] = []

    def play(self, deal_id: str, title: str, into: Path) -> Story:
        """Raises DemoFailed when something does not go as promised."""
        opening = self._pack.said("start")[:1]
        self._step("create the book", lambda: self._create(deal_id, title, opening))
        self._step("upload and read the documents", self._read_documents)
        for name, turns in _scenes([turn for turn in self._pack.turns if turn not in opening]):
            self._step(name, lambda turns=turns: self._scene(turns))
        self._step(COMPOSE, self._compose)
        self._step("approve every slide", self._approve)
        self._step("stand for what the documents differ on, complete the book", self._complete)
        files: list[Path] = []
        for format_ in ("pptx", "pdf"):
            self._step(f"export {format_}", lambda format_=format_: self._export(format_, into, files))
        head, slides = self._book.head(), self._book.slides()
        return Story(
            cim_id=self._book.cim_id,
            steps=self._steps,
            turns=self._turns,
            slides=len(slides),
            figures_traced=sum(len(part.sources) for slide in slides for part in slide.components),
            findings=findings(head, slides, self._book.findings()),
            files=files,
        )

    def _step(self, name: str, act: Callable[[], str]) -> None:
        began = time.monotonic()
        self._screen.begin(name)
        outcome = act()
        step = Step(name=name, seconds=round(time.monotonic() - began, 2), outcome=outcome)
        self._steps.append(step)
        self._screen.end(step)

    def _create(self, deal_id: str, title: str, opening: Sequence[Turn]) -> str:
        head = self._book.create(deal_id, title)
        for turn in opening:
            self._say(turn)
        return f"{head.title}, revision {head.rev}"

    def _read_documents(self) -> str:
        uploaded = [self._book.upload(path) for path in self._pack.documents]
        read = [self._book.until_read(source) for source in uploaded]
        refused = [source for source in read if source.status == "refused"]
        if refused:
            raise DemoFailed("; ".join(f"{source.name}: {source.problem}" for source in refused))
        passages, facts = sum(source.passages for source in read), sum(source.facts for source in read)
        return f"{len(read)} documents, {passages} passages, {facts} facts"

    def _scene(self, turns: Sequence[Turn]) -> str:
        """Turns of one stage, and what stands in the book afterwards."""
        killing = next((turn for turn in turns if "slide" in turn.tags), None)
        killed = ""
        for turn in turns:
            if turn is killing:
                death = _Death(self._kill_worker)
                self._say(turn, death.look)
                killed = f"; {death.told}"
            else:
                self._say(turn)
        told = self._told_of(turns)
        if any("back_to_persona" in turn.tags for turn in turns):
            told = f"{told}; {self._stale()}"
        return told + killed

    def _say(self, turn: Turn, look: Callable[[Run], None] | None = None) -> None:
        answered = self._book.ask(turn.content, self._person.answer, look=look)
        if answered.status != "completed" or not answered.text.strip():
            raise DemoFailed(f"message {turn.n} was not answered: the run is {answered.status}")
        self._turns.append(_told(turn, answered))
        self._screen.turn(turn, answered)

    def _told_of(self, turns: Sequence[Turn]) -> str:
        match turns[-1].stage:
            case "buyer_persona":
                persona = self._head_with("buyer_persona", turns).artifacts.buyer_persona
                assert persona is not None
                value = persona.value
                return f"{value.type}: {len(value.motivations)} motivations, {len(value.concerns)} concerns"
            case "hero_concept":
                hero = self._head_with("hero_context", turns).artifacts.hero_context
                assert hero is not None
                return hero.value.selected_hero
            case "outline":
                return " | ".join(section.title for section in self._head_with("outline", turns).sections)
            case "building_sections":
                return f"{len(self._book.slides())} slides out of the conversation"
            case _:
                return f"{len(turns)} message{'s' if len(turns) > 1 else ''} answered"

    def _head_with(self, artifact: str, turns: Sequence[Turn]) -> CIMHead:
        """What the conversation has not brought into the book is drafted from what was said last."""
        head = self._book.head()
        if getattr(head.artifacts, artifact) is None:
            self._book.draft(_DRAFTS[turns[-1].stage], turns[-1].content)
            head = self._book.head()
        if getattr(head.artifacts, artifact) is None:
            raise DemoFailed(f"there is no {artifact.replace('_', ' ')}")
        return head

    def _stale(self) -> str:
        head = self._book.head()
        hero, outline = head.artifacts.hero_context, head.artifacts.outline
        if hero is None or outline is None or not (hero.stale_reason and outline.stale_reason):
            raise DemoFailed("the change of the persona did not mark the hero concept and the outline as stale")
        return f"hero concept and outline are stale: {outline.stale_reason.value}"

    def _compose(self) -> str:
        death = _Death(self._kill_worker, lambda run: run.progress.total > 0)
        before = len(self._book.slides())
        run, _ = self._book.compose(self._decide, death.look)
        if run.status != "completed":
            raise DemoFailed(f"the book was not composed: the run is {run.status}")
        added = len(self._book.slides()) - before
        return f"{added} slides more in {run.progress.total} sections; {death.told}"

    def _decide(self, request: Asked) -> dict[str, JsonValue]:
        answer = self._person.answer(request)
        self._screen.reply(Reply(asked=request, answer=answer))
        return answer

    def _kill_worker(self) -> str:
        pid = self._worker_pid()
        if pid is None:
            return "no worker of this machine to kill"
        os.kill(pid, signal.SIGKILL)
        self._screen.happened(f"the worker (pid {pid}) was killed with -9; its successor goes on")
        return f"worker {pid} killed and replaced"

    def _approve(self) -> str:
        drafts = [slide for slide in self._book.slides() if slide.status is not SlideStatus.APPROVED]
        approvals: list[dict[str, JsonValue]] = [{"type": "approve_slide", "slide_id": slide.id} for slide in drafts]
        self._book.send(*approvals)
        return f"{self._book.head().slide_counts.approved} slides approved"

    def _complete(self) -> str:
        """Accepts each contradicted figure for what it rests on; a figure that no document gives is not accepted."""
        contradicted = [one for one in self._book.findings() if one.kind == "contradicted_figure"]
        accepted: list[dict[str, JsonValue]] = [
            {"type": "accept_finding", "finding_id": one.id, "reason": f"We go by the first. {one.message}"[:1_000]}
            for one in contradicted
        ]
        self._book.send(*accepted, {"type": "complete"})
        head = self._book.head()
        return f"{len(accepted)} figures accepted with a reason, the book is {head.status.value}"

    def _export(self, format_: str, into: Path, files: list[Path]) -> str:
        export, path = self._book.export(format_, into)
        files.append(path)
        return f"{path} ({(export.size or 0) / 1000:.0f} kB)" + (
            f", {len(export.problems)} remarks" if export.problems else ""
        )


class _Death:
    """Kills once, as soon as a run is under way and `due`."""

    def __init__(self, kill: Callable[[], str], due: Callable[[Run], bool] = lambda run: True) -> None:
        self._kill = kill
        self._due = due
        self.told = "it was over before the worker could be killed"
        self._is_done = False

    def look(self, run: Run) -> None:
        if not self._is_done and run.status == "running" and self._due(run):
            self._is_done = True
            self.told = self._kill()


def _scenes(turns: Sequence[Turn]) -> Iterator[tuple[str, list[Turn]]]:
    """Turns of one stage that follow each other, with a name; after going back the stages come again."""
    again = ""
    for stage, group in groupby(turns, lambda turn: turn.stage):
        scene = list(group)
        name = _STEPS.get(stage, stage.replace("_", " "))
        if any("back_to_persona" in turn.tags for turn in scene):
            again, name = " for the new buyer", "go back: another buyer"
        elif stage != "building_sections":
            name += again
        yield name, scene


def _told(turn: Turn, answered: Answered) -> TurnTold:
    return TurnTold(
        n=turn.n,
        said=turn.content,
        answer=answered.text,
        status=answered.status,
        citations=len(answered.citations),
        tools=[f"{call.tool}: {call.status}" for call in answered.calls],
        asked=[one.asked.body.text for one in answered.replies],
    )
