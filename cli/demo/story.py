"""The story of the demonstration: the stages as the pack's conversation walks them."""

from __future__ import annotations

import os
import re
import signal
import time
from collections.abc import Callable
from pathlib import Path

from pydantic import BaseModel, JsonValue

from cli.demo.check import Finding, findings
from cli.demo.client import BookClient, DemoFailed
from cli.demo.pack import Pack
from domain.head import CIMHead
from domain.values import SlideStatus

Tell = Callable[[str], None]


class Step(BaseModel):
    """What was done, how long it took, what came of it."""

    name: str
    seconds: float
    outcome: str


class Story(BaseModel):
    cim_id: str
    steps: list[Step]
    slides: int
    figures_traced: int
    findings: list[Finding]
    files: list[Path]
    workflow_url: str | None = None


class Storyteller:
    """Plays one pack against a running stack. `worker_pid` is asked anew before the kill."""

    def __init__(self, book: BookClient, pack: Pack, worker_pid: Callable[[], int | None], tell: Tell) -> None:
        self._book = book
        self._pack = pack
        self._worker_pid = worker_pid
        self._tell = tell
        self._steps: list[Step] = []

    def play(self, deal_id: str, title: str, into: Path) -> Story:
        """Raises DemoFailed when something does not go as promised."""
        self._step("create the book", lambda: self._create(deal_id, title))
        self._step("upload and read the documents", self._read_documents)
        self._step("buyer persona, from the conversation", self._persona)
        self._step("hero concept", self._hero)
        self._step("outline", self._outline)
        self._step("go back: another buyer", self._go_back)
        self._step("hero concept for the new buyer", self._hero_again)
        self._step("outline for the new buyer", self._outline_again)
        self._step("draft the slides; kill -9 the worker on the way", self._slides)
        self._step("approve every slide", self._approve)
        self._step("stand for what the documents differ on, complete the book", self._complete)
        files: list[Path] = []
        for format_ in ("pptx", "pdf"):
            self._step(f"export {format_}", lambda format_=format_: self._export(format_, into, files))
        head, slides = self._book.head(), self._book.slides()
        return Story(
            cim_id=self._book.cim_id,
            steps=self._steps,
            slides=len(slides),
            figures_traced=sum(len(part.sources) for slide in slides for part in slide.components),
            findings=findings(head, slides, self._book.findings()),
            files=files,
        )

    def _step(self, name: str, act: Callable[[], str]) -> None:
        began = time.monotonic()
        self._tell(f"  {name} …")
        outcome = act()
        step = Step(name=name, seconds=round(time.monotonic() - began, 2), outcome=outcome)
        self._steps.append(step)
        self._tell(f"    {step.seconds:6.2f} s  {outcome}")

    def _create(self, deal_id: str, title: str) -> str:
        head = self._book.create(deal_id, title)
        for turn in self._pack.said("start"):
            self._book.say(turn.content)
        return f"{head.title}, revision {head.rev}"

    def _read_documents(self) -> str:
        uploaded = [self._book.upload(path) for path in self._pack.documents]
        read = [self._book.until_read(source) for source in uploaded]
        refused = [source for source in read if source.status == "refused"]
        if refused:
            raise DemoFailed("; ".join(f"{source.name}: {source.problem}" for source in refused))
        passages, facts = sum(source.passages for source in read), sum(source.facts for source in read)
        return f"{len(read)} documents, {passages} passages, {facts} facts"

    def _persona(self) -> str:
        self._book.send({"type": "navigate", "target_stage": "buyer_persona"})
        first, *more = [turn for turn in self._pack.said("persona") if "back_to_persona" not in turn.tags]
        self._book.say(first.content)
        self._book.draft("draft_buyer_persona", first.content)
        for turn in more:
            self._book.say(turn.content)
            self._add_concern(turn.content)
        persona = self._head_with("buyer_persona").artifacts.buyer_persona
        assert persona is not None
        value = persona.value
        return f"{value.type}: {len(value.motivations)} motivations, {len(value.concerns)} concerns"

    def _add_concern(self, said: str) -> None:
        persona = self._head_with("buyer_persona").artifacts.buyer_persona
        assert persona is not None
        added = re.sub(r"\s*Then lock the persona\.\s*$", "", said.partition(":")[2]).strip()
        value = persona.value.model_dump(mode="json")
        value["concerns"] = [*value["concerns"], added[:1].upper() + added[1:]]
        self._book.send({"type": "save_buyer_persona", "persona": value})

    def _hero(self) -> str:
        turns = self._pack.said("hero")
        before_outline = [turn for turn in turns if turn.n < self._pack.said("outline")[0].n]
        for turn in before_outline:
            self._book.say(turn.content)
        self._book.draft("draft_hero_context", before_outline[-1].content)
        for turn in self._pack.said("contradicts_filing"):
            self._book.say(turn.content)
        return self._hero_line()

    def _hero_line(self) -> str:
        hero = self._head_with("hero_context").artifacts.hero_context
        assert hero is not None
        return hero.value.selected_hero

    def _outline(self) -> str:
        first, second, *_ = self._pack.said("outline")
        self._book.say(first.content)
        self._book.draft("draft_outline", first.content)
        self._book.say(second.content)
        self._book.draft("draft_outline", second.content)
        return self._outline_line()

    def _outline_line(self) -> str:
        return " | ".join(section.title for section in self._head_with("outline").sections)

    def _go_back(self) -> str:
        [turn] = self._pack.said("back_to_persona")
        self._book.say(turn.content)
        self._book.send({"type": "navigate", "target_stage": "buyer_persona", "reason": turn.content})
        self._book.draft("draft_buyer_persona", turn.content)
        head = self._head_with("buyer_persona")
        hero, outline = head.artifacts.hero_context, head.artifacts.outline
        if hero is None or outline is None or not (hero.stale_reason and outline.stale_reason):
            raise DemoFailed("the change of the persona did not mark the hero concept and the outline as stale")
        return f"hero concept and outline are stale: {outline.stale_reason.value}"

    def _hero_again(self) -> str:
        [went_back] = self._pack.said("back_to_persona")
        turn = next(turn for turn in self._pack.said("hero") if turn.n > went_back.n)
        self._book.say(turn.content)
        self._book.draft("draft_hero_context", turn.content)
        return self._hero_line()

    def _outline_again(self) -> str:
        turn = self._pack.said("outline")[-1]
        self._book.say(turn.content)
        self._book.draft("draft_outline", turn.content)
        return self._outline_line()

    def _slides(self) -> str:
        run_id = self._book.start_run("draft_slides")
        self._book.until_run(run_id, lambda run: run.progress.done >= 1 or run.status == "completed")
        killed = self._kill_worker()
        run = self._book.until_run(run_id, lambda run: run.status == "completed")
        return f"{len(self._book.slides())} slides in {run.progress.total} sections; {killed}"

    def _kill_worker(self) -> str:
        pid = self._worker_pid()
        if pid is None:
            return "no worker of this machine to kill"
        os.kill(pid, signal.SIGKILL)
        self._tell(f"    the worker (pid {pid}) was killed with -9; its successor goes on")
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

    def _head_with(self, artifact: str) -> CIMHead:
        head = self._book.head()
        if getattr(head.artifacts, artifact) is None:
            raise DemoFailed(f"there is no {artifact.replace('_', ' ')}")
        return head
