"""A book composed over HTTP: the plan is looked over and changed, then written, reviewed and computed."""

from __future__ import annotations

import asyncio
import time
from typing import Any

from .conftest import Book
from .test_documents import until_over, uploaded

FIGURES = (
    b"Metric,FY2021,FY2022,FY2023,FY2024\n"
    b"Net sales (USD million),700,800,900,1000\n"
    b"Gross profit (USD million),300,360,420,480\n"
    b"EBITDA (USD million),60,75,90,120\n"
)
NOTES = b"# Bluecan\n\n## Markets\n\nThe company sells to retailers and wholesalers in Ruritania.\n"
OVER = {"completed", "failed", "cancelled"}


async def composed(book: Book, **given: Any) -> str:
    await uploaded(book, "figures.csv", FIGURES)
    await uploaded(book, "notes.md", NOTES)
    sections = [{"id": "financials", "title": "Financials"}, {"id": "markets", "title": "Markets and channels"}]
    await book.done("save_outline", sections=sections)
    response = await book.client.post(f"{book.url}/runs", json={"kind": "compose", **given})
    assert response.status_code == 202, response.text
    return response.json()["run_id"]


async def asked(book: Book) -> dict[str, Any]:
    ends = time.monotonic() + 60
    while time.monotonic() < ends:
        items = (await book.client.get(f"{book.url}/requests")).json()["items"]
        if items:
            return items[0]
        await asyncio.sleep(0.1)
    raise AssertionError("nobody was asked")


async def test_a_person_changes_the_plan_and_the_book_is_written_by_it(book: Book) -> None:
    run_id = await composed(book)
    request = await asked(book)
    assert request["kind"] == "plan"
    plan = request["body"]["arguments"]
    financials = next(section for section in plan["sections"] if section["section_id"] == "financials")
    financials["items"][0]["title"] = "What the company earns"
    answer = {"approved": True, "arguments": {**plan, "sections": [financials]}}
    response = await book.client.post(f"/runs/{run_id}/answers/{request['id']}", json=answer)
    assert response.status_code == 200, response.text
    run = await until_over(book.client, f"/runs/{run_id}", OVER)
    assert run["status"] == "completed", run
    slides = (await book.client.get(f"{book.url}/slides")).json()["items"]
    assert {slide["section_id"] for slide in slides} == {"financials"}
    assert {slide["title"] for slide in slides} == {item["title"] for item in financials["items"]}
    derived = [slide for slide in slides if "derived" in str(slide["components"])]
    assert {slide["layout_type"] for slide in derived} == {"chart", "table"}
    findings = (await book.client.get(f"{book.url}/findings")).json()["items"]
    assert [one for one in findings if one["kind"] in ("unsupported_figure", "contradicted_figure")] == []
    agents = (await book.client.get(f"/runs/{run_id}/agents")).json()["items"]
    assert sorted(one["agent_type"] for one in agents) == ["coder", "planner", "reviewer", "writer"]
    assert {one["status"] for one in agents} == {"completed"}
    [planner] = [one for one in agents if one["agent_type"] == "planner"]
    steps = (await book.client.get(f"/runs/{run_id}/steps", params={"agent_id": planner["id"]})).json()["items"]
    assert [step["node"] for step in steps] == ["gather", "plan", "ask", "settle"]


async def test_a_run_that_was_stopped_over_its_plan_leaves_nothing_open_and_can_be_taken_up(book: Book) -> None:
    run_id = await composed(book)
    await asked(book)
    assert (await book.client.post(f"/runs/{run_id}/cancel")).status_code == 202
    assert (await until_over(book.client, f"/runs/{run_id}", OVER))["status"] == "cancelled"
    assert (await book.client.get(f"{book.url}/requests")).json()["items"] == []
    response = await book.client.post(f"/runs/{run_id}/resume")
    assert response.status_code == 202, response.text
    again = response.json()["run_id"]
    resumed = (await book.client.get(f"/runs/{again}")).json()
    assert resumed["bounds"] == (await book.client.get(f"/runs/{run_id}")).json()["bounds"]
    request = await asked(book)
    given = {"approved": True}
    assert (await book.client.post(f"/runs/{again}/answers/{request['id']}", json=given)).status_code == 200
    run = await until_over(book.client, f"/runs/{again}", OVER)
    assert run["status"] == "completed", run
    slides = (await book.client.get(f"{book.url}/slides")).json()["items"]
    assert {slide["section_id"] for slide in slides} == {"financials", "markets"}
