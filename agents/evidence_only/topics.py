"""What sections, sentences and figures are about: the usual chapters of a CIM, told apart by their words."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from agents.evidence_only.directions import content_words
from domain.model import OutlineSection

SUMMARY, COMPANY, PRODUCTS, MARKETS, GROWTH = "summary", "company", "products", "markets", "growth"
FINANCIALS, COSTS, OPERATIONS, PEOPLE, RISKS = "financials", "costs", "operations", "people", "risks"


@dataclass(frozen=True, slots=True)
class Topic:
    """`titles` finds the section, `words` the evidence; `next_best` is where it goes when no section has the topic."""

    name: str
    title: str
    titles: re.Pattern[str]
    words: re.Pattern[str]
    next_best: tuple[str, ...] = ()


def _any(*words: str) -> re.Pattern[str]:
    return re.compile(r"\b(?:" + "|".join(words) + r")", re.IGNORECASE)


TOPICS: tuple[Topic, ...] = (
    Topic(
        SUMMARY,
        "Executive summary",
        _any("executive summary", "summary", "highlights?", "key facts", "at a glance", "teaser", "overview$"),
        _any("in short", "in summary", "key facts"),
    ),
    Topic(
        PEOPLE,
        "People",
        _any("people", "management", "team", "employees", "organi[sz]ation", "culture", "workforce"),
        _any(
            "employ", "people work", "our people", "people (?:in|at|today)", "workforce", "staff", "headcount",
            "chief executive", "chief financial",
            "chairman", "culture", "management team", "founder", "succession", 
        ),
        (COMPANY, OPERATIONS, SUMMARY),
    ),
    Topic(
        COSTS,
        "Cost structure",
        _any("costs?\\b", "cost structure", "margins?\\b", "expenses?"),
        _any(
            "costs?\\b", "expenses?", "gross margin", "price increases?", "input", "advertising", "promotion",
            "research and development", "selling", "administrative", "amorti[sz]ation", "depreciation", "rent\\b",
            "wages", "ingredients?", "cost of",
        ),
        (FINANCIALS, RISKS),
    ),
    Topic(
        FINANCIALS,
        "Financials",
        _any("financ", "results?", "profit", "performance", "numbers", "trading", "balance sheet", "cash flow"),
        _any(
            "net sales", "revenues?", "turnover", "sales (?:were|grew|rose|fell)", "profit", "income", "ebitda?",
            "earnings",
            "margin", "cash", "assets", "liabilities", "equity", "inventor", "debt", "working capital", "current ratio",
            "guid", "fiscal year", "statements?\\b",
        ),
        (SUMMARY,),
    ),
    Topic(
        PRODUCTS,
        "Products and brands",
        _any("products?", "brands?", "offer", "services?", "portfolio", "range"),
        _any(
            "products?", "brands?", "range", "portfolio", "formula", "services?", "recipes?",
            "quality", "used (?:for|by)", "users?\\b", "items?\\b",
        ),
        (COMPANY, MARKETS, SUMMARY),
    ),
    Topic(
        MARKETS,
        "Markets and channels",
        _any(
            "markets?", "channels?", "customers?", "distribution", "geograph", "regions?", "segments?",
            "competit", "sales\\b",
        ),
        _any(
            "markets?", "channels?", "customers?", "distribut", "retail", "regions?", "segments?", "countries",
            "territories",
            "direct sell", "sales team", "competit", "rivals?", "private labels?", "online", "stores?\\b", "wholesale",
            "outside the", "routes? to market", "shelf", "split", "hotels?", "restaurants?", "consumers?",
        ),
        (COMPANY, GROWTH, SUMMARY),
    ),
    Topic(
        GROWTH,
        "Growth plan",
        _any("growth", "strategy", "plan", "opportunit", "outlook", "future", "vision"),
        _any(
            "growth", "grow\\b", "strateg", "plan\\b", "opportunit", "ambition", "expan", "guid", "outlook",
            "long-term", "framework",
            "initiative", "new (?:shop|store|site|market|product|system)", "pipeline", "potential", "battles",
            "enablers",
            "volume", "premium", "digital", "open (?:a|two|three|another)", "intend",
        ),
        (MARKETS, FINANCIALS, SUMMARY),
    ),
    Topic(
        RISKS,
        "Risks",
        _any("risks?", "threats?", "mitigat", "concerns?"),
        _any(
            "risks?", "depend", "relian", "threat", "danger", "worr", "awake", "copycat", "regulat", "litigation",
            "concern",
            "exchange rates?", "erosion", "limited number", "loss of", "volatil", "execution",
        ),
        (SUMMARY,),
    ),
    Topic(
        OPERATIONS,
        "Operations",
        _any("operations?", "supply", "production", "manufactur", "logistics", "facilities", "technology", "it\\b"),
        _any(
            "finished goods", "manufactur", "suppl", "third parties", "contractors?", "factor(?:y|ies)",
            "facilit", "warehouse",
            "filling", "production", "capacity", "software", "systems?\\b", "logistics",
            "partners",
        ),
        (COMPANY, COSTS, RISKS, SUMMARY),
    ),
    Topic(
        COMPANY,
        "Company",
        _any("company", "business", "history", "who we are", "about", "introduction", "background"),
        _any(
            "founded", "history", "listed", "listing", "company (?:owns|develops|is)", "owns", "headquarter",
            "acqui", "generation",
            "since (?:19|20)\\d\\d", "in (?:19|20)\\d\\d", "family", "named?\\b", "business model", "little "
            "(?:fixed )?capital",
        ),
        (SUMMARY,),
    ),
)  # fmt: skip
BY_NAME = {topic.name: topic for topic in TOPICS}
STANDARD_ORDER = (SUMMARY, COMPANY, PRODUCTS, MARKETS, GROWTH, FINANCIALS, COSTS, RISKS)


def topics_of_title(title: str) -> list[str]:
    """The topics that a section's title names, in the order of the title."""
    found = [(match.start(), topic.name) for topic in TOPICS if (match := topic.titles.search(title))]
    return [name for _, name in sorted(found)]


