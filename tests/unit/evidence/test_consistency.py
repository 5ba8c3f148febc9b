"""A book held against its documents: what is contradicted, not borne out or unlinked is found, and nothing else."""

from __future__ import annotations

import time

import pytest

from domain.model import ChartComponent, ChartSeries, MetricComponent, QuoteComponent, TableComponent, TextComponent
from evidence.derived import FormulaError, evaluate, stated
from evidence.model import ReadLimits
from tests.unit.evidence.checked import Pack, bullets, slide, told

FIGURES = """Line item (EUR million),FY2022,FY2023,FY2024
Revenue,120.4,131.0,150.2
Gross profit,48.0,54.1,63.9
EBITDA,14.2,16.9,21.3
Revenue growth (%),5.1,8.8,14.7
"""
PROFILE = """# Kestrel Pumps: profile

## 1. Business

Kestrel Pumps makes pumps for water works. The company employs 640 people in 9 countries.
Revenue in FY2024 was EUR 150.2 million.

## 2. Customers

The ten largest customers make up 31% of revenue. Customer names are not disclosed.

## 3. Northern Region

Revenue was EUR 40.5 million in FY2024.
"""
NOTE = """# Note of the bank

EBITDA reached EUR 23.1 million in FY2024. Revenue in FY2023 was EUR 131 million.
"""


@pytest.fixture(scope="module")
def pack() -> Pack:
    return Pack().read("figures.csv", FIGURES).read("profile.md", PROFILE)


@pytest.fixture(scope="module")
def disputed() -> Pack:
    return Pack().read("figures.csv", FIGURES).read("profile.md", PROFILE).read("note.md", NOTE)


@pytest.mark.parametrize(
    "sentence",
    [
        "Revenue was EUR 150.2 million in FY2024.",
        "Revenue came to about EUR 150 million in fiscal year 2024.",
        "Revenue was EUR 0.15 billion in FY2024.",
        "Revenue rose from EUR 131.0 million to EUR 150.2 million in FY2024.",
        "Revenue grew from EUR 120.4 million in FY2022 to EUR 150.2 million in FY2024.",
        "The ten largest customers make up 31% of revenue.",
        "Revenue of the Northern Region was EUR 40.5 million in FY2024.",
        "The company employs 640 people.",
        "There are 3 reasons to look at it, on 2 pages.",
    ],
)
def test_what_the_documents_say_is_let_be(pack: Pack, sentence: str) -> None:
    assert told(pack.check(slide(bullets(sentence, sources=[pack.place(150.2)])))) == []


@pytest.mark.parametrize(
    ("sentence", "kind", "figure"),
    [
        ("Revenue was EUR 105.2 million in FY2024.", "contradicted_figure", "EUR 105.2 million"),
        ("Revenue was EUR 150.2 million in FY2023.", "contradicted_figure", "EUR 150.2 million"),
        ("Revenue went from EUR 113.0 million in FY2023 to EUR 150.2 million in FY2024.", "contradicted_figure",
         "EUR 113.0 million"),
        ("FY2024 EBITDA was EUR 30 million.", "contradicted_figure", "EUR 30 million"),
        ("Revenue was EUR 40.5 million in FY2024.", "contradicted_figure", "EUR 40.5 million"),
        ("The company employs 730 people.", "unsupported_figure", "730 people"),
        ("The order book stands at EUR 77 million.", "unsupported_figure", "EUR 77 million"),
        ("Gross profit rose by EUR 9.8 million in FY2024.", "unsupported_figure", "EUR 9.8 million"),
    ],
)  # fmt: skip
def test_what_the_documents_do_not_say_blocks(pack: Pack, sentence: str, kind: str, figure: str) -> None:
    findings = pack.check(slide(bullets(sentence, sources=[pack.place(150.2)])))
    assert told(findings) == [(kind, figure)]
    assert all(finding.blocks for finding in findings)


