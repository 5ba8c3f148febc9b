"""Labels of rows and axes: what is measured, and of whom."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from evidence.model import one_line
from evidence.units import is_per_share

_METRIC_WORDS = (
    r"(?:adjusted |recurring |organic |constant[- ]currency |consolidated |total |annual |net |gross "
    r"|operating |diluted |basic |segment |free |"
    r"recurring )*"
)
_CORE = (
    r"(?:revenue |dollar )retention(?: rate)?"
    r"|net sales|sales|revenues?|turnover|gross profit|gross margin|operating margin|operating income"
    r"|operating profit|operating loss"
    r"|operating expenses?|income from operations|loss from operations|ebitda margin|ebita margin|ebit margin"
    r"|ebitda|ebita|ebit|net income|net profit"
    r"|net loss|net margin|profit before tax(?:es)?|income before income taxes|profit margin|margin"
    r"|earnings per (?:\w+ )?share|eps"
    r"|selling,? general and administrative(?: (?:costs?|expenses?))?|sg&a(?: (?:costs?|expenses?))?"
    r"|cost of (?:products|goods) sold|cost of (?:sales|revenues?)|cogs"
    r"|research and development(?: (?:costs?|expenses?|spending))?|r&d(?: (?:costs?|expenses?|spending))?"
    r"|advertising and sales promotion(?: expenses?)?"
    r"|depreciation and amortization|depreciation|amortization|capital expenditures?|capex"
    r"|cash flow(?: from operations)?|operating cash flow"
    r"|cash and cash equivalents|working capital|net debt|total debt|debt|leverage|inventories|inventory"
    r"|receivables|payables|total assets"
    r"|total liabilities|equity|stockholders['\u2019] equity|shareholders['\u2019] equity"
    r"|dividends?(?: per share)?|order backlog|backlog|order intake|bookings"
    r"|arr|mrr|churn(?: rate)?|retention(?: rate)?|net revenue retention|utilization|occupancy(?: rate)?"
    r"|market share|customer concentration"
    r"|tax rate|effective tax rate|return on (?:equity|assets|invested capital|capital employed)|roce|roic"
    r"|headcount|workforce|employees"
    r"|growth opportunity|addressable market|market size|average (?:selling )?price|volumes?|cash|profit"
    r"|capacity|output|production|rent"
    r"|same[- ]store sales|like[- ]for[- ]like sales|gross merchandise value|gmv|share of (?:net )?(?:sales|revenues?)"
)
KNOWN_METRIC = re.compile(rf"(?<![\w-]){_METRIC_WORDS}(?:{_CORE})(?![\w-])", re.IGNORECASE)
_SPLIT = re.compile(r"\s+[-\u2013—|]\s+|:\s+(?=\S)")
_DEPENDENT = re.compile(
    r"^(?:[%‰]|y[/-]?o[/-]?y|growth|change|increase|decrease|margin|as (?:a )?(?:%|percent|share)|in (?:%"
    r"|percent)|share of total|percent of|of total)\b|^%",
    re.IGNORECASE,
)
_OF_WHICH = re.compile(r"^(?:thereof|of which|o/w|including|incl\.)[:\s]+", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")
_RANGE_END = re.compile(r"\((low|high) end\)$")
_YEAR_TAIL = re.compile(r"[\s,]+(?:in\s+)?(?:FY|CY)?\s?(?:19|20)\d{2}[AEFPB]?$")
_FOOTNOTE = re.compile(r"(?<=[a-z)])\s*(?:\[\d+\]|[*†‡¹²³⁴⁵]+)$")
_UNIT_TAIL = re.compile(
    r",?\s*(?:in\s+)?(?:USD|EUR|GBP|CHF|US\$|[$€£])?\s*(?:in\s+)?(?:millions?|thousands?|billions?|percent|%)\s*$",
    re.IGNORECASE,
)
_CHECK = re.compile(r"^(?:check|control|rounding difference|difference check)\b", re.IGNORECASE)
_NOTE = re.compile(r"^(?:sources?|notes?|basis|remarks?|comments?|footnotes?)\b\s*:?", re.IGNORECASE)
_BY = re.compile(
    r"^(?P<metric>.{3,60}?)\s+(?:by|per)\s+(?:\w+ )?(?:region|segment|product|customer|country|channel"
    r"|division|site|market|brand|area|geography|business|category|line|department|function)s?\b",
    re.IGNORECASE,
)
_WHOLE = frozenset(
    (
        "",
        *[
            "all",
            "total",
            "group",
            "company",
            "world",
            "worldwide",
            "global",
            "consolidated",
            "overall",
            "n/a",
            "na",
            "-",
            "\u2013",
            "none",
            "segment",
            "segments",
            "region",
        ],
        *["regions", "product", "products", "entity", "sum", "any"],
        "the company",
        "grand total",
    )
)
_ALIASES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), key)
    for pattern, key in (
        (r"^(?:total |consolidated )?(?:net )?(?:sales|revenues?|turnover)$", "net sales"),
        (r"^(?:income from operations|operating (?:income|profit)|ebit)$", "operating income"),
        (r"^(?:net (?:income|profit)|profit for the year)$", "net income"),
        (r"^(?:employees|headcount|workforce|people|staff|ftes?|number of employees)$", "employees"),
        (r"^(?:diluted (?:earnings per share|eps)|earnings per diluted share)$", "diluted earnings per share"),
        (
            r"^(?:selling,? general and administrative|sg&a)(?: (?:costs?|expenses?))?$",
            "selling general and administrative",
        ),
        (r"^(?:total )?(?:stockholders|shareholders)['\u2019] equity$", "equity"),
        (r"^(?:cash|cash and cash equivalents)$", "cash"),
        (r"^(?:inventory|inventories)$", "inventories"),
    )
)


@dataclass(frozen=True, slots=True)
class Label:
    """`metric` is what is measured, `entity` of whom; empty where it is the company as a whole."""

    metric: str
    entity: str = ""


def is_note(text: str) -> bool:
    return bool(_NOTE.match(text))


def is_check(text: str) -> bool:
    return bool(_CHECK.match(text.strip()))


def whole(text: str) -> bool:
    """Whether an entity stands for the company as a whole."""
    return text.strip().lower() in _WHOLE


def capitalised(text: str) -> str:
    first = text.split(" ")[0]
    return text[:1].upper() + text[1:] if first.islower() else text


def tidy(text: str) -> str:
    """A label without its unit, brackets and footnote marks."""
    bare = _UNIT_TAIL.sub("", _BRACKETS.sub("", _FOOTNOTE.sub("", one_line(text, 200)))).strip(" :,;-\u2013")
    bare = _YEAR_TAIL.sub("", bare)
    return bare or one_line(text, 200)


def entity_of(text: str) -> str:
    name = tidy(text)
    return "" if whole(name) else one_line(name, 120)


def row_label(text: str, parent: str, section: str) -> Label:
    """Reads a row's label; `parent` is the metric above that it may hang on, `section` the line over its group."""
    plain = tidy(_OF_WHICH.sub("", text.strip()))
    head, entity = _split(plain)
    if _DEPENDENT.match(head) and not KNOWN_METRIC.search(re.sub(r"^margin\b", "", head, flags=re.IGNORECASE)):
        base = parent or _section_metric(section)
        return Label(capitalised(_hung_on(head, base)), entity)
    if not entity and not KNOWN_METRIC.search(head):
        metric = _section_metric(section)
        if metric:
            return Label(capitalised(metric), entity_of(head))
    return Label(capitalised(head), entity)


