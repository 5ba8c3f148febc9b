"""Packs of other companies, in other forms, give books of the same kind; nothing in the rules knows the example."""

from __future__ import annotations

import io
import re
from pathlib import Path

import docx
import openpyxl

import agents.evidence_only
from domain.model import SlideBody
from tests.unit.agents.drafting import draft
from tests.unit.agents.linked import unlinked
from tests.unit.agents.packs import MemoryBook

INCOME = (
    ("", "Q1 2024", "Q2 2024", "Q3 2024", "Q4 2024", "FY2023", "FY2024"),
    ("Recurring revenue", 10200, 11100, 12350, 13900, 36400, 47550),
    ("Services revenue", 2100, 1900, 2400, 2600, 8800, 9000),
    ("Total revenue", 12300, 13000, 14750, 16500, 45200, 56550),
    ("Cost of sales", -3100, -3200, -3500, -3700, -12100, -13500),
    ("Personnel expenses", -6900, -7000, -7300, -7800, -25900, -29000),
    ("EBITDA", 2300, 2800, 3950, 5000, 7200, 14050),
)
INDICATORS = (
    ("KPI", "2022", "2023", "2024"),
    ("Customers", 310, 402, 521),
    ("ARR (NOK million)", 31.0, 42.5, 57.8),
    ("Churn (%)", 6.1, 5.2, 4.4),
)
PROFILE = (
    (
        "About us",
        "Nordlys Cloud sells scheduling software to ferry operators in the Nordic countries. It was founded in 2013 in "
        "Bergen. The software is sold as an annual subscription, and 84% of revenue in 2024 was recurring.",
    ),
    (
        "Product",
        "The platform plans crews, vessels and maintenance in one calendar. It replaces spreadsheets. A mobile app for "
        "crews was released in 2023.",
    ),
    (
        "Customers and competition",
        "The ten largest customers make up 22% of revenue. Competitors are two larger maritime suites and in-house "
        "tools. Customer names are not disclosed.",
    ),
    ("Outlook", "The budget for 2025 foresees revenue of NOK 68 million. Management plans to enter Denmark in 2025."),
    ("Risks", "Dependence on a single cloud provider. Public tenders delay new contracts."),
)


def workbook() -> bytes:
    book = openpyxl.Workbook()
    income = book.active
    assert income is not None
    income.title = "P&L"
    for row in (("Nordlys Cloud AS: income statement",), ("NOK thousand",), (), *INCOME):
        income.append(row)
    indicators = book.create_sheet("KPIs")
    for row in INDICATORS:
        indicators.append(row)
    data = io.BytesIO()
    book.save(data)
    return data.getvalue()


def profile() -> bytes:
    document = docx.Document()
    document.add_heading("Nordlys Cloud: company profile", 0)
    for heading, text in PROFILE:
        document.add_heading(heading, 1)
        document.add_paragraph(text)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def titles_of(bodies: list[SlideBody]) -> str:
    return "\n".join(body.title for body in bodies)


async def test_a_software_company_with_quarters_and_another_currency() -> None:
    book = MemoryBook("Project Nordlys")
    book.upload("model.xlsx", workbook())
    book.upload("profile.docx", profile())
    await draft(book, "draft_buyer_persona", "Write for a private equity fund.")
    await draft(book, "draft_hero_context")
    await draft(book, "draft_outline")
    await draft(book, "draft_slides")
    persona = book.current.artifacts.buyer_persona
    assert persona is not None
    assert persona.value.type == "Private equity fund"
    assert "Dependence on a single cloud provider." in persona.value.concerns
    bodies = list(book.bodies().values())
    assert len(bodies) >= 12
    assert {"Financials", "Risks"} <= {section.title for section in book.current.sections}
    for body in bodies:
        assert unlinked(body, book.kept_facts) == [], body.title
    titles = titles_of(bodies)
    assert "Total revenue grew from NOK 12,300 thousand in Q1 2024 to NOK 16,500 thousand in Q4 2024" in titles
    assert re.search(r"Personnel expenses went from NOK -6,900 thousand", titles)
    assert any("Customer names are not disclosed" in body.model_dump_json() for body in bodies)


def test_nothing_in_the_rules_knows_a_company() -> None:
    rules = "\n".join(path.read_text() for path in Path(agents.evidence_only.__file__).parent.rglob("*.py"))
    code = re.sub(r'"""(?:.|\n)*?"""|`[^`\n]*`', "", rules)
    for word in (
        "WD-40",
        "Bluecan",
        "EIMEA",
        "590.6",
        "homecare",
        "brazil",
        "Four-by-Four",
        "flagship",
        "aerosol",
        "bakery",
    ):
        assert word.lower() not in code.lower(), word