def test_a_contradiction_names_both_places(disputed: Pack) -> None:
    shown = MetricComponent(
        type="metric", label="EBITDA", value=21.3, unit="EUR million", period="FY2024",
        sources=(disputed.place(21.3),),
    )  # fmt: skip
    findings = disputed.check(slide(shown, layout="metrics"))
    [on_slide] = [finding for finding in findings if finding.slide_id]
    assert (on_slide.kind, on_slide.figure, on_slide.component_id) == ("contradicted_figure", "21.3", "c1")
    assert [place.source_id for place in on_slide.places] == ["figures-csv", "note-md"]
    assert "EUR 23.1 million in note.md" in on_slide.message
    [conflict] = [finding for finding in findings if not finding.slide_id]
    assert conflict.kind == "source_conflict"
    assert not conflict.blocks
    assert conflict.figure == "EUR 21.3 million / EUR 23.1 million"


def test_one_figure_shown_in_several_places_of_a_slide_is_found_once(disputed: Pack) -> None:
    place = disputed.place(21.3)
    table = TableComponent(
        type="table", columns=("EUR million", "FY2024"), rows=(("EBITDA", 21.3),),
        sources=(place.model_copy(update={"anchor": "r0c1"}),),
    )  # fmt: skip
    text = TextComponent(type="text", text="EBITDA was EUR 21.3 million in FY2024.", sources=(place,))
    found = disputed.check(slide(table, text, title="EBITDA of EUR 21.3 million in FY2024", sources=[place]))
    assert told(found) == [("contradicted_figure", "EUR 21.3 million")]


def test_ids_stay_while_figure_and_sources_stay(disputed: Pack) -> None:
    one = slide(bullets("EBITDA was EUR 21.3 million in FY2024.", sources=[disputed.place(21.3)]))
    other = slide(
        bullets("A word before.", "EBITDA was EUR 21.3 million in FY2024!", sources=[disputed.place(21.3)]),
        title="Another title",
    )
    corrected = slide(bullets("EBITDA was EUR 21.4 million in FY2024.", sources=[disputed.place(21.3)]))
    first, second, third = (
        {finding.id for finding in disputed.check(each) if finding.blocks} for each in (one, other, corrected)
    )
    assert first == second
    assert not first & third


def test_a_cell_must_be_what_its_own_source_gives(pack: Pack) -> None:
    def found(value: float) -> list[tuple[str, str]]:
        table = TableComponent(
            type="table", columns=("What we show", "Last year"), rows=(("The first", value),),
            sources=(pack.place(63.9, anchor="r0c1"),),
        )  # fmt: skip
        return told(pack.check(slide(table, layout="table")))

    assert found(63.9) == []
    assert found(150.2) == [("unsupported_figure", "150.2")]


def test_columns_and_axes_say_which_period_a_figure_is_of(pack: Pack) -> None:
    swapped = TableComponent(
        type="table", columns=("EUR million", "FY2023", "FY2024"), rows=(("Revenue", 150.2, 131.0),),
        sources=(pack.place(150.2),),
    )  # fmt: skip
    assert told(pack.check(slide(swapped))) == [("contradicted_figure", "150.2"), ("contradicted_figure", "131")]
    chart = ChartComponent(
        type="chart", kind="bar", categories=("FY2022", "FY2023", "FY2024"), unit="EUR million",
        series=(ChartSeries(name="EBITDA", values=(14.2, 16.9, 22.3)),), sources=(pack.place(14.2),),
    )  # fmt: skip
    assert told(pack.check(slide(chart))) == [("contradicted_figure", "22.3")]


def test_a_derived_figure_stands_on_its_formula(pack: Pack) -> None:
    facts = {fact.value: fact for fact in pack.facts if fact.source.source_id == "figures-csv"}
    inputs = {"F1": facts[21.3], "F2": facts[150.2]}

    def found(value: float, unit: str = "percent", formula: str = "F1 / F2") -> list[tuple[str, str]]:
        metric = MetricComponent(
            type="metric", label="EBITDA margin", value=value, unit=unit, period="FY2024",
            sources=stated(formula, inputs),
        )  # fmt: skip
        return told(pack.check(slide(metric)))

    assert found(14.2) == []
    assert found(14.3) == [("unsupported_figure", "14.3")]
    assert found(7.1, "x", "F2 / F1") == []
    forged = stated("F1 / F2", inputs)[0].model_copy(update={"quote": "= 75 / 150.2"})
    metric = MetricComponent(type="metric", label="Margin", value=49.9, unit="percent", sources=(forged,))
    assert told(pack.check(slide(metric))) == [("unsupported_figure", "49.9")]