def _hung_on(head: str, base: str) -> str:
    if not base:
        return head
    return f"{base}, {head}" if head.startswith(("%", "as ", "in ")) else f"{base} {head[:1].lower()}{head[1:]}"


def _split(text: str) -> tuple[str, str]:
    parts = _SPLIT.split(text, maxsplit=1)
    if len(parts) == 2 and parts[0].strip() and parts[1].strip() and len(parts[1]) < 80:
        return parts[0].strip(), entity_of(parts[1])
    return text, ""


def _section_metric(section: str) -> str:
    plain = tidy(section)
    by = _BY.match(plain)
    if by and (KNOWN_METRIC.search(by["metric"]) or len(by["metric"].split()) <= 4):
        return by["metric"]
    found = KNOWN_METRIC.fullmatch(plain)
    return plain if found else ""


def breaks_down(text: str) -> bool:
    """Whether a line such as `Net sales by region` says what the rows under it measure."""
    return bool(_section_metric(text))


@lru_cache(maxsize=4_096)
def metric_key(metric: str) -> str:
    """A form in which one measure compares equal under its names: `Operating income`, `Income from operations`."""
    plain = " ".join(re.sub(r"[^\w&'\u2019 -]", " ", tidy(metric).lower()).split())
    end = _RANGE_END.search(metric)
    named = next((key for pattern, key in _ALIASES if pattern.match(plain)), plain.removeprefix("total "))
    return f"{named} {end[1]}" if end else named


def unit_by_name(label: str) -> str:
    """The unit that the words of a label imply: a margin is a percentage, a headcount is people."""
    text = label.lower()
    if is_per_share(text):
        return "per share"
    if re.search(
        r"%|\bmargin\b|\bpercent|\bgrowth\b|\bshare of\b|\brate\b|\bchurn\b|\butili[sz]ation\b|\boccupancy\b"
        r"|\bmarket share\b|\breturn on\b|\bcagr\b",
        text,
    ):
        return "percent"
    if re.search(r"\b(?:employees|headcount|ftes?|people|staff|workforce)\b", text):
        return "" if re.search(r"\b(?:cost|expense|wage|salar|per)\b", text) else "people"
    if re.search(r"\b(?:ratio|multiple|turns)\b|\(x\)|\bcover(?:age)?$", text):
        return "x"
    if re.search(r"\b(?:dso|dio|dpo)\b|\bdays\b", text):
        return "days"
    counted = re.search(r"^(?:total )?(?:number|no\.?|count|#) (?:of )?([a-z]+(?: [a-z]+)?)$", text)
    return counted[1] if counted else ""
