"""Facts out of tables and texts of many forms, none of them the example pack's."""

from __future__ import annotations

import pytest

from domain.model import Fact
from evidence.documents import read_document
from evidence.facts import gather_facts
from tests.unit.evidence import samples

Said = tuple[str, str, float | None, str, str]


def gathered(filename: str, data: bytes | str) -> list[Fact]:
    content = data.encode() if isinstance(data, str) else data
    return gather_facts(read_document(filename, content), "source-1")


def said(facts: list[Fact]) -> list[Said]:
    return [(fact.metric, fact.entity, fact.value, fact.unit, fact.period) for fact in facts]


def test_a_workbook_in_thousands_with_years_as_numbers() -> None:
    rows = [
        ["Consolidated statement of income"],
        ["(in thousands of EUR)"],
        [],
        [None, 2022, 2023, "2024E"],
        ["Revenue", 10_500, 12_250, 14_000],
        ["  growth, %", None, 0.1667, 0.1429],
        ["EBITDA", 2_100, 2_600, 3_100],
        ["  margin", 0.2, 0.2122, 0.2214],
        ["Headcount (FTE)", 85, 92, 101],
        ["Net debt / EBITDA (x)", 1.5, 1.2, 0.8],
        ["Net loss", -120, "(80)", 15],
    ]
    found = said(gathered("pl.xlsx", samples.workbook({"P&L": rows}, {"C6": "0.0%", "D6": "0.0%"})))
    assert ("Revenue", "", 10_500, "EUR thousand", "2022") in found
    assert ("Revenue", "", 14_000, "EUR thousand", "2024E") in found
    assert ("Revenue growth", "", 16.67, "percent", "2023") in found
    assert ("EBITDA margin", "", 21.22, "percent", "2023") in found
    assert ("Headcount", "", 92, "people", "2023") in found
    assert ("Net debt / EBITDA", "", 0.8, "x", "2024E") in found
    assert ("Net loss", "", -80, "EUR thousand", "2023") in found
    assert len(found) == 20


def test_groups_over_periods_sections_and_a_unit_column() -> None:
    grouped = [
        ["USD million", "North", None, "South", None],
        ["Item", "FY2023", "FY2024", "FY2023", "FY2024"],
        ["Net sales", 10, 11, 20, 22],
    ]
    sections = [
        ["KPI", "Unit", "Q1 2024", "Q2 2024"],
        ["Customers by region"],
        ["North", "customers", 1_200, 1_300],
        ["Churn", "%", 2.5, 2.1],
        ["Revenue", "$m", 3.5, 3.9],
    ]
    found = said(gathered("kpi.xlsx", samples.workbook({"Regions": grouped, "KPI": sections})))
    assert ("Net sales", "North", 11, "USD million", "FY2024") in found
    assert ("Net sales", "South", 20, "USD million", "FY2023") in found
    assert ("Customers", "North", 1_300, "customers", "Q2 2024") in found
    assert ("Churn", "", 2.1, "percent", "Q2 2024") in found
    assert ("Revenue", "", 3.9, "USD million", "Q2 2024") in found


def test_periods_down_the_side() -> None:
    rows = [
        ["Year", "Revenue (EUR m)", "EBITDA margin", "Employees"],
        ["FY2023", 12.5, "18.2%", 92],
        ["FY2024", 14, "19.0%", 101],
    ]
    found = said(gathered("a.xlsx", samples.workbook({"Data": rows})))
    assert ("Revenue", "", 12.5, "EUR million", "FY2023") in found
    assert ("EBITDA margin", "", 19, "percent", "FY2024") in found
    assert ("Employees", "", 101, "people", "FY2024") in found


def test_one_value_per_row_with_other_names() -> None:
    source = (
        "Country;Customer type;KPI;Year;Amount;Currency;Comment\n"
        "Germany;Retail;Revenue;2024;1,250.5;EUR thousand;audited\n"
        "Germany;Wholesale;Gross margin;2024;42.5%;;\n"
        "All;All;Stores;2024;38;stores;\n"
    )
    found = gathered("channels.csv", source)
    assert said(found) == [
        ("Revenue", "Germany, Retail", 1250.5, "EUR thousand", "2024"),
        ("Gross margin", "Germany, Wholesale", 42.5, "percent", "2024"),
        ("Stores", "", 38, "stores", "2024"),
    ]
    assert found[0].basis == "audited"
    assert found[0].source.locator.startswith("row 2: Germany")


