"""Units of figures: how they are written, what they are called here, and how they scale."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

_CURRENCY_NAMES: dict[str, str] = {
    "$": "USD",
    "us$": "USD",
    "usd": "USD",
    "dollar": "USD",
    "dollars": "USD",
    "us dollars": "USD",
    "u.s. dollars": "USD",
    "€": "EUR",
    "eur": "EUR",
    "euro": "EUR",
    "euros": "EUR",
    "£": "GBP",
    "gbp": "GBP",
    "¥": "JPY",
    "jpy": "JPY",
    "chf": "CHF",
    "cad": "CAD",
    "c$": "CAD",
    "aud": "AUD",
    "a$": "AUD",
    "sek": "SEK",
    "nok": "NOK",
    "dkk": "DKK",
    "inr": "INR",
    "cny": "CNY",
    "rmb": "CNY",
    "brl": "BRL",
    "r$": "BRL",
    "pln": "PLN",
}
_SCALE_NAMES: dict[str, str] = {
    "k": "thousand",
    "000": "thousand",
    "000s": "thousand",
    "'000": "thousand",
    "\u2019000": "thousand",
    "thousand": "thousand",
    "thousands": "thousand",
    "m": "million",
    "mm": "million",
    "mn": "million",
    "mio": "million",
    "million": "million",
    "millions": "million",
    "b": "billion",
    "bn": "billion",
    "billion": "billion",
    "billions": "billion",
    "trillion": "trillion",
    "tn": "trillion",
}
SCALES: dict[str, float] = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
CURRENCIES = frozenset(_CURRENCY_NAMES.values())

CURRENCY_BEFORE = r"(?:US\$|C\$|A\$|R\$|\$|€|£|¥|(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|SEK|NOK|DKK|INR|CNY|RMB|BRL|PLN)\b)"
CURRENCY_AFTER = (
    r"(?:USD|EUR|GBP|JPY|CHF|CAD|AUD|SEK|NOK|DKK|INR|CNY|RMB|BRL|PLN|(?:US |U\.S\. )?dollars?|euros?|€|£|\$)(?![\w$])"
)
SCALE_AFTER = r"(?:thousand|million|billion|trillion|mio|mn|mm|bn|tn|[kKmMbB])(?![\w])"

_PEOPLE = frozenset(
    " ".join(
        (
            "people person persons employee employees staff headcount fte ftes workers worker colleagues",
            "associates team-members workforce employed",
        )
    ).split()
)
_COUNTED = frozenset(
    " ".join(
        (
            "people persons employees staff workers colleagues associates ftes customers clients users",
            "subscribers members accounts suppliers vendors partners distributors dealers resellers retailers",
            "stores shops outlets branches offices sites locations plants factories facilities warehouses depots",
            "countries territories markets regions cities states patents trademarks brands products skus units",
            "items orders transactions shipments vehicles machines trucks ships aircraft beds rooms students",
            "patients doctors engineers developers contracts projects licences licenses hectares acres kilometres",
            "kilometers km miles tonnes tons kg litres liters barrels mw gw mwh gwh kw kwh sqm shares hours days",
            "weeks months years quarters installations systems devices sensors downloads visits visitors",
            "households homes apartments flights routes languages channels categories formulas recipes",
            "competitors acquisitions segments",
        )
    ).split()
)
_PER_SHARE = re.compile(r"per[\s-](?:\w+\s)?share|\bEPS\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Unit:
    """`family`: a currency code, `percent`, `points`, `multiple`, `year`, a counted noun, or empty."""

    family: str
    scale: float


def currency(text: str) -> str:
    return _CURRENCY_NAMES.get(text.strip().lower(), "")


def scale_name(text: str) -> str:
    stripped = text.strip()
    return _SCALE_NAMES.get(stripped.lower(), "") if stripped else ""


def money(code: str, scale: str) -> str:
    """`USD million`; just `million` where the currency is not told."""
    return " ".join(part for part in (code, scale) if part)


def is_counted(word: str) -> bool:
    return word.lower() in _COUNTED


def counted_unit(words: str) -> str:
    """The unit that a counted noun stands for: employees and staff are people."""
    noun = " ".join(words.lower().split())
    return "people" if noun.split(" ")[-1] in _PEOPLE or noun.split(" ")[0] in _PEOPLE else noun


def singular(word: str) -> str:
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


@lru_cache(maxsize=4_096)
def understood(unit: str) -> Unit:
    """A unit as written, taken apart for comparison."""
    words = unit.lower().replace("us$", "usd").split()
    if not words:
        return Unit("", 1.0)
    if words[0] in {"percent", "%"}:
        return Unit("percent", 1.0)
    if unit.lower() in {"percentage points", "pp"}:
        return Unit("points", 1.0)
    if unit.lower() in {"basis points", "bps"}:
        return Unit("points", 0.01)
    if words[0] in {"x", "times"}:
        return Unit("multiple", 1.0)
    code = next((currency(word) for word in words if currency(word)), "")
    scale = next((scale_name(word) for word in words if scale_name(word) and len(word) > 1), "")
    rest = [word for word in words if not currency(word) and not scale_name(word)]
    if code:
        return Unit(code, SCALES[scale])
    return Unit(singular(counted_unit(" ".join(rest)).split(" ")[0]) if rest else "", SCALES[scale])


_PHRASE_CODE = (
    r"(?:US\$|USD|US dollars?|U\.S\. dollars?|dollars?|EUR|euros?|GBP|CHF|CAD|AUD|JPY|SEK|NOK|DKK|INR|CNY|RMB"
    r"|BRL|PLN|[$€£¥])"
)
_PHRASE_SCALE = r"(?:thousands?|millions?|billions?|['\u2019]?000s?|mn|mm|mio|bn|[mkM])"
_CODE_THEN_SCALE = re.compile(rf"({_PHRASE_CODE})\s*(?:in\s+)?({_PHRASE_SCALE})(?!\w|[.,]\d)", re.IGNORECASE)
_SCALE_THEN_CODE = re.compile(rf"(?:\bin\s+)?\b({_PHRASE_SCALE})\s+(?:of\s+)?({_PHRASE_CODE})(?!\w)", re.IGNORECASE)
_IN_SCALE = re.compile(r"\bin\s+(thousands|millions|billions)\b", re.IGNORECASE)
_CODE_ALONE = re.compile(
    r"(?:\(|\bin\s+|,\s*)(US\$|USD|EUR|GBP|CHF|CAD|AUD|JPY|SEK|[$€£])\s*(?:\)|$|,|;)", re.IGNORECASE
)
_PERCENT_ALONE = re.compile(r"(?:\(|\bin\s+|,\s*)(?:%|percent|per cent)\s*(?:\)|$|,)|%\s*$|^%", re.IGNORECASE)
_MULTIPLE_ALONE = re.compile(r"\((?:x|times)\)", re.IGNORECASE)
_COUNT_ALONE = re.compile(r"\(([a-z]+)\)|\bnumber of ([a-z]+(?: [a-z]+)?)", re.IGNORECASE)


def unit_in_label(text: str) -> str:
    """The unit that a label, header or note declares: `USD millions`, `($m)`, `$ in thousands`, `(%)`; else empty."""
    for pattern, code_at in ((_CODE_THEN_SCALE, 1), (_SCALE_THEN_CODE, 2)):
        found = pattern.search(text)
        if found:
            return money(currency(found[code_at]), scale_name(found[3 - code_at]))
    if _PERCENT_ALONE.search(text):
        return "percent"
    if _MULTIPLE_ALONE.search(text):
        return "x"
    alone = _CODE_ALONE.search(text)
    if alone:
        return currency(alone[1])
    in_scale = _IN_SCALE.search(text)
    if in_scale:
        return scale_name(in_scale[1])
    counted = _COUNT_ALONE.search(text)
    if counted:
        noun = counted[1] or counted[2]
        if is_counted(noun.split(" ")[-1]) or counted[2]:
            return counted_unit(noun)
    return ""


def is_per_share(text: str) -> bool:
    return bool(_PER_SHARE.search(text))
