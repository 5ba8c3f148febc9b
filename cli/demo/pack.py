"""A pack: the documents of a company and the conversation of its deal team."""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict

from cli.demo.client import DemoFailed

DOCUMENTS = (".docx", ".xlsx", ".pdf", ".csv", ".md", ".txt", ".pptx")


class Turn(BaseModel):
    """One thing that the deal team says, in its stage; `tags` say what it is about."""

    model_config = ConfigDict(extra="ignore")

    n: int
    stage: str
    content: str
    tags: tuple[str, ...] = ()
    expect: str = ""


class Pack:
    def __init__(self, folder: Path) -> None:
        conversation = folder / "conversation.jsonl"
        if not conversation.exists():
            raise DemoFailed(f"{folder} is no pack: it has no conversation.jsonl")
        lines = conversation.read_text().splitlines()
        self.turns = [Turn.model_validate_json(line) for line in lines if line.strip()]
        self.documents = sorted(
            path for path in folder.iterdir() if path.suffix in DOCUMENTS and path.stem.lower() != "readme"
        )

    def said(self, tag: str, stage: str | None = None) -> list[Turn]:
        """The turns with a tag, in order."""
        return [turn for turn in self.turns if tag in turn.tags and stage in (None, turn.stage)]
