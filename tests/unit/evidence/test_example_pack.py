"""Facts gathered from the example pack, against the facts that its makers list."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

from domain.model import Fact
from evidence.conflicts import conflicts_in
from evidence.documents import read_document
from evidence.facts import gather_facts
from evidence.figures import unsupported_figures
from evidence.model import Document
from evidence.periods import same_period
from evidence.retrieval import PassageIndex
from evidence.units import understood

PACK = Path(__file__).parents[3] / "examples" / "wd40"
FILES = (
    "company_overview.docx",
    "financials.xlsx",
    "customers_and_channels.csv",
    "management_interview.md",
    "market_note.pdf",
)
WORST_RECALL = 1.0


@cache
def documents() -> dict[str, Document]:
    return {name: read_document(name, (PACK / name).read_bytes()) for name in FILES}


@cache
def facts() -> dict[str, list[Fact]]:
    return {
        name: gather_facts(document, f"source-{index}") for index, (name, document) in enumerate(documents().items())
    }


def listed() -> dict[str, Any]:
    return json.loads((PACK / "facts.json").read_text())


_ORDINALS = {"first": "1", "second": "2", "third": "3", "fourth": "4"}


def _place(name: str, given: str, fact: Fact) -> bool:
    locator = fact.source.locator
    if name.endswith("xlsx"):
        return locator == given
    if name.endswith("csv"):
        return all(part.strip() in locator for part in given.split(";"))
    wanted = re.sub(r"(first|second|third|fourth) (\w+)", lambda match: f"{match[2]} {_ORDINALS[match[1]]}", given)
    return wanted in locator


def _agrees(name: str, entry: dict[str, Any], value: float, fact: Fact) -> bool:
    unit, other = understood(entry["unit"]), understood(fact.unit)
    period = entry["period"].replace(" annual report", "")
    return (
        fact.value is not None
        and abs(fact.value * other.scale - value * unit.scale) <= 1e-9 * abs(value * unit.scale)
        and unit.family == other.family
        and (fact.period == period or same_period(fact.period, period))
        and _place(name, entry["locator"], fact)
    )


def test_the_listed_facts_are_found_where_they_stand() -> None:
    entries = listed()["facts"]
    missed: list[str] = []
    for entry in entries:
        ends = [float(end) for end in str(entry["value"]).split("-")]
        found = facts()[entry["source_file"]]
        if not all(any(_agrees(entry["source_file"], entry, end, fact) for fact in found) for end in ends):
            missed.append(f"{entry['id']} {entry['statement']} {entry['value']} {entry['unit']} ({entry['locator']})")
    assert 1 - len(missed) / len(entries) >= WORST_RECALL, "\n".join(missed)


def test_both_sides_of_each_planted_contradiction_are_found() -> None:
    for entry in listed()["contradictions"]:
        right = {fact.value for fact in facts()[entry["correct_in"]["source_file"]]}
        wrong = {fact.value for fact in facts()[entry["wrong_in"]["source_file"]]}
        assert entry["correct_value"] in right, entry["topic"]
        assert entry["wrong_value"] in wrong, entry["topic"]


def test_nothing_that_is_no_figure_becomes_a_fact() -> None:
    every = [fact for found in facts().values() for fact in found]
    years = [
        fact.statement
        for fact in every
        if fact.value in {float(year) for year in range(1900, 2030)} and fact.unit != "year"
    ]
    assert years == []
    assert [
        fact.statement for fact in every if fact.value in {31.0, 1001.0, 2000.0, 40.0} and fact.unit != "percent"
    ] == []
    assert [fact.statement for fact in every if not fact.unit or not fact.metric] == []
    assert [fact.metric for fact in every if len(fact.metric) > 60 or re.search(r"\d{3}", fact.metric)] == []


def test_every_fact_can_be_traced_and_has_its_own_id() -> None:
    ids = [fact.id for found in facts().values() for fact in found]
    assert len(ids) == len(set(ids))
    for name, found in facts().items():
        passages = {passage.passage_id: passage for passage in documents()[name].passages}
        for fact in found:
            assert fact.source.passage_id in passages
            text = passages[fact.source.passage_id].text
            first = (fact.source.quote or "").split(" | ")[0].split("; ")[0]
            assert first[:40] in " ".join(text.split()), (first, text)


def test_the_ids_stay_the_same() -> None:
    name = "company_overview.docx"
    again = gather_facts(read_document("renamed.docx", (PACK / name).read_bytes()), "source-0")
    assert [fact.id for fact in again] == [fact.id for fact in facts()[name]]


def test_segments_are_told_from_the_company() -> None:
    by_entity = {
        fact.entity: fact.value
        for fact in facts()["customers_and_channels.csv"]
        if fact.metric == "Net sales" and fact.period == "FY2024"
    }
    assert by_entity == {"Americas": 281.9, "EIMEA": 221.0, "Asia-Pacific": 87.6, "": 590.6}


def test_figures_of_the_conversation_are_checked_against_the_facts() -> None:
    every = [fact for found in facts().values() for fact in found]
    wrong = unsupported_figures("Sales went from $573.3 million in FY2023 to $590.6 million in FY2024.", every)
    assert [figure.text for figure in wrong] == ["$573.3 million"]
    assert [f.value for f in unsupported_figures("State that FY2024 EBITDA was $200 million.", every)] == [200]


def test_questions_find_their_passage() -> None:
    index = PassageIndex([passage for document in documents().values() for passage in document.passages])
    for question in listed()["questions"]:
        best = index.search(question["question"], 8)
        wanted = {f"{question['answer']:g}", f"{question['answer']:.1f}", f"{question['answer']:.2f}"}
        assert any(any(form in hit.passage.text for form in wanted) for hit in best), question["question"]


def test_exactly_the_planted_contradictions_are_found() -> None:
    every = [fact for found in facts().values() for fact in found]
    pairs = {frozenset({conflict.one.value, conflict.other.value}) for conflict in conflicts_in(every)}
    planted = {frozenset({entry["correct_value"], entry["wrong_value"]}) for entry in listed()["contradictions"]}
    assert pairs == planted
