"""Slides to pages: what stands where, what shrinks, and what goes on on the next page."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from domain.model import (
    BulletsComponent,
    ChartComponent,
    Component,
    ImageComponent,
    MetricComponent,
    QuoteComponent,
    SlideBody,
    TableComponent,
    TextComponent,
)
from exports import tables
from exports.charts import decimals_shown
from exports.citations import Citations, of_part, of_whole
from exports.page import Box, Item, Para
from exports.pieces import (
    GAP,
    ChartPiece,
    ImagePiece,
    Metric,
    MetricsPiece,
    Piece,
    QuotePiece,
    TextPiece,
    place_stack,
    stack_height,
)
from exports.text import NOTHING, clean, figure, one_line, shortened, with_unit

BODY_SIZE = 17.0
NOTE_SIZE = 10.5
SCALES = (1.15, 1.08, 1.0, 0.94, 0.88, 0.82, 0.76)
SPLIT_SCALE = 0.88
COLUMN_GAP = 36.0
CAPTION_LIMIT = 160
LABEL_LIMIT = 40
METRIC_LIMITS = {"value": 60, "label": 120, "note": 60}


@dataclass(frozen=True)
class Layouter:
    citations: Citations
    aspects: Mapping[str, float]
    """Width by height of the images at hand, by blob id."""

    def pages(self, body: SlideBody, box: Box) -> list[list[Item]]:
        """The items of each page that the slide needs; at least one page."""
        if body.layout_type == "two_columns" and len(body.components) > 1:
            return self._columns(body.components, box)
        beside = self._beside(body, box)
        if beside:
            return [beside]
        pieces = self.pieces(body.components, box.w)
        if body.layout_type == "quote":
            spare = max(box.h - stack_height(pieces, box.w, SCALES[0]), 0.0)
            box = Box(box.x, box.y + 0.3 * spare, box.w, box.h - 0.3 * spare)
        return flow(pieces, [box])

    def pieces(self, components: Sequence[Component], room: float) -> list[Piece]:
        found: list[Piece] = []
        metrics: list[MetricComponent] = []
        for component in components:
            if isinstance(component, MetricComponent):
                metrics.append(component)
                continue
            if metrics:
                found.append(MetricsPiece(tuple(self._metric(metric) for metric in metrics)))
                metrics = []
            found.extend(self._pieces_of(component, room))
        if metrics:
            found.append(MetricsPiece(tuple(self._metric(metric) for metric in metrics)))
        return found

    def _pieces_of(self, component: Component, room: float) -> list[Piece]:
        match component:
            case TextComponent():
                return [self._text(component)]
            case BulletsComponent():
                return [*self._bullets(component), *self._note(component)]
            case TableComponent():
                return [*tables.pieces(component, self.citations, room), *self._note(component)]
            case ChartComponent():
                return [self._chart(component)]
            case QuoteComponent():
                return [self._quote(component)]
            case ImageComponent():
                note = self._footnote(self.citations.marks(of_whole(component)))
                aspect = self.aspects.get(component.blob_id, 1.6)
                return [ImagePiece(component.blob_id, one_line(component.alt), aspect, note)]
            case MetricComponent():
                return [MetricsPiece((self._metric(component),))]

    @staticmethod
    def _footnote(marks: str) -> Para | None:
        return Para(f"Source {marks}", "sans", NOTE_SIZE, "muted") if marks else None

    def _note(self, component: Component) -> list[Piece]:
        note = self._footnote(self.citations.marks(of_whole(component)))
        return [TextPiece((note,), "Sources")] if note else []

    def _text(self, component: TextComponent) -> TextPiece:
        parts = [part for part in clean(component.text).split("\n") if part] or [""]
        marks = self.citations.marks(component.sources)
        last = len(parts) - 1
        return TextPiece(
            tuple(
                Para(part, "serif", BODY_SIZE, marks=marks if at == last else "", after=7)
                for at, part in enumerate(parts)
            )
        )

    def _bullets(self, component: BulletsComponent) -> list[Piece]:
        paras = tuple(
            Para(one_line(item), "serif", BODY_SIZE, "ink", "left", marks, bullet=True, after=7)
            for at, item in enumerate(component.items)
            for marks in [self.citations.marks(of_part(component, f"i{at}"))]
            if one_line(item)
        )
        return [TextPiece(paras, "Bullets")] if paras else []

    def _quote(self, component: QuoteComponent) -> QuotePiece:
        text = one_line(component.text).strip('“”"')
        quote = Para(f"“{text}”", "serif_italic", 22, "accent", marks=self.citations.marks(component.sources), after=8)
        by = [Para(f"— {one_line(component.by)}", "sans", 13, "muted")] if component.by else []
        return QuotePiece(TextPiece((quote, *by), "Quote"))

    def _metric(self, metric: MetricComponent) -> Metric:
        shown = (
            figure(metric.value, context=f"{metric.label} {metric.unit}")
            if not isinstance(metric.value, str)
            else one_line(metric.value)
        )
        shown, unit = with_unit(shortened(shown, METRIC_LIMITS["value"]) or NOTHING, metric.unit)
        return Metric(
            shown,
            shortened(unit, METRIC_LIMITS["note"]),
            shortened(metric.label, METRIC_LIMITS["label"]),
            shortened(metric.period, METRIC_LIMITS["note"]),
            self.citations.marks(metric.sources),
        )

    def _chart(self, chart: ChartComponent) -> ChartPiece:
        name = one_line(chart.series[0].name) if len(chart.series) == 1 else ""
        caption = shortened(", ".join(part for part in (name, one_line(chart.unit)) if part), CAPTION_LIMIT)
        marks = self.citations.marks(of_whole(chart))
        return ChartPiece(
            chart,
            Para(caption or ("Source" if marks else ""), "sans", 12, "muted", marks=marks),
            self._point_sources(chart),
            decimals_shown(chart),
        )

    def _point_sources(self, chart: ChartComponent) -> Para | None:
        parts: list[str] = []
        for s, series in enumerate(chart.series):
            points = [
                f"{shortened(category, LABEL_LIMIT)} {marks}"
                for p, category in enumerate(chart.categories)
                if (marks := self.citations.marks(of_part(chart, f"s{s}p{p}")))
            ]
            if len(points) > 12:
                refs = [ref for p in range(len(chart.categories)) for ref in of_part(chart, f"s{s}p{p}")]
                points = [self.citations.marks(refs)]
            if points:
                name = f"{shortened(series.name, LABEL_LIMIT)}: " if len(chart.series) > 1 and series.name else ""
                parts.append(name + " · ".join(points))
        text = "; ".join(parts)
        if len(text) > 3 * CAPTION_LIMIT:
            text = f"Source {self.citations.marks(ref for ref in chart.sources if ref.anchor)}"
        return Para(text, "sans", NOTE_SIZE, "muted") if parts else None

    def _beside(self, body: SlideBody, box: Box) -> list[Item] | None:
        """One chart or image with words or figures: beside each other, if that fits."""
        visuals = [component for component in body.components if isinstance(component, ChartComponent | ImageComponent)]
        others = [component for component in body.components if component not in visuals]
        if len(visuals) != 1 or not others or any(isinstance(other, TableComponent) for other in others):
            return None
        share = 0.62
        left = Box(box.x, box.y, (box.w - COLUMN_GAP) * share, box.h)
        right = Box(left.x + left.w + COLUMN_GAP, box.y, (box.w - COLUMN_GAP) * (1 - share), box.h)
        visual, words = self.pieces(visuals, left.w), self.pieces(others, right.w)
        scale = fitting_scale(lambda scale: stack_height(words, right.w, scale) <= right.h)
        if scale is None or stack_height(visual, left.w, scale) > left.h:
            return None
        return [*place_stack(visual, left, scale), *place_stack(words, right, scale)]

    def _columns(self, components: Sequence[Component], box: Box) -> list[list[Item]]:
        wide = (box.w - COLUMN_GAP) / 2
        left = Box(box.x, box.y, wide, box.h)
        right = Box(box.x + wide + COLUMN_GAP, box.y, wide, box.h)
        cuts = [
            (self.pieces(components[:cut], wide), self.pieces(components[cut:], wide))
            for cut in range(1, len(components))
        ]

        def taller(cut: tuple[list[Piece], list[Piece]], scale: float) -> float:
            return max(stack_height(part, wide, scale) for part in cut)

        best = min(cuts, key=lambda cut: taller(cut, 1.0))
        scale = fitting_scale(lambda scale: taller(best, scale) <= box.h)
        if scale is not None:
            return [[*place_stack(best[0], left, scale), *place_stack(best[1], right, scale)]]
        return flow(self.pieces(components, wide), [left, right])


def fitting_scale(fits: Callable[[float], bool]) -> float | None:
    """The largest scale at which it fits."""
    return next((scale for scale in SCALES if fits(scale)), None)


def flow(pieces: Sequence[Piece], frames: Sequence[Box]) -> list[list[Item]]:
    """Pieces into frames, one page full of frames after the other."""
    room = frames[0].w
    if len(frames) == 1:
        scale = fitting_scale(lambda scale: stack_height(pieces, room, scale) <= frames[0].h)
        if scale is not None:
            return [place_stack(pieces, frames[0], scale)]
    pages: list[list[Item]] = []
    remaining = list(pieces)
    while remaining:
        page: list[Item] = []
        for frame in frames:
            taken = _fill(remaining, frame, SPLIT_SCALE)
            page.extend(place_stack(taken, frame, SPLIT_SCALE))
        pages.append(page)
    return pages or [[]]


def _fill(remaining: list[Piece], frame: Box, scale: float) -> list[Piece]:
    """Takes from `remaining` what fits into the frame; always something while there is any."""
    taken: list[Piece] = []
    left = frame.h
    while remaining:
        piece = remaining[0]
        tall = piece.height(frame.w, scale)
        if tall <= left + 0.01:
            taken.append(remaining.pop(0))
            left -= tall + GAP
            continue
        parts = piece.split(frame.w, left, scale) if left > 40 else None
        if parts:
            taken.append(parts[0])
            remaining[0] = parts[1]
        elif not taken:
            taken.append(remaining.pop(0))
        break
    return taken
