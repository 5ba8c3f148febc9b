"""The figures in any text, and whether the facts bear them out."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from domain.model import Fact
from evidence.number_patterns import (
    FIGURE,
    JOINED_NOUN,
    NOUN,
    RANGE,
    RANGE_WITH_UNIT,
    STOP,
    WORD_FIGURE,
    WORDS,
    hidden,
    without_long_runs,
)
from evidence.periods import Period, periods_in, same_period
from evidence.units import (
    SCALES,
    counted_unit,
    currency,
    is_counted,
    money,
    scale_name,
    singular,
    understood,
)

MOST_RELATIVE_ROUNDING = 0.1


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure as written. `decimals` counts decimal places; `high_of` and `low_of` are the other end of a range."""

    value: float
    unit: str
    start: int
    end: int
    text: str
    decimals: int = 0
    period: str = ""
    low_of: float | None = None
    high_of: float | None = None


def figures_in(text: str) -> list[Figure]:
    """Figures in their order: amounts, percentages, multiples, counts. Years, dates, names and numbering are none."""
    text = without_long_runs(text)
    masked = hidden(text)
    found = [figure for match in FIGURE.finditer(masked) if (figure := _figure(masked, match, text))]
    found.extend(_worded(text, match) for match in WORD_FIGURE.finditer(masked))
    found.sort(key=lambda figure: figure.start)
    return _with_periods(_with_range_units(found, text), text)


def _figure(masked: str, match: re.Match[str], text: str) -> Figure | None:
    start, end = match.start(), match.end()
    number_end = match.end("num")
    bare = not (match["cur"] or match["scale"] or match["unit"])
    if bare and _is_part_of_a_word(masked, match.start("num"), number_end):
        return None
    raw = re.sub(r",(?=\d{1,2}$)", ".", match["num"])
    raw = re.sub(r"[,\u2019']", "", raw)
    decimals = len(raw.partition(".")[2])
    unit = _unit_of(match)
    if not unit:
        noun = _counted_after(masked, number_end) or (_many(masked, number_end) if "," in match["num"] else None)
        if noun:
            unit, end = noun
        elif not _stands_for_a_figure(masked, match, raw):
            return None
    elif unit in SCALES:
        noun = _counted_after(masked, match.end("scale"))
        if noun:
            unit, end = f"{unit} {noun[0]}", noun[1]
    negative = bool(match["sign"] and match["sign"].strip() in "-\u2212\u2013") or bool(match["sign2"])
    value = -float(raw) if negative else float(raw)
    if match["sign"] and not negative:
        start = match.start("cur") if match["cur"] else match.start("num")
    return Figure(value=value, unit=unit, start=start, end=end, text=text[start:end].strip(), decimals=decimals)


def _is_part_of_a_word(text: str, start: int, end: int) -> bool:
    before, after = text[max(0, start - 2) : start], text[end : end + 2]
    if re.search(r"[A-Za-z0-9][-\u2013/&']$|[A-Za-z_]$", before) and not re.search(r"\d[-\u2013]$", before):
        return True
    if re.match(r"[A-Za-z_]", after):
        return True
    if re.match(r"-[A-Za-z]", after):
        word = re.match(r"-([A-Za-z]+)", text[end:])
        return not (word and is_counted(word[1] if word[1].endswith("s") else word[1] + "s"))
    return False


def _unit_of(match: re.Match[str]) -> str:
    written = (match["unit"] or "").strip().lower().lstrip("-")
    if match["cur"] or match["code"]:
        code = currency(re.sub(r"[-\u2212]", "", match["cur"] or "").strip() or (match["code"] or ""))
        return money(code, scale_name(match["scale"] or ""))
    if written:
        if "point" in written or written.startswith("pp") or "pts" in written:
            return "basis points" if "basis" in written else "percentage points"
        if written == "bps":
            return "basis points"
        return "percent" if written.startswith(("%", "per")) else "x"
    return scale_name(match["scale"] or "")


def _counted_after(text: str, end: int) -> tuple[str, int] | None:
    found = NOUN.match(text, end)
    if not found:
        return None
    words = found["words"].split()
    for index, word in enumerate(words):
        if word in STOP:
            return None
        plural = word if word.endswith("s") or word in {"people", "staff"} else f"{word}s"
        if is_counted(word) or (text[end : end + 1] == "-" and index == 0 and is_counted(plural)):
            noun = " ".join(words[: index + 1])
            stop = found.start("words") + _end_of(found["words"], index)
            joined = JOINED_NOUN.match(text, stop)
            if joined and is_counted(joined["word"]):
                return f"{counted_unit(noun)} and {joined['word']}", joined.end()
            return counted_unit(noun), stop
    return None


def _many(text: str, end: int) -> tuple[str, int] | None:
    """A plural after a number in the thousands is what is counted, whatever it is: `45,000 pumps`."""
    found = re.match(r"\s(?P<noun>(?:[a-z][a-z-]+\s)?[a-z][a-z-]+s)\b", text[end : end + 60])
    if not found or set(found["noun"].split()) & STOP:
        return None
    return counted_unit(found["noun"]), end + found.end()


