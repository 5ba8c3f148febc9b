"""The leading idea of the book and its thesis, out of the instruction, else out of the strongest statements."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.brief import Brief
from agents.drafted import DraftedHero, DraftedText
from agents.evidence_only.directions import Instruction, sentence_case
from agents.evidence_only.persona import PASTED
from agents.evidence_only.statements import Statement, told_in
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing
from domain.model import HeroContext
from evidence.figures import figures_in

_CHOICE = re.compile(
    r"\b(?:take|choose|use|go with|lead with|start with|hero(?: concept)?(?: is)?:?)\s+(?:the\s+|an?\s+)?"
    r"(?P<name>[\w -]{2,60}?)(?:\s+(?:concept|idea|hero|story))?\s*:\s*(?P<rest>[^.]+(?:\.\d[^.]*)*)",
    re.IGNORECASE,
)
_SECOND_LINE = re.compile(
    r"\b(?:keep|leave)\s+the\s+(?P<name>[\w -]{2,40}?)\s+(?:concept|idea|hero|story)?\s*as\b", re.IGNORECASE
)
_ALSO = (
    r"\bfor\s+(?:the\s+)?{name},?\s+(?:also\s+)?(?:write|add|say"
    r"|mention)\s+(?:that\s+)?(?P<rest>[^\n]+?)(?:\.\s+[A-Z]|\.?\s*$)"
)

THEMES: dict[str, re.Pattern[str]] = {
    "Reach": re.compile(r"\b(?:countries|territories|worldwide|footprint|nationwide|locations|customers)\b", re.I),
    "Growth": re.compile(r"\b(?:grew|growth|rose|increase[ds]?|doubled|volume)\b", re.I),
    "Capital-light model": re.compile(
        r"\b(?:little (?:fixed )?capital|capital-light|asset-light|outsourc\w+"
        r"|third parties|low capital)\b",
        re.I,
    ),
    "Brand": re.compile(r"\b(?:brands?|recogni[sz]\w+|trust\w*|reputation)\b", re.I),
    "Loyal customers": re.compile(
        r"\b(?:recurring|loyal|regulars|repeat|subscri\w+|long-term contracts?|retention)\b", re.I
    ),
}
_FOR_FINANCIAL = ("Capital-light model", "Growth", "Loyal customers", "Brand", "Reach")
_FOR_OTHERS = ("Reach", "Brand", "Growth", "Capital-light model", "Loyal customers")
ASSET = re.compile(r"\b(?:owns?|brands?|formula|patents?|trade secret|know-how|real estate|licen[cs]es?)\b", re.I)
_OPPORTUNITY = re.compile(
    r"\b(?:opportunit\w+|potential|remaining|ambition|expan\w+|untapped|guided|plans? to|intends? to"
    r"|new (?:markets?|shops?|stores?|sites?))\b",
    re.I,
)


def draft_hero(brief: Brief) -> DraftedHero:
    instruction = Instruction.of(brief.instruction)
    backing = Backing(brief)
    pool = told_in(brief, backing)
    current = brief.hero_context
    hero, notes = _hero(instruction, current, concepts(brief, pool))
    thesis = current.investment_thesis if current else None
    if instruction.has_excerpt:
        notes.append(PASTED)
    return DraftedHero(
        selected_hero=hero[:300],
        asset=_part(backing, instruction, "asset", thesis.asset if thesis else "", best_statement(pool, ASSET)),
        timing=_part(
            backing,
            instruction,
            "timing",
            thesis.timing if thesis else "",
            best_statement(pool, THEMES["Growth"], recent=True),
        ),
        opportunity=_part(
            backing,
            instruction,
            "opportunity",
            thesis.opportunity if thesis else "",
            best_statement(pool, _OPPORTUNITY),
        ),
        notes=notes,
    )


def _hero(
    instruction: Instruction, current: HeroContext | None, ideas: list[tuple[str, Statement]]
) -> tuple[str, list[str]]:
    choice = _CHOICE.search(instruction.text)
    if choice:
        name, rest = sentence_case(choice["name"].strip()), choice["rest"].strip(" .")
        lead = f"{name}: {rest}"
        second = _SECOND_LINE.search(instruction.text)
        if second and current is not None and second["name"].strip().lower() in current.selected_hero.lower():
            lead = f"{lead}; second line: {current.selected_hero}"
        return lead, []
    notes = [f"Concept {number}. {name}: {item.text}" for number, (name, item) in enumerate(ideas[:3], 1)]
    if current is not None and not instruction.asks_for("concepts?", "ideas?"):
        return current.selected_hero, []
    if not ideas:
        return f"Leading idea {NOT_IN_DOCUMENTS}", ["The documents hold no statement to lead with."]
    name, item = ideas[0]
    return f"{name}: {item.text.rstrip('.')}", notes


def concepts(brief: Brief, pool: list[Statement]) -> list[tuple[str, Statement]]:
    """The best statement for each theme, those first that this buyer looks for."""
    financial = bool(
        brief.buyer_persona and re.search(r"financial|sponsor|private equity", brief.buyer_persona.type, re.I)
    )
    found: list[tuple[str, Statement]] = []
    used: set[str] = set()
    for name in _FOR_FINANCIAL if financial else _FOR_OTHERS:
        best = best_statement([item for item in pool if item.text not in used], THEMES[name])
        if best is not None:
            used.add(best.text)
            found.append((name, best))
    return found


def _part(backing: Backing, instruction: Instruction, name: str, current: str, best: Statement | None) -> DraftedText:
    """What the instruction says, else what stood there, else the best statement; with what is to be added."""
    given = instruction.labelled(name)
    base = sentence_case(given) if given else current
    refs: list[str] = backing.refs(base) if base else []
    if not base and best is not None:
        base, refs = best.text, [best.ref]
    added = re.search(_ALSO.format(name=name), instruction.text, re.IGNORECASE)
    if added:
        more = sentence_case(added["rest"].strip(" ."))
        base = f"{base.rstrip('.')}. {more}." if base else f"{more}."
        refs = [*refs, *backing.refs(more)]
    return DraftedText(text=base or f"{sentence_case(NOT_IN_DOCUMENTS)}.", refs=refs)


def best_statement(pool: Sequence[Statement], words: re.Pattern[str], *, recent: bool = False) -> Statement | None:
    """The statement with these words that says most; the latest figures where it should be recent."""

    def score(item: Statement) -> float:
        figures = figures_in(item.text)
        value = 1.0 + min(len(words.findall(item.text)), 3) * 0.5
        value += 0.6 * bool(figures) - 0.9 * item.opinion - 1.5 * item.leans - 0.8 * (len(item.text) > 200)
        if recent:
            years = [int(year) for year in re.findall(r"20\d\d", " ".join(figure.period for figure in figures))]
            value += 0.3 * (max(years) - 2000) / 10 if years else 0.0
        return value

    fitting = [item for item in pool if words.search(item.text)]
    return max(fitting, key=lambda item: (score(item), -item.order), default=None)