def scores(text: str, heading: str = "") -> dict[str, float]:
    """How much a sentence speaks of each topic; its heading counts for more than its words."""
    found: dict[str, float] = {}
    for topic in TOPICS:
        score = min(len(topic.words.findall(text)), 3) * 1.0
        if heading:
            score += 4.0 * bool(topic.titles.search(heading)) + 2.5 * bool(
                topic.words.search(heading) and not topic.titles.search(heading)
            )
        if score:
            found[topic.name] = score
    return found


_MERGED = re.compile(r"; with (?P<titles>[^.]+)")


class Chapters:
    """The sections of an outline as homes for topics."""

    def __init__(self, sections: Sequence[OutlineSection]) -> None:
        self._sections = sections
        self._homes: dict[str, str] = {}
        self._named = {section.id: topics_of_title(section.title) for section in sections}
        for first_only in (True, False):
            for section in sections:
                named = self._named[section.id]
                for name in named[:1] if first_only else named:
                    self._homes.setdefault(name, section.id)
        for section in sections:
            merged = _MERGED.search(section.description)
            for name in topics_of_title(merged["titles"]) if merged else ():
                self._homes.setdefault(name, section.id)

    def topics_of(self, section_id: str) -> list[str]:
        """What the section is the home of, the topics of its title first."""
        mine = [name for name, home in self._homes.items() if home == section_id]
        named = self._named.get(section_id, [])
        return sorted(mine, key=lambda name: named.index(name) if name in named else len(named))

    def has(self, topic: str) -> bool:
        return topic in self._homes

    def home(self, topic: str) -> str | None:
        """The section where the topic belongs, or else the next best."""
        if topic in self._homes:
            return self._homes[topic]
        for other in BY_NAME[topic].next_best:
            if other in self._homes:
                return self._homes[other]
        return None

    def home_of_text(self, text: str, heading: str = "") -> str | None:
        """The section that a sentence fits best: by the words of a section's own title, else by topic."""
        own = content_words(f"{heading} {text}")
        best: tuple[float, str] | None = None
        for section in self._sections:
            if self._named[section.id]:
                continue
            shared = len(content_words(f"{section.title} {section.description}") & own)
            if shared and (best is None or shared > best[0]):
                best = (float(shared), section.id)
        if best is not None:
            return best[1]
        found = scores(text, heading)
        if not found:
            return self.home(COMPANY)
        ranked = sorted(found, key=lambda name: (-found[name] - 0.5 * self.has(name), name))
        return next((home for name in ranked if (home := self.home(name))), None)
