"""Books to export: a realistic one, and small ones out of given slides."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from io import BytesIO

from PIL import Image

from domain.book import Book, BookSlide, BookSource
from domain.model import (
    BulletsComponent,
    ChartComponent,
    ChartSeries,
    Component,
    ImageComponent,
    LayoutType,
    MetricComponent,
    OutlineSection,
    QuoteComponent,
    SlideBody,
    SourceReference,
    TableComponent,
    TextComponent,
)
from domain.values import CIMStatus, SlideStatus, StaleReason

BLOB = "a" * 64
YEARS = ("FY2021", "FY2022", "FY2023", "FY2024")
NET_SALES = (488.1, 518.8, 537.3, 590.6)


def png(width: int = 80, height: int = 50) -> bytes:
    out = BytesIO()
    Image.new("RGB", (width, height), "#1F3F66").save(out, "PNG")
    return out.getvalue()


def ref(locator: str, source_id: str = "s1", anchor: str | None = None, quote: str | None = None) -> SourceReference:
    return SourceReference(source_id=source_id, locator=locator, anchor=anchor, quote=quote)


def text(content: str, *sources: SourceReference) -> TextComponent:
    return TextComponent(type="text", text=content, sources=sources)


def bullets(*items: str, sources: Sequence[SourceReference] = ()) -> BulletsComponent:
    return BulletsComponent(type="bullets", items=items, sources=tuple(sources))


def table(
    columns: Sequence[str],
    rows: Sequence[Sequence[str | float | None]],
    sources: Sequence[SourceReference] = (),
) -> TableComponent:
    return TableComponent(
        type="table", columns=tuple(columns), rows=tuple(tuple(row) for row in rows), sources=tuple(sources)
    )


def metric(label: str, value: float | str, *sources: SourceReference, unit: str = "USD million") -> MetricComponent:
    return MetricComponent(type="metric", label=label, value=value, unit=unit, period="FY2024", sources=sources)


def slide(
    title: str,
    layout: LayoutType,
    *components: Component,
    section: str = "fin",
    id: str = "sl1",
    status: SlideStatus = SlideStatus.APPROVED,
    stale: StaleReason | None = None,
    notes: str = "",
) -> BookSlide:
    body = SlideBody(title=title, layout_type=layout, components=components, notes=notes).with_component_ids()
    return BookSlide(id=id, section_id=section, position=0, status=status, stale_reason=stale, body=body)


def book_of(
    *slides: BookSlide, sections: Sequence[OutlineSection] | None = None, title: str = "Project Bluecan"
) -> Book:
    return Book(
        cim_id="c1",
        title=title,
        status=CIMStatus.IN_PROGRESS,
        rev=42,
        as_of=datetime(2024, 11, 18, 9, 30, tzinfo=UTC),
        sections=tuple(sections) if sections is not None else (OutlineSection(id="fin", title="Financials"),),
        slides=slides,
        sources=(
            BookSource(id="s1", name="financials.xlsx", kind="xlsx"),
            BookSource(id="s2", name="company_overview.docx", kind="docx"),
        ),
    )


INCOME = table(
    ("USD million", *YEARS),
    (("Net sales", *NET_SALES), ("Net income", 70.2, 67.3, 66.0, 69.6), ("Diluted EPS (USD)", 5.09, 4.9, None, 5.11)),
    [ref(f"Income statement!{'BCDE'[at]}5", anchor=f"r0c{at + 1}") for at in range(4)],
)
SALES_CHART = ChartComponent(
    type="chart",
    kind="bar",
    categories=YEARS,
    series=(ChartSeries(name="Net sales", values=NET_SALES),),
    unit="USD million",
    sources=(ref("Income statement!E5", anchor="s0p3"),),
)
SEGMENTS = ChartComponent(
    type="chart",
    kind="stacked_bar",
    categories=("FY2023", "FY2024"),
    series=(ChartSeries(name="Americas", values=(266.8, 281.9)), ChartSeries(name="EIMEA", values=(190.8, 221.0))),
    unit="USD million",
    sources=(ref("Segments!B5:C6"),),
)
MARGINS = ChartComponent(
    type="chart",
    kind="line",
    categories=YEARS,
    series=(ChartSeries(name="Gross margin", values=(54.0, 49.1, None, 53.4)),),
    unit="percent",
    sources=(ref("Income statement!B9:E9"),),
)
SHARES = ChartComponent(
    type="chart",
    kind="pie",
    categories=("Americas", "EIMEA", "Asia-Pacific"),
    series=(ChartSeries(name="Net sales FY2024", values=(281.9, 221.0, 87.6)),),
    sources=(ref("Segments!C5:C7"),),
)


def sample() -> Book:
    """Every layout and component, stale and draft slides, notes, two sections."""
    sections = (
        OutlineSection(id="sum", title="Executive summary", description="The business on one page."),
        OutlineSection(id="fin", title="Financials"),
    )
    return book_of(
        slide(
            "Net sales grew 10% in FY2024",
            "metrics",
            metric("Net sales", 590.6, ref("Income statement!E5")),
            metric("Gross margin", 53.4, ref("Income statement!E9"), unit="percent"),
            bullets(
                "Filling is done by partners.",
                "All three segments grew.",
                sources=[ref("section 3", "s2", "i0", "Filling is carried out by third-party partners.")],
            ),
            section="sum",
            id="sl1",
            notes="Lead with the capital-light model.",
        ),
        slide(
            "Who the company is",
            "text",
            text("Founded in 1953 \u2013 “one can”, €, £ and naïve café façades.", ref("section 1", "s2")),
            section="sum",
            id="sl2",
            status=SlideStatus.DRAFT,
        ),
        slide(
            "What management says",
            "quote",
            QuoteComponent(
                type="quote", text="A brand that everyone knows.", by="Management", sources=(ref("Q12", "s2"),)
            ),
            section="sum",
            id="sl3",
        ),
        slide("Four years at a glance", "table", INCOME, id="sl4"),
        slide("Net sales", "chart", SALES_CHART, id="sl5"),
        slide(
            "Segments",
            "chart",
            SEGMENTS,
            bullets("Americas: +6%", "EIMEA: +16%"),
            id="sl6",
            status=SlideStatus.NEEDS_REVIEW,
            stale=StaleReason.BUYER_PERSONA_CHANGED,
        ),
        slide("Margins", "chart", MARGINS, id="sl7"),
        slide(
            "Where sales come from", "two_columns", SHARES, text("Two thirds abroad.", ref("row 27", "s2")), id="sl8"
        ),
        slide("The can", "image", ImageComponent(type="image", blob_id=BLOB, alt="A can"), id="sl9"),
        sections=sections,
    )
