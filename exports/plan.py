"""The whole book as pages: cover, contents, sections, slides and the sources at the end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.book import Book, BookSlide
from domain.model import OutlineSection, SlideBody
from domain.values import CIMStatus
from exports.citations import Citations
from exports.fonts import LEADING, wrap
from exports.furniture import BODY, CONTENT_WIDTH, TITLE_BOX, banner, stale_sentence, status_word
from exports.layout import Layouter, flow
from exports.page import Box, Item, Page, Para, Plan, RuleItem, TableCell, TextItem
from exports.tables import Grid, TablePiece
from exports.text import clean, one_line, shortened

QUOTE_LIMIT = 220
CONFIDENTIAL = "Confidential"
SOURCE_COLUMNS = ("No.", "Document", "Where", "As it stands there")


def as_of_date(book: Book) -> str:
    return f"{book.as_of.day} {book.as_of:%B %Y}"


def fitted_title(text: str, marks: str = "", room: float = CONTENT_WIDTH) -> Para:
    """The title as large as it fits the title box; cut short only when nothing else helps."""
    text = one_line(text)
    for size, most in ((26, 1), (24, 1), (22, 1), (20, 2), (18, 2), (16, 2), (13, 3)):
        para = Para(text, "serif_bold", size, "accent", marks=marks)
        if len(para.lines(room)) <= most:
            return para
    lines = wrap(text, room, "serif_bold", 13)
    return Para(shortened("".join(lines[:3]), len("".join(lines[:3])) - 40), "serif_bold", 13, "accent", marks=marks)


@dataclass(frozen=True)
class _Planner:
    book: Book
    citations: Citations
    layouter: Layouter

    def plan(self) -> Plan:
        cover, slides = self._cover()
        content = self._content(slides)
        sources = self._sources()
        contents: list[Page] = []
        for _ in range(3):
            first = 2 + len(contents)
            numbered = [replace(page, number=first + at) for at, page in enumerate([*content, *sources])]
            again = self._contents(numbered)
            if len(again) == len(contents):
                contents = again
                break
            contents = again
        pages = [replace(page, number=at) for at, page in enumerate([cover, *contents, *content, *sources], start=1)]
        title = one_line(self.book.title)
        return Plan(title, f"{shortened(title, 80)}   |   {CONFIDENTIAL}", tuple(pages))

    def _cover(self) -> tuple[Page, tuple[BookSlide, ...]]:
        """The cover, out of the first slide when that is a title slide; and the slides that are left."""
        slides = self.book.slides
        own = slides[0] if slides and slides[0].body.layout_type == "title" else None
        if own and not self._is_plain(own.body):
            own = None
        heading = one_line(own.body.title if own else self.book.title)
        size = next((size for size in (44, 38, 32, 26, 20) if len(wrap(heading, 760, "serif", size)) <= 3), 16)
        lines = wrap(heading, 760, "serif", size)
        title = Para("".join(lines[:6]).rstrip(), "serif", size, "accent")
        title_height = min(len(lines), 6) * size * LEADING
        under = self._plain_paras(own.body, 16) if own else []
        under = under or [Para("Confidential Information Memorandum", "sans", 18, "muted", after=6)]
        top = 178.0
        box = Box(92, top, 780, title_height + 6)
        text = TextItem(Box(92, box.bottom + 22, 760, 472 - box.bottom - 22 - 40), tuple(_clipped(under, 110)))
        state = "" if self.book.status is CIMStatus.COMPLETE else "Draft   |   "
        items: list[Item] = [
            RuleItem(Box(92, box.bottom + 10, 64, 2), "accent"),
            text,
            TextItem(
                Box(92, 470, 760, 36),
                (
                    Para(f"{state}{as_of_date(self.book)}", "sans", 12, "muted", after=2),
                    Para("Private and Confidential", "sans_bold", 12, "ink"),
                ),
                name="Confidential",
            ),
        ]
        notice = stale_sentence(own) if own else ""
        if notice:
            items.append(banner(notice, 92, 120))
        page = Page(
            "cover",
            TextItem(box, (title,), name="Title"),
            tuple(items),
            bookmark=heading,
            notes=clean(own.body.notes) if own else "",
            slide_id=own.id if own else None,
        )
        return page, slides[1:] if own else slides

    @staticmethod
    def _is_plain(body: SlideBody) -> bool:
        """A title slide with nothing but a few words, which fit a cover or a divider."""
        texts = [component for component in body.components if component.type == "text"]
        return len(texts) == len(body.components) and sum(len(text.text) for text in texts) <= 500

    def _plain_paras(self, body: SlideBody, size: float) -> list[Para]:
        paras: list[Para] = []
        for component in body.components:
            if component.type == "text":
                lines = [line for line in clean(component.text).split("\n") if line]
                marks = self.citations.marks(component.sources)
                paras.extend(
                    Para(line, "sans", size, "muted", marks=marks if at == len(lines) - 1 else "", after=4)
                    for at, line in enumerate(lines)
                )
        return paras

    def _content(self, slides: tuple[BookSlide, ...]) -> list[Page]:
        sections = {section.id: (at, section) for at, section in enumerate(self.book.sections, start=1)}
        pages: list[Page] = []
        current: str | None = None
        for slide in slides:
            if slide.section_id != current:
                current = slide.section_id
                if current in sections and slide.body.layout_type != "section":
                    pages.append(self._divider(*sections[current]))
            if slide.body.layout_type in ("section", "title") and self._is_plain(slide.body):
                at, _ = sections.get(slide.section_id, (0, None))
                pages.append(self._own_divider(at, slide))
            else:
                pages.extend(self._slide(slide))
        return pages

    def _divider_page(self, at: int, heading: str, under: list[Para], marks: str = "") -> Page:
        size = next((size for size in (38, 32, 26, 20) if len(wrap(heading, 700, "serif", size)) <= 2), 16)
        title = Para(heading, "serif", size, "accent", marks=marks)
        tall = title.height(700)
        box = Box(180, 190, 700, tall + 6)
        top = box.bottom + 24
        room = min(180.0, 470 - top)
        items: list[Item] = [
            TextItem(Box(92, 190, 76, 60), (Para(f"{at}" if at else "", "serif", 38, "muted"),), name="Section number"),
            RuleItem(Box(180, box.bottom + 10, 64, 2), "accent"),
            TextItem(Box(180, top, 700, room), tuple(_clipped(under, room, 700)), name="Description"),
        ]
        number = f"{at}  " if at else ""
        return Page("section", TextItem(box, (title,), name="Title"), tuple(items), bookmark=f"{number}{heading}")

    def _divider(self, at: int, section: OutlineSection) -> Page:
        under = [Para(line, "sans", 15, "muted", after=4) for line in clean(section.description).split("\n") if line]
        return self._divider_page(at, one_line(section.title), under)

    def _own_divider(self, at: int, slide: BookSlide) -> Page:
        marks = self.citations.marks(slide.body.sources)
        page = self._divider_page(at, one_line(slide.body.title), self._plain_paras(slide.body, 15), marks)
        notice = stale_sentence(slide)
        items = (*page.items, banner(notice, 180, 130)) if notice else page.items
        return replace(
            page,
            items=items,
            notes=clean(slide.body.notes),
            slide_id=slide.id,
            status=status_word(slide),
            source_line=self.citations.documents(slide.body),
        )

    def _slide(self, slide: BookSlide) -> list[Page]:
        notice = stale_sentence(slide)
        body = Box(BODY.x, BODY.y + 34, BODY.w, BODY.h - 34) if notice else BODY
        marks = self.citations.marks(slide.body.sources)
        pages: list[Page] = []
        for at, items in enumerate(self.layouter.pages(slide.body, body)):
            heading = one_line(slide.body.title)
            para = fitted_title(f"{heading} (continued)" if at else heading, marks)
            pages.append(
                Page(
                    "content",
                    TextItem(TITLE_BOX, (para,), middle=True, name="Title"),
                    (*([banner(notice, BODY.x, BODY.y - 4)] if notice else []), *items),
                    status=status_word(slide),
                    source_line=self.citations.documents(slide.body),
                    notes=clean(slide.body.notes) if at == 0 else "",
                    bookmark="" if at else heading,
                    level=1,
                    slide_id=slide.id,
                )
            )
        return pages

    def _table_pages(self, kind: str, heading: str, piece: TablePiece) -> list[Page]:
        pages: list[Page] = []
        for at, items in enumerate(flow([piece], [BODY])):
            para = fitted_title(f"{heading} (continued)" if at else heading)
            title = TextItem(TITLE_BOX, (para,), middle=True, name="Title")
            pages.append(
                Page(
                    "sources" if kind == "sources" else "contents",
                    title,
                    tuple(items),
                    bookmark="" if at else heading,
                )
            )
        return pages

    def _sources(self) -> list[Page]:
        if not self.citations.all:
            return []
        header = tuple(TableCell(text, bold=True) for text in SOURCE_COLUMNS)
        rows = tuple(
            (
                TableCell(str(citation.number)),
                TableCell(citation.document),
                TableCell(citation.locator),
                TableCell(f"“{shortened(citation.quote, QUOTE_LIMIT)}”" if citation.quote else ""),
            )
            for citation in self.citations.all
        )
        return self._table_pages("sources", "Sources", TablePiece(Grid(header, rows), size=11.0))

    def _contents(self, numbered: list[Page]) -> list[Page]:
        entries = [page for page in numbered if page.bookmark and page.kind in ("section", "sources")]
        if len(entries) < 3:
            return []
        rows = tuple((TableCell(page.bookmark), TableCell(str(page.number), numeric=True)) for page in entries)
        header = (TableCell(""), TableCell("", numeric=True))
        return self._table_pages("contents", "Contents", TablePiece(Grid(header, rows), size=15.0))


def _clipped(paras: list[Para], height: float, room: float = 760.0) -> list[Para]:
    """Smaller, until the paragraphs fit the height."""
    for size in (0, 1, 2, 3, 4, 5, 6, 7, 8):
        smaller = [replace(para, size=max(para.size - size, 7.0)) for para in paras]
        if sum(para.height(room) for para in smaller) <= height:
            return smaller
    kept = [replace(para, size=7.0, text=shortened(para.text, 400), after=0) for para in paras[:4]]
    return kept


def plan_book(book: Book, aspects: Mapping[str, float]) -> Plan:
    """All pages of the book; `aspects` is width by height of each image at hand."""
    citations = Citations(book)
    return _Planner(book, citations, Layouter(citations, aspects)).plan()