def test_a_wide_csv() -> None:
    found = said(
        gathered("sales_by_region.csv", "Net sales by region (USD m),FY2023,FY2024\nNorth,10.5,11\nSouth,20,22\n")
    )
    assert ("Net sales", "North", 10.5, "USD million", "FY2023") in found
    assert ("Net sales", "South", 22, "USD million", "FY2024") in found


def test_a_label_and_detail_table_in_a_word_document() -> None:
    table = [
        ["Topic", "Details"],
        ["Founded", "1987 in Lyon"],
        ["Employees (FY2024)", "1,240 employees at 6 sites"],
        ["Revenue 2024", "\u20ac85.4 million"],
        ["Phone", "+33 4 72 00 00 00"],
        ["Registration number", "552100554"],
    ]
    facts = gathered("facts.docx", samples.word([("Heading 1", "At a glance")], [table]))
    found = said(facts)
    assert ("Founded", "", 1987, "year", "-") in found
    assert ("Employees", "", 1240, "people", "FY2024") in found
    assert ("Revenue", "", 85.4, "EUR million", "2024") in found
    assert len(found) == 4
    assert [fact.statement for fact in facts][:2] == [
        "Founded: 1987.",
        "Employees: 1,240 employees at 6 sites (FY2024).",
    ]


def test_tables_and_charts_of_a_presentation() -> None:
    found = said(gathered("deck.pptx", samples.deck()))
    assert ("Revenue", "North", 14, "EUR million", "FY2024") in found
    assert ("Employees", "", 245, "people", "FY2024") in found
    assert any(value == 4 and unit == "stores" and period == "2024" for _, _, value, unit, period in found)


def test_a_table_without_rules_in_a_pdf() -> None:
    lines = [("Key figures", 60, 60, 16), ("EUR million", 60, 84, 10)]
    for y, cells in enumerate(
        (["", "FY2022", "FY2023", "FY2024"], ["Revenue", "70.1", "78.0", "85.4"], ["Net income", "(1.2)", "3.4", "5.0"])
    ):
        lines.extend((text, 60 + 110 * x, 110 + 16 * y, 10) for x, text in enumerate(cells) if text)
    found = said(gathered("key.pdf", samples.pdf(lines)))
    assert ("Revenue", "", 85.4, "EUR million", "FY2024") in found
    assert ("Net income", "", -1.2, "EUR million", "FY2022") in found


def test_running_text() -> None:
    text = (
        "In 2023, revenue rose by 12% to \u20ac85.4 million. The company employs 1,240 people at 6 sites.\n\n"
        "EBITDA fell from $10.2 million in FY2022 to $9.1 million in FY2023.\n\n"
        "Roughly 35% of revenue came from Germany in FY2023. Net debt was 1.8x EBITDA.\n\n"
        "Call +49 30 1234567 or see page 12, note 3, and Form 20-F. The factory opened on 12 May 2019."
    )
    found = said(gathered("note.txt", text))
    assert ("Revenue growth", "", 12, "percent", "2023") in found
    assert ("Revenue", "", 85.4, "EUR million", "2023") in found
    assert ("Employees", "", 1240, "people", "") in found
    assert ("EBITDA", "", 10.2, "USD million", "FY2022") in found
    assert ("EBITDA", "", 9.1, "USD million", "FY2023") in found
    assert ("Share of revenue", "Germany", 35, "percent", "FY2023") in found
    assert ("Net debt", "", 1.8, "x", "") in found
    assert len(found) == 8


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kari Nes joined in 2017. The engineering team counts 27 people.", ("Employees", 27, "")),
        ("In 2017 Kari Nes joined. The engineering team was 27 people.", ("Employees", 27, "")),
        ("2017 saw a new chief engineer. The engineering team counts 27 people.", ("Employees", 27, "")),
        ("The plant was modernised in FY2021. It employs 27 people.", ("Employees", 27, "")),
        ("FY2021 was hard. Prices were cut. Revenue fell by $12 million.", ("Revenue decrease", 12, "")),
        ("FY2021 was hard. Revenue fell by $12 million.", ("Revenue decrease", 12, "FY2021")),
        ("# Results of FY2021\n\nRevenue fell by $12 million.", ("Revenue decrease", 12, "FY2021")),
        ("The company has 27 people. It won a prize in 2019.", ("Employees", 27, "")),
    ],
)
def test_a_period_is_taken_from_its_own_sentence(text: str, expected: tuple[str, float, str]) -> None:
    """Or from the heading, or from a sentence right before that has the period as its subject, for what happened."""
    found = [(metric, value, period) for metric, _, value, _, period in said(gathered("note.md", text))]
    assert found == [expected]


