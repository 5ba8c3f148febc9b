"""Writers whose model is a provider on this machine: it writes as the built-in model would, and is held up as told."""

from __future__ import annotations

from collections import Counter
from typing import Any

from langchain_core.messages import HumanMessage

from agents.brief import Brief
from agents.evidence_only.model import compose
from agents.prompts import brief_in
from tests.providers.script import Asked, Reply

from .conftest import Book
from .speaking import last_words
from .test_documents import uploaded

FIGURES = (
    b"Metric,FY2021,FY2022,FY2023,FY2024\n"
    b"Net sales (USD million),700,800,900,1000\n"
    b"Gross profit (USD million),300,360,420,480\n"
    b"EBITDA (USD million),60,75,90,120\n"
)
NOTES = (
    b"# Bluecan\n\n## Markets\n\nThe company sells to retailers and wholesalers in Ruritania.\n\n"
    b"## Products\n\nThe company makes a lubricant in a blue can. It is sold in 12 sizes.\n"
)
SECTIONS = ("Financials", "Markets", "Products")
SECONDS_HELD_UP = 600.0


class Writers:
    """What the provider says. `held_up` sections get no answer, `refused` ones a failure; `asked` counts by section."""

    def __init__(self, held_up: frozenset[str] = frozenset(), refused: frozenset[str] = frozenset()) -> None:
        self.asked: Counter[str] = Counter()
        self.held_up = held_up
        self.refused = refused

    def __call__(self, asked: Asked) -> Reply:
        brief = _brief(asked)
        assert brief.section is not None
        title = brief.section.title
        self.asked[title] += 1
        if title in self.refused:
            return Reply(status=400, error="This section is not to my liking.")
        delay = SECONDS_HELD_UP if title in self.held_up else 0.0
        return Reply(text=compose(brief).model_dump_json(), delay=delay)


def _brief(asked: Asked) -> Brief:
    brief = brief_in([HumanMessage(last_words(asked))])
    assert brief is not None
    return brief


async def slides_of(book: Book) -> list[dict[str, Any]]:
    return (await book.client.get(f"{book.url}/slides", params={"limit": 200})).json()["items"]


async def agents_of(book: Book, run_id: str) -> list[dict[str, Any]]:
    return (await book.client.get(f"/runs/{run_id}/agents", params={"limit": 200})).json()["items"]


async def compose_run(book: Book, **given: Any) -> str:
    await uploaded(book, "figures.csv", FIGURES)
    await uploaded(book, "notes.md", NOTES)
    sections = [{"id": title.lower(), "title": title} for title in SECTIONS]
    await book.done("save_outline", sections=sections)
    response = await book.client.post(f"{book.url}/runs", json={"kind": "compose", "writers_at_once": 3, **given})
    assert response.status_code == 202, response.text
    return response.json()["run_id"]