def _end_of(words: str, index: int) -> int:
    return [match.end() for match in re.finditer(r"\S+", words)][index]


def _stands_for_a_figure(text: str, match: re.Match[str], raw: str) -> bool:
    """Whether a number without a unit is a figure: it has decimals or separators, or counts what follows."""
    if match["num"] != raw or "." in raw or match["sign"]:
        return True
    if len(raw) >= 7 or (len(raw) > 1 and raw.startswith("0")):
        return False
    before = text[: match.start("num")].rstrip()
    after = text[match.end("num") :]
    if RANGE_WITH_UNIT.match(after):
        return True
    if not text.strip("() \t\n").replace(match["num"], "", 1).strip(" .()"):
        return True
    if len(before.split()) > 1 and re.search(r"(?:^|\s)[A-Z][\w-]*,?(?:\s(?:and|or))?$", before):
        return False
    noun = re.match(r"\s+([a-z][a-z-]+)", after)
    if noun:
        return noun[1] not in STOP or noun[1] in {"of", "in", "and", "to"}
    return not re.match(r"\s+[A-Z]", after) and len(raw) >= 2


def _worded(text: str, match: re.Match[str]) -> Figure:
    code = currency(match["code"] or "")
    unit = "percent" if match["pct"] else money(code, (match["scale"] or "").lower())
    return Figure(WORDS[match["word"].lower()], unit, match.start(), match.end(), text[match.start() : match.end()])


def _with_range_units(figures: list[Figure], text: str) -> list[Figure]:
    """In `8-11%` and `$600 to $630 million` the first end takes what is written at the second."""
    done = list(figures)
    for index in range(len(done) - 1):
        low, high = done[index], done[index + 1]
        between = text[low.end : high.start]
        if not RANGE.match(between) or high.value <= low.value:
            continue
        one, other = understood(low.unit), understood(high.unit)
        fits = low.unit == high.unit or not low.unit or (one.family == other.family and one.scale == 1.0)
        if fits and _CHANGED_FROM.search(text[: low.start]):
            done[index] = replace(low, unit=high.unit or low.unit)
            continue
        joined = between.strip() not in {"and", "or"} or re.search(r"between\s+$", text[: low.start])
        if fits and joined:
            unit = high.unit or low.unit
            done[index] = replace(low, unit=unit, high_of=high.value)
            done[index + 1] = replace(high, unit=unit, low_of=low.value)
    return done


_CHANGED_FROM = re.compile(
    r"\b(?:rose|risen|grew|grown|increas\w+|improv\w+|climb\w+|gained|fell|fallen|declin\w+|decreas\w+|dropp\w+|went"
    r"|gone|moved|expand\w+|up|down|shrank|shrunk|widened|narrowed)\b[^.;]{0,40}?\bfrom\s+"
    r"(?:about\s+|around\s+|approximately\s+|some\s+|nearly\s+|almost\s+|over\s+)?$",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"^[\s,(]*(?:(?:about|or|up|down|more|less|higher|lower|than|year|the|before|prior|over|year-on-year|yoy)\b[\s,]*)*"
    r"(?:(?:in|for|of|at|during|by|as of|at the end of|at end|end|since)\s+)?(?:the\s+)?[\s(]*$",
    re.IGNORECASE,
)
_PAST_EVENT = re.compile(r"\b(?:founded|established|incorporated|opened|since|until)\s+(?:in\s+)?$", re.IGNORECASE)
_NOT_INHERITED = re.compile(r"\b(?:since|today|now|currently)\b[^.;]*$", re.IGNORECASE)


def _with_periods(figures: list[Figure], text: str) -> list[Figure]:
    """Gives each figure the period written at it, else the one that leads its sentence, else the one that ends it."""
    periods = periods_in(_MASKS_WITHOUT_YEARS.sub(lambda match: " " * len(match[0]), text))
    periods = [period for period in periods if not _PAST_EVENT.search(text[: period.start])]
    if not periods or not figures:
        return figures
    bound: dict[int, Period] = {}
    used: set[int] = set()
    for index, figure in enumerate(figures):
        later = next((period for period in periods if period.start >= figure.end), None)
        stop = figures[index + 1].start if index + 1 < len(figures) else len(text) + 1
        if later and later.start < stop and _BOUND.match(text[figure.end : later.start]):
            bound[index] = later
            used.add(later.start)
    for index in range(len(figures) - 2, -1, -1):
        joined = index not in bound and index + 1 in bound and _same_breath(figures[index], figures[index + 1], text)
        if joined and not _CHANGED_FROM.search(text[: figures[index].start]):
            bound[index] = bound[index + 1]
    return [
        replace(figure, period=(bound[index] if index in bound else _leading(figure, periods, used, text)).label)
        if index in bound or _leading(figure, periods, used, text) is not _NONE
        else figure
        for index, figure in enumerate(figures)
    ]