@pytest.mark.parametrize(
    "formula",
    ["= 1 / 0", "= (1", "= 9 ^ 9 ^ 9", "= __import__('os')", "= a + 1", "= 'x' * 9", "= 1e999", "= " + "-" * 599],
)
def test_only_plain_arithmetic_is_worked_out(formula: str) -> None:
    with pytest.raises(FormulaError):
        evaluate(formula)


def test_claims_without_a_source_are_told_and_do_not_block(pack: Pack) -> None:
    place = pack.place(150.2)
    findings = pack.check(
        slide(
            bullets(
                "Customers stay for decades.", "Opinion of management: the brand is strong.", "Not in the documents."
            ),
            TextComponent(type="text", text="Everybody in the industry knows the name."),
            QuoteComponent(type="quote", text="We never close on time.", by="Management voice (opinion)"),
            TextComponent(type="text", text="Revenue was EUR 150.2 million in FY2024.", sources=(place,)),
        )
    )
    assert [(finding.kind, finding.component_id, finding.anchor) for finding in findings] == [
        ("unlinked_claim", "c1", "i0"),
        ("unlinked_claim", "c2", ""),
    ]
    assert not any(finding.blocks for finding in findings)


def test_sources_of_the_slide_stand_for_components_without_any(pack: Pack) -> None:
    text = TextComponent(type="text", text="Everybody in the industry knows the name.")
    assert pack.check(slide(text, sources=[pack.place(150.2)])) == []


def test_an_opinion_may_lack_a_source_but_not_contradict_one(pack: Pack) -> None:
    assert pack.check(slide(bullets("Opinion of management: the market will grow by 4% a year."))) == []
    against = slide(bullets("Opinion of management: revenue was EUR 170 million in FY2024."))
    assert told(pack.check(against)) == [("contradicted_figure", "EUR 170 million")]


def test_other_scope_period_or_basis_is_no_contradiction() -> None:
    other = """# Segments

## Northern Region

Revenue was EUR 40.5 million in FY2024. Adjusted EBITDA was EUR 22.0 million in FY2024.

## Outlook

For FY2025 the company guided to revenue of EUR 160 million to EUR 165 million.
Revenue in Q4 FY2024 was EUR 39.9 million. Recurring revenue was EUR 61 million in FY2024.
"""
    pack = Pack().read("figures.csv", FIGURES).read("segments.md", other)
    regional = "Revenue of the Northern Region was EUR 40.5 million in FY2024."
    shown = slide(bullets(regional, "EBITDA was EUR 21.3 million in FY2024.", sources=[pack.place(21.3)]))
    assert [finding.message for finding in pack.check(shown) if finding.blocks] == []


def test_hundreds_of_slides_over_thousands_of_facts_are_checked_in_time() -> None:
    rows = "\n".join(f"Measure {n} of unit {n % 7},{n}.1,{n}.2,{n}.3" for n in range(1, 650))
    pack = Pack().read("large.csv", f"Line item (EUR million),FY2022,FY2023,FY2024\n{rows}\n")
    assert len(pack.facts) > 1_900
    slides = [
        slide(
            bullets(
                *(f"Measure {n} came to EUR {n}.3 million in FY2024." for n in range(start, start + 3)),
                sources=[pack.place(float(f"{start}.3"))],
            ),
            slide_id=f"s{start}",
        )
        for start in range(1, 600, 3)
    ]
    began = time.process_time()
    findings = pack.check(*slides)
    assert [finding.message for finding in findings if finding.blocks] == []
    assert time.process_time() - began < 20
    assert ReadLimits().max_passages >= len(pack.passages)
