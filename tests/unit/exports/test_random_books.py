"""Any book that the domain accepts: it is exported, and nothing runs off a page or over its box."""

from __future__ import annotations

from io import BytesIO

import pdfplumber
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pptx import Presentation

from domain.book import Book, BookSlide
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
    SourceReference,
    TableComponent,
    TextComponent,
)
from domain.values import SlideStatus, StaleReason
from exports import check_book, render_json, render_markdown, render_pdf, render_pptx
from exports.furniture import furniture
from exports.page import PAGE_HEIGHT, PAGE_WIDTH, Page, TableItem, TextItem
from exports.plan import plan_book
from tests.unit.exports import books

IMAGES = {books.BLOB: books.png()}
LAYOUTS: list[LayoutType] = [
    "title",
    "section",
    "text",
    "bullets",
    "two_columns",
    "table",
    "chart",
    "metrics",
    "quote",
    "image",
]

words = st.sampled_from(["sales", "590.6", "W" * 40, "naïve", "日本語", "=1+1", "a", "\x01\u2028", "<b>&", "🙂"])


def prose(most: int) -> st.SearchStrategy[str]:
    return st.lists(words, max_size=most).map(lambda parts: " ".join(parts)[:3_900])


def line(least: int = 0) -> st.SearchStrategy[str]:
    return st.one_of(st.sampled_from(["Net sales", "FY2024", "W" * 300]), prose(12)).map(
        lambda text: text.strip()[:300].strip() or ("x" if least else "")
    )


values = st.one_of(st.floats(-1e9, 1e9), st.sampled_from([0.0, 590.6, -45.1, 1e15, 5e-324]))
references = st.builds(
    SourceReference,
    source_id=st.sampled_from(["s1", "s2"]),
    locator=line(1),
    quote=st.one_of(st.none(), prose(60)),
    anchor=st.sampled_from([None, "r0c1", "r9c9", "s0p0", "i0", "i5"]),
)
sources = st.lists(references, max_size=12).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> TableComponent:
    wide = draw(st.integers(1, 40))
    cell = st.one_of(st.none(), values, prose(4), prose(300))
    rows = draw(st.lists(st.tuples(*[cell] * wide), max_size=6))
    columns = tuple(draw(line()) for _ in range(wide))
    return TableComponent(
        type="table", columns=columns, rows=tuple(rows) * draw(st.integers(1, 6)), sources=draw(sources)
    )


@st.composite
def charts(draw: st.DrawFn) -> ChartComponent:
    count = draw(st.integers(1, 70))
    point = st.one_of(st.none(), values)
    series = [
        ChartSeries(name=draw(line()), values=(draw(values), *draw(st.tuples(*[point] * (count - 1)))))
        for _ in range(draw(st.integers(1, 4)))
    ]
    return ChartComponent(
        type="chart",
        kind=draw(st.sampled_from(["bar", "line", "pie", "stacked_bar"])),
        categories=tuple(draw(st.lists(line(), min_size=count, max_size=count))),
        series=tuple(series),
        unit=draw(line()),
        sources=draw(sources),
    )


components: st.SearchStrategy[Component] = st.one_of(
    st.builds(TextComponent, type=st.just("text"), text=prose(600), sources=sources),
    st.builds(
        BulletsComponent, type=st.just("bullets"), items=st.lists(prose(90), max_size=30).map(tuple), sources=sources
    ),
    tables(),
    charts(),
    st.builds(
        MetricComponent,
        type=st.just("metric"),
        label=line(1),
        value=st.one_of(values, line()),
        unit=line(),
        period=line(),
        sources=sources,
    ),
    st.builds(QuoteComponent, type=st.just("quote"), text=prose(300), by=line(), sources=sources),
    st.builds(ImageComponent, type=st.just("image"), blob_id=st.just(books.BLOB), alt=prose(5), sources=sources),
)


@st.composite
def slides(draw: st.DrawFn) -> BookSlide:
    stale = draw(st.one_of(st.none(), st.sampled_from(StaleReason)))
    return books.slide(
        draw(line(1)),
        draw(st.sampled_from(LAYOUTS)),
        *draw(st.lists(components, max_size=5)),
        section=draw(st.sampled_from(["fin", "risk", "gone"])),
        stale=stale,
        status=SlideStatus.NEEDS_REVIEW if stale else draw(st.sampled_from(SlideStatus)),
        notes=draw(prose(40)),
    )


@st.composite
def random_books(draw: st.DrawFn) -> Book:
    found = draw(st.lists(slides(), min_size=1, max_size=4))
    sections = [
        OutlineSection(id="fin", title=draw(line(1)), description=draw(prose(400))),
        OutlineSection(id="risk", title="Risks"),
    ]
    numbered = [slide.model_copy(update={"id": f"sl{at}"}) for at, slide in enumerate(found)]
    return books.book_of(*numbered, sections=sections, title=draw(line(1)))


def overfull(page: Page, texts: list[TextItem]) -> list[str]:
    """Boxes whose text is higher than they are, or that leave the page."""
    found: list[str] = []
    for item in texts:
        room = item.box.w - 2 * item.inset
        tall = sum(para.height(room) for para in item.paras) - (item.paras[-1].after if item.paras else 0)
        if tall > item.box.h + 1.0:
            found.append(f"page {page.number} {item.name}: {tall:.1f} in {item.box.h:.1f}")
    for item in (page.title, *page.items):
        box = item.box
        bottom = box.y + sum(row.height for row in item.rows) if isinstance(item, TableItem) else box.bottom
        if box.x < -0.01 or box.y < -0.01 or box.x + box.w > PAGE_WIDTH + 0.5 or bottom > PAGE_HEIGHT + 0.5:
            found.append(f"page {page.number} {type(item).__name__} leaves the page: {box}")
        if page.kind != "cover" and bottom > 471.0:
            found.append(f"page {page.number} {type(item).__name__} runs into the footer: {bottom:.1f}")
    return found


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(random_books())
def test_everything_fits_its_page(book: Book) -> None:
    plan = plan_book(book, {books.BLOB: 1.6})
    problems: list[str] = []
    for page in plan.pages:
        texts = [item for item in (page.title, *page.items, *furniture(page, plan)) if isinstance(item, TextItem)]
        problems.extend(overfull(page, texts))
    assert problems == []


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
@given(random_books())
def test_every_format_opens(book: Book) -> None:
    errors = [problem for problem in check_book(book, IMAGES) if problem.severity == "error"]
    assert errors == []
    pages = len(plan_book(book, {books.BLOB: 1.6}).pages)
    assert len(Presentation(BytesIO(render_pptx(book, IMAGES))).slides) == pages
    with pdfplumber.open(BytesIO(render_pdf(book, IMAGES))) as pdf:
        assert len(pdf.pages) == pages
    assert render_markdown(book, IMAGES).startswith(b"# ")
    assert Book.model_validate_json(render_json(book)) == book