_NONE = Period("", -1, -1)
_MASKS_WITHOUT_YEARS = re.compile(r"https?://\S+|\S+@\S+\.\w+")
_SENTENCE_END = re.compile(r"[.!?]\s+[A-Z]|\n")


def _same_breath(first: Figure, second: Figure, text: str) -> bool:
    between = text[first.end : second.start]
    ranged = first.high_of is not None
    return ranged or (bool(re.match(r"^[\s,(]*(?:or|to|and)?[\s,(]*$", between)) and not _SENTENCE_END.search(between))


def _leading(figure: Figure, periods: Sequence[Period], used: set[int], text: str) -> Period:
    if _CHANGED_FROM.search(text[: figure.start]):
        return _NONE
    free = [period for period in periods if period.start not in used]
    before = [period for period in free if period.end <= figure.start]
    same = [period for period in before if not _SENTENCE_END.search(text[period.end : figure.start])]
    if same and not _NOT_INHERITED.search(text[same[-1].end : figure.start]):
        return same[-1]
    after = [period for period in free if period.start >= figure.end]
    near = [period for period in after if not _SENTENCE_END.search(text[figure.end : period.start])]
    return near[0] if near and not same else _NONE


def _base(value: float, unit: str) -> tuple[str, float, float]:
    parsed = understood(unit)
    return parsed.family, value * parsed.scale, parsed.scale


def _close(written: float, step: float, exact: float) -> bool:
    slack = step / 2 + abs(exact) * 1e-9
    if abs(written - exact) > slack:
        return False
    return exact == written or abs(written - exact) <= MOST_RELATIVE_ROUNDING * max(abs(exact), 1e-12)


def _families_agree(figure: str, fact: str) -> bool:
    if figure == fact or not figure or not fact:
        return True
    return singular(figure) == singular(fact)


def supports(figure: Figure, fact: Fact, *, match_period: bool = False) -> bool:
    """Whether the figure says what the fact says, after scaling its unit and rounding the fact to what is written.

    A loss may be written without its sign. With `match_period`, two different stated periods do not agree.
    """
    if fact.value is None:
        return False
    if match_period and figure.period and fact.period not in {"", "-"} and not same_period(figure.period, fact.period):
        return False
    return _agrees(figure, fact.value, fact.unit)


def _agrees(figure: Figure, value: float, unit: str) -> bool:
    family, written, scale = _base(figure.value, figure.unit)
    other_family, exact, other_scale = _base(value, unit)
    if not _families_agree(family, other_family):
        return False
    step = scale * 10.0**-figure.decimals
    exacts = [(exact, step)]
    if not figure.unit or (not family and scale == 1.0):
        exacts.append((value, 10.0**-figure.decimals))
        written_plain = figure.value
        return any(
            _close(candidate, size, target)
            for candidate in {written_plain, -written_plain if value < 0 else written_plain}
            for target, size in exacts
        )
    if not unit and other_scale == 1.0 and scale != 1.0:
        exacts.append((value * scale, step))
    signs = {written, -written} if value < 0 < figure.value else {written}
    return any(_close(candidate, size, target) for candidate in signs for target, size in exacts)


def figure_of(value: float, unit: str, *, period: str = "", decimals: int | None = None) -> Figure:
    """A figure that stands alone, such as the value of a metric or a table cell."""
    written = format(value, ".10g")
    places = len(written.partition(".")[2]) if decimals is None and "e" not in written else decimals or 0
    return Figure(value=value, unit=unit, start=0, end=0, text=written, decimals=places, period=period)


def agree(value: float, unit: str, other_value: float, other_unit: str) -> bool:
    """Whether two figures say the same, as far as the coarser one is written."""
    return _agrees(figure_of(value, unit), other_value, other_unit) or _agrees(
        figure_of(other_value, other_unit), value, unit
    )


def supporting_facts(figure: Figure, facts: Iterable[Fact], *, match_period: bool = False) -> list[Fact]:
    return [fact for fact in facts if supports(figure, fact, match_period=match_period)]


def unsupported_figures(
    text: str, facts: Sequence[Fact], sources: Sequence[str] = (), *, match_period: bool = True
) -> list[Figure]:
    """Figures of the text that no fact, and no figure in the texts of `sources`, bears out.

    A figure that names its period needs a fact of that period, unless `match_period` is off.
    """
    missing = [figure for figure in figures_in(text) if not supporting_facts(figure, facts, match_period=match_period)]
    if not missing or not sources:
        return missing
    known = [figure for source in sources for figure in figures_in(source)]
    return [
        figure for figure in missing if not any(said_alike(figure, other, match_period=match_period) for other in known)
    ]


def said_alike(figure: Figure, other: Figure, *, match_period: bool = True) -> bool:
    """Whether a figure of another text says the same; two different stated periods do not agree."""
    apart = match_period and figure.period and other.period and not same_period(figure.period, other.period)
    return not apart and _agrees(figure, other.value, other.unit)