def test_a_fact_quotes_its_sentence_and_names_its_place() -> None:
    facts = gathered("qa.md", "## Q3. How many stores?\n\nMG: [opinion] We run 38 stores today.\n")
    assert said(facts) == [("Stores", "", 38, "stores", "")]
    fact = facts[0]
    assert fact.statement == "We run 38 stores today."
    assert fact.source.quote == "MG: [opinion] We run 38 stores today."
    assert fact.source.locator == "Q3. How many stores?, paragraph 1"
    assert fact.basis == "stated as opinion"


def test_too_many_facts_keep_the_complete_ones() -> None:
    rows = [["Item", "FY2024", "Other"], *([f"Line {number}", number + 0.5, number + 0.25] for number in range(60))]
    document = read_document("a.xlsx", samples.workbook({"Data": rows}))
    facts = gather_facts(document, "source-1", limit=60)
    assert len(facts) == 60
    assert {fact.period for fact in facts} == {"FY2024"}


OVERVIEW = """# Northwind Pumps: overview

## 2. Business
Northwind was founded in 1987 and employs roughly 1,240 people in 6 plants. It sold 45,000 pumps in FY2023, up
from 41,200 in FY2022. The order backlog stood at EUR 38.2 million at the end of December 2023.

The top ten customers account for 42% of revenue; the largest customer represents 9%. Customer retention was
96% in 2023.

Adjusted EBITDA margin improved by 150 basis points to 18.4% in FY2023. Capex was 4.1% of sales. Revenue CAGR
between FY2020 and FY2023 was 11.3%.

In Germany, revenue fell 3% to €22.1 million. Service revenue accounted for 27% of group revenue in FY2023,
compared with 24% in FY2021.

The lease runs until 30 June 2031 at €1.2m a year. The factory covers 12,500 square metres on a 3-hectare
site. Warranty is 24 months. It holds 57 patents in 12 countries (as of 31 December 2023).

Management expects revenue of between €95 million and €100 million in 2025. Net debt/EBITDA was 1.8x.

- Revenue FY2023: €85.4 million
- EBITDA (FY2023): €15.7m, 18.4% margin
- Page 4 of 12, ISO 9001:2015, EN 1090-2
"""


def test_an_overview_of_another_company() -> None:
    assert said(gathered("overview.md", OVERVIEW)) == [
        ("Founded", "", 1987.0, "year", "-"),
        ("Employees", "", 1240.0, "people", ""),
        ("Plants", "", 6.0, "plants", ""),
        ("Pumps", "", 45000.0, "pumps", "FY2023"),
        ("Order backlog", "", 38.2, "EUR million", "2023"),
        ("Share of revenue", "Top ten customers", 42.0, "percent", ""),
        ("Share of revenue", "Largest customer", 9.0, "percent", ""),
        ("Retention", "Customer", 96.0, "percent", "2023"),
        ("Adjusted EBITDA margin increase", "", 150.0, "basis points", "FY2023"),
        ("Adjusted EBITDA margin", "", 18.4, "percent", "FY2023"),
        ("Share of sales", "Capex", 4.1, "percent", ""),
        ("Revenue CAGR", "", 11.3, "percent", "FY2023"),
        ("Revenue decline", "Germany", 3.0, "percent", ""),
        ("Revenue", "Germany", 22.1, "EUR million", ""),
        ("Share of revenue", "Service revenue", 27.0, "percent", "FY2023"),
        ("Share of revenue", "Service revenue", 24.0, "percent", "FY2021"),
        ("Square metres", "", 12500.0, "square metres", ""),
        ("Hectare", "", 3.0, "hectare", ""),
        ("Patents", "", 57.0, "patents", "2023"),
        ("Countries", "", 12.0, "countries", "2023"),
        ("Revenue (low end)", "", 95.0, "EUR million", "2025 guidance"),
        ("Revenue (high end)", "", 100.0, "EUR million", "2025 guidance"),
        ("Net debt/EBITDA", "", 1.8, "x", ""),
        ("Revenue", "", 85.4, "EUR million", "FY2023"),
        ("EBITDA", "", 15.7, "EUR million", "FY2023"),
        ("EBITDA margin", "", 18.4, "percent", "FY2023"),
    ]
