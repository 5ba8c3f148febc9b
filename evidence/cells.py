"""Table cells: what is shown, and the number behind it."""

from __future__ import annotations

import datetime
import math
import re
from decimal import ROUND_HALF_UP, Decimal

from evidence.model import Cell, clean, one_line
from evidence.units import CURRENCY_AFTER, CURRENCY_BEFORE, SCALE_AFTER, currency, money, scale_name

_NUMBER_CELL = re.compile(
    rf"""^(?P<open>\()?\s*(?P<sign>[-\u2212\u2013+])?\s*(?P<cur>{CURRENCY_BEFORE})?\s*(?P<sign2>[-\u2212\u2013])?
    (?P<num>\d{{1,3}}(?:[,\u2019' \u00a0\u202f]\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?|\.\d+)\s*(?P<scale>{SCALE_AFTER})?
    \s*(?P<unit>%|percent|per\ cent|[x\u00d7]|bps|pp|{CURRENCY_AFTER})?
    \s*(?P<close>\))?(?:\s*%)?(?P<mark>[*†‡]|\[\w{{1,2}}\])?$""",
    re.VERBOSE,
)
MOST_CHARACTERS = 8_000
_QUOTED = re.compile(r'"[^"]*"|\\.|_.|\*.')
_BRACKETED = re.compile(r"\[\$([^\]-]*)[^\]]*\]")


def text_cell(text: str, locator: str) -> Cell:
    """A cell of a text table; a number where the whole of it is one."""
    shown = one_line(text, MOST_CHARACTERS)
    indent = len(text) - len(text.lstrip(" \t\u00a0"))
    match = _NUMBER_CELL.match(shown)
    if not match or bool(match["open"]) != bool(match["close"]):
        return Cell(text=shown, locator=locator, indent=indent)
    value = float(re.sub(r"[,\u2019' \u00a0\u202f]", "", match["num"]))
    sign = (match["sign"] or "") + (match["sign2"] or "")
    negative = bool(match["open"]) or any(mark in "-\u2212\u2013" for mark in sign)
    if not math.isfinite(value):
        return Cell(text=shown, locator=locator, indent=indent)
    return Cell(
        text=shown, number=-value if negative else value, unit=_text_unit(match, shown), locator=locator, indent=indent
    )


def _text_unit(match: re.Match[str], shown: str) -> str:
    unit = (match["unit"] or "").lower()
    if "%" in shown or unit.startswith("per"):
        return "percent"
    if unit in {"x", "\u00d7"}:
        return "x"
    if unit in {"bps", "pp"}:
        return {"bps": "basis points", "pp": "percentage points"}[unit]
    return money(currency(match["cur"] or unit), scale_name(match["scale"] or ""))


def sheet_cell(value: object, number_format: str, locator: str, indent: int = 0) -> Cell:
    """A cell of a workbook as its number format shows it. Formula results are rounded to what is shown."""
    if value is None:
        return Cell(locator=locator)
    if isinstance(value, bool):
        return Cell(text=str(value), locator=locator)
    if isinstance(value, datetime.datetime | datetime.date):
        day = value.date() if isinstance(value, datetime.datetime) else value
        return Cell(text=day.isoformat(), locator=locator)
    if isinstance(value, int | float):
        return _number_cell(float(value), number_format, locator) if math.isfinite(value) else Cell(locator=locator)
    text = str(value)
    shown = text_cell(text, locator)
    if text.startswith("#") and text.rstrip("!?").isupper():
        return Cell(locator=locator)
    return Cell(
        text=shown.text, number=shown.number, unit=shown.unit, locator=locator, indent=max(indent, shown.indent)
    )


def _number_cell(value: float, number_format: str, locator: str) -> Cell:
    code = number_format.split(";")[0] or "General"
    bracketed = _BRACKETED.search(code)
    plain = _QUOTED.sub("", _BRACKETED.sub("", code))
    percent = "%" in plain
    symbol = currency(bracketed[1]) if bracketed else next((currency(mark) for mark in "$€£¥" if mark in code), "")
    multiple = bool(re.search(r'"\s*[x\u00d7]\s*"|\\[x\u00d7]', code))
    places = len(re.sub(r"[^0#?]", "", plain.partition(".")[2])) if "." in plain else 0
    exact = Decimal(repr(value)) * (100 if percent else 1)
    shown_places = places if plain != "General" and ("0" in plain or "#" in plain) else 6
    kept = -exact.normalize().as_tuple().exponent if exact else 0  # type: ignore[operator]
    if kept > max(2, shown_places):
        exact = exact.quantize(Decimal(1).scaleb(-max(shown_places, 1)), rounding=ROUND_HALF_UP)
    number = float(exact) + 0.0
    if abs(value) >= 1e15:
        return Cell(text=f"{value:g}", locator=locator)
    decimals = min(max(-int(exact.normalize().as_tuple().exponent), 0), 6) if exact else 0
    text = (
        f"{number:,.{max(decimals, places if places <= 6 else 0)}f}"
        if not _like_a_year(value, plain)
        else str(int(value))
    )
    return Cell(
        text=f"{text}%" if percent else f"{text}x" if multiple else text,
        number=number,
        unit="percent" if percent else "x" if multiple else symbol,
        locator=locator,
    )


def _like_a_year(value: float, plain_format: str) -> bool:
    return value == int(value) and 1900 <= value <= 2100 and plain_format in {"General", "0", "@"}


def label_text(cell: Cell) -> str:
    return clean(cell.text).strip(" :")
