"""The coder: figures derived by formulas, with their sources, and what becomes of wrong specifications."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from temporalio.exceptions import ApplicationError

from agents.brief import Evidence
from agents.compose.briefs import CodeBrief
from agents.compose.building import InvalidSpec, build
from agents.compose.outputs import ChartSpec, FinancialModelSpec, RowSpec, SeriesSpec, Specifications
from agents.evidence_only.model import EvidenceOnlyChatModel
from agents.prompts import block_in
from agents.selection import kept
from domain.model import ChartComponent, TableComponent
from evidence.consistency import check_book
from tests.unit.agents.compose.crew import SECTIONS, Crew, outlined
from tests.unit.agents.packs import MemoryBook

FINANCIALS = "s2"


def evidence_of(book: MemoryBook) -> Evidence:
    facts, passages = kept(book.kept_facts, book.kept_passages)
    return Evidence(facts=facts, passages=passages, sources=tuple(book.kept_sources))


def ref(evidence: Evidence, metric: str, period: str) -> str:
    """The figure of the workbook for a metric and a period."""
    found = (
        number
        for number, fact in enumerate(evidence.facts)
        if (fact.metric, fact.period, fact.entity) == (metric, period, "") and "!" in fact.source.locator
    )
    return evidence.fact_ref(next(found))


async def test_the_planned_chart_and_model_are_built_and_every_figure_is_borne_out() -> None:
    crew = Crew(outlined(*SECTIONS))
    plan = await crew.make_plan()
    coded = await crew.run("code", "coder", {"section_ids": [FINANCIALS]})
    assert (coded["saved"], coded["faults"], coded["attempt"]) == (2, 0, 1)
    bodies = {body.title: body for body in crew.book.bodies().values()}
    section = plan.section(FINANCIALS)
    assert section is not None
    assert set(bodies) == {item.title for item in section.for_coder}
    chart = next(c for body in bodies.values() for c in body.components if isinstance(c, ChartComponent))
    assert (chart.categories, chart.series[0].values, chart.unit) == (
        ("FY2022", "FY2023", "FY2024"),
        (6.3, 3.6, 9.9),
        "percent",
    )
    assert chart.series[0].name == "Growth of net sales (derived)"
    table = next(c for body in bodies.values() for c in body.components if isinstance(c, TableComponent))
    assert table.rows[0] == ("Net sales (USD million)", 488.1, 518.8, 537.3, 590.6)
    assert ("Gross profit as a share of net sales (percent, derived)", 54.0, 49.1, 51.0, 53.4) in table.rows
    anchored = {source.anchor for source in table.sources}
    numbers = {
        f"r{r}c{c}" for r, row in enumerate(table.rows) for c, cell in enumerate(row) if isinstance(cell, float | int)
    }
    assert anchored == numbers
    book = await crew.book.book(crew.book.address.cim_id)
    assert book is not None
    assert [one for one in check_book(book, crew.book.kept_passages) if one.kind == "unsupported_figure"] == []


async def test_the_coder_takes_its_own_slides_again_and_leaves_the_others_alone() -> None:
    crew = Crew(outlined(*SECTIONS))
    await crew.make_plan()
    await crew.run("write", "writer", {"section_ids": [FINANCIALS]})
    await crew.run("code", "coder", {"section_ids": [FINANCIALS]})
    before = {slide.id: slide.rev for slide in crew.book.slide_heads()}
    await crew.run("code", "coder", {"section_ids": [FINANCIALS]})
    assert {slide.id for slide in crew.book.slide_heads()} == set(before)


@pytest.mark.parametrize(
    ("points", "why"),
    [
        (["F1 * 1.05"], "no numbers of its own"),
        (["F99999"], "no figure F99999"),
        (["{sales}", "{sales}"], "has 2 formulas; it needs 1"),
        (["growth({before}, {before})", ""], "has 2 formulas; it needs 1"),
        (["{before}"], "is of FY2023"),
        (["{sales} + {margin}"], "do not go together"),
        ([""], "has no figure"),
    ],
)
def test_a_chart_that_cannot_be_computed_is_refused_with_the_reason(points: list[str], why: str) -> None:
    evidence = evidence_of(outlined(*SECTIONS))
    names = {
        "sales": ref(evidence, "Net sales", "FY2024"),
        "before": ref(evidence, "Net sales", "FY2023"),
        "margin": ref(evidence, "Gross margin", "FY2024"),
    }
    series = SeriesSpec(name="Sales", points=[point.format(**names) for point in points])
    spec = ChartSpec(topic="sales", title="Sales", kind="bar", categories=["FY2024"], series=[series])
    with pytest.raises(InvalidSpec, match=why):
        build(spec, FINANCIALS, evidence)


def test_figures_of_different_units_do_not_share_a_chart_or_a_row() -> None:
    evidence = evidence_of(outlined(*SECTIONS))
    sales, margin = ref(evidence, "Net sales", "FY2024"), ref(evidence, "Gross margin", "FY2024")
    series = [SeriesSpec(name="Sales", points=[sales]), SeriesSpec(name="Margin", points=[margin])]
    chart = ChartSpec(topic="both", title="Both", kind="line", categories=["FY2024"], series=series)
    with pytest.raises(InvalidSpec, match="one unit"):
        build(chart, FINANCIALS, evidence)
    row = RowSpec(label="Both", cells=[sales, margin])
    model = FinancialModelSpec(topic="both", title="Both", periods=["FY2024", "FY2024"], rows=[row])
    with pytest.raises(InvalidSpec, match="one unit"):
        build(model, FINANCIALS, evidence)


def test_a_title_with_a_figure_that_no_document_has_is_not_taken() -> None:
    evidence = evidence_of(outlined(*SECTIONS))
    row = RowSpec(label="Net sales", cells=[ref(evidence, "Net sales", "FY2024")])
    spec = FinancialModelSpec(topic="sales-model", title="Sales of $999.9 million", periods=["FY2024"], rows=[row])
    assert build(spec, FINANCIALS, evidence).title == "Sales model"


class CarelessCoder(EvidenceOnlyChatModel):
    """Writes numbers into its formulas as often as `times`, and is told what is wrong."""

    times: Any
    told: Any

    async def _agenerate(self, messages: Any, *args: Any, **kwargs: Any) -> ChatResult:
        result = self._generate(messages, *args, **kwargs)
        if kwargs["answers_as"] is not Specifications:
            return result
        self.told.append(CodeBrief.model_validate_json(block_in(messages)).errors)
        if not self.times:
            return result
        self.times.pop()
        text = result.generations[0].message.text.replace("growth(", "1.1 * growth(")
        return ChatResult(generations=[ChatGeneration(message=AIMessage(text))])


async def test_a_specification_that_is_wrong_goes_back_once_with_the_errors() -> None:
    told: list[tuple[str, ...]] = []
    times = [1]
    crew = Crew(outlined(*SECTIONS), lambda: CarelessCoder(times=times, told=told))
    await crew.make_plan()
    coded = await crew.run("code", "coder", {"section_ids": [FINANCIALS]})
    assert (coded["saved"], coded["attempt"]) == (2, 2)
    assert told[0] == ()
    assert any("no numbers of its own" in error for error in told[1])


async def test_what_stays_wrong_fails_with_the_reason_and_nothing_wrong_is_saved() -> None:
    told: list[tuple[str, ...]] = []
    crew = Crew(outlined(*SECTIONS), lambda: CarelessCoder(times=[1] * 9, told=told))
    await crew.make_plan()
    with pytest.raises(ApplicationError, match="Not everything could be built") as failed:
        await crew.run("code", "coder", {"section_ids": [FINANCIALS]})
    assert failed.value.non_retryable
    assert "no numbers of its own" in str(failed.value)
    assert len(told) == 2
    assert crew.book.slide_heads() == []
