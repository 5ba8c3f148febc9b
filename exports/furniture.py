"""What stands around the content of a page: lines, footer, status, source line, and the mark of what is stale."""

from __future__ import annotations

from domain.book import BookSlide
from domain.values import SlideStatus, StaleReason
from exports.fonts import width
from exports.page import PAGE_HEIGHT, PAGE_WIDTH, Box, Colour, Page, PageKind, Para, Plan, RuleItem, TextItem
from exports.text import shortened

MARGIN = 48.0
CONTENT_WIDTH = PAGE_WIDTH - 2 * MARGIN
TITLE_BOX = Box(MARGIN, 30, CONTENT_WIDTH, 52)
BODY = Box(MARGIN, 106, CONTENT_WIDTH, 364)
BANNER_HEIGHT = 24.0

STALE_SENTENCES: dict[StaleReason, str] = {
    StaleReason.WELCOME_CHANGED: "the starting point of the book was reopened after this slide was written.",
    StaleReason.BUYER_PERSONA_CHANGED: "the buyer persona changed after this slide was written.",
    StaleReason.HERO_CONCEPT_CHANGED: "the hero concept changed after this slide was written.",
    StaleReason.OUTLINE_CHANGED: "the outline changed after this slide was written.",
}


def stale_sentence(slide: BookSlide) -> str:
    """Why the slide needs review, in words; empty when it does not."""
    if slide.stale_reason is not None:
        return f"Needs review: {STALE_SENTENCES[slide.stale_reason]}"
    return "Needs review." if slide.status is SlideStatus.NEEDS_REVIEW else ""


def status_word(slide: BookSlide) -> str:
    match slide.status:
        case SlideStatus.DRAFT:
            return "Draft"
        case SlideStatus.NEEDS_REVIEW:
            return "Needs review"
        case SlideStatus.APPROVED:
            return ""


def banner(text: str, x: float, y: float) -> TextItem:
    """The amber mark of a slide that needs review."""
    para = Para(text, "sans_bold", 12, "amber")
    return TextItem(
        Box(x, y, min(CONTENT_WIDTH, PAGE_WIDTH - MARGIN - x), BANNER_HEIGHT),
        (para,),
        fill="amber_paper",
        middle=True,
        inset=10,
        name="Needs review",
    )


def page_rules(kind: PageKind) -> list[RuleItem]:
    """The lines and bands that every page of a kind has."""
    band = RuleItem(Box(0, 0, 20, PAGE_HEIGHT), "accent")
    above_footer = RuleItem(Box(MARGIN, 500, CONTENT_WIDTH, 0.75), "line")
    match kind:
        case "cover":
            return [band]
        case "section":
            return [band, above_footer]
        case "contents" | "content" | "sources":
            return [RuleItem(Box(MARGIN, 92, CONTENT_WIDTH, 0.75), "line"), above_footer]


def furniture(page: Page, plan: Plan) -> list[TextItem]:
    """Source line, footer, status and page number; nothing on the cover."""
    if page.kind == "cover":
        return []
    items: list[TextItem] = []
    if page.source_line:
        line = Para(_one_line_fitted(f"Source: {page.source_line}", 9.5, CONTENT_WIDTH), "sans", 9.5, "muted")
        items.append(TextItem(Box(MARGIN, 481, CONTENT_WIDTH, 14), (line,), name="Source line"))
    footer = Para(_one_line_fitted(plan.footer, 9, 560), "sans", 9, "muted")
    items.append(TextItem(Box(MARGIN, 506, 560, 13), (footer,), name="Footer"))
    if page.status:
        colour: Colour = "muted" if page.status == "Draft" else "amber"
        status = Para(page.status, "sans_bold", 9, colour, "right")
        items.append(TextItem(Box(680, 506, 170, 13), (status,), name="Status"))
    number = Para(str(page.number), "sans", 9, "muted", "right")
    items.append(TextItem(Box(862, 506, 50, 13), (number,), name="Page number"))
    return items


def _one_line_fitted(text: str, size: float, room: float) -> str:
    """One line of sans text, with an ellipsis where it was too long."""
    while width(text, "sans", size) > room:
        text = shortened(text, max(int(len(text) * 0.95), 2))
    return text
