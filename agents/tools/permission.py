"""When a write may go ahead without asking: only if the person's own words of this turn ask for that kind of change.

Words that the person quoted or pasted never count, nor does anything that documents, tools or earlier answers say. A
turn in which something was pasted, or whose words speak to a machine, has every write confirmed.
"""

from __future__ import annotations

import re
from typing import Any

from agents.tools.own_words import OwnWords, own_words
from agents.tools.tool import Tool, ToolDesk
from domain.values import Value

SHORTEST_NAME = 3
LONGEST_COMMON_WORD = 8


def needs_a_person(tool: Tool[Any], arguments: Value, desk: ToolDesk) -> bool:
    """Whether people are asked before the call is carried out."""
    if tool.is_question or tool.confirm == "always":
        return True
    if callable(tool.confirm) and tool.confirm(arguments, desk):
        return True
    return tool.permission == "write" and not asked_for(tool.name, desk)


def asked_for(tool: str, desk: ToolDesk) -> bool:
    """Whether the person's own words ask for what the tool does. Tools without such words are always confirmed."""
    words = words_at(desk)
    return not words.has_foreign and any(_clause_asks(tool, clause, desk) for clause in words.clauses)


def words_at(desk: ToolDesk) -> OwnWords:
    """The person's words of this turn, with what was added to it since."""
    parts = [own_words(desk.context.said, desk.context.excerpts), *(own_words(text) for text in desk.steering)]
    return OwnWords(
        clauses=tuple(clause for part in parts for clause in part.clauses),
        has_foreign=any(part.has_foreign for part in parts),
    )


def named_at(desk: ToolDesk) -> frozenset[str]:
    """Ids of what the person named: with the message, or in words."""
    context = desk.context
    named = {*desk.scope.named, *context.named, *(slide.id for slide in context.book.slides if slide.named)}
    for clause in words_at(desk).clauses:
        named |= _names_in(clause, desk)
    return frozenset(named)


def revisable_at(desk: ToolDesk) -> frozenset[str]:
    """What the mode revise may change: what the person named, and the slides of a section that the person named."""
    named = named_at(desk)
    return named | {slide.id for slide in desk.context.book.slides if slide.section_id in named}


def _any_of(words: str) -> str:
    return "|".join(word.strip() for word in words.replace("\n", " ").split(","))


_CHANGE = _any_of(
    r"""add, change, update, save, set, write, rewrite, put, make, edit, revise, fix, correct, replace, shorten,
    sharpen, tighten, adjust, refresh, redo, rework, amend, extend, improve, use, take(?!\s+(?:me|us)\b), store, record,
    enter, fill in, insert, include, drop, remove, delete, move, merge, split, rename, lock, finish, complete,
    lead with, swap, turn, state, mention, also say, please say, ^say that, simplify, clarify, polish, reword, rephrase,
    finali[sz]e, adopt, choose, select"""
)
_NEW = _any_of(
    """build, create, draft, prepare, produce, start, compose, do, we need, i need, we want, i want,
    we['\u2019]d like, i['\u2019]d like, can we have, can i have"""
)
_STRUCTURE = _any_of(
    """add, change, update, save, set, revise, refresh, redo, rework, remove, drop, delete, move, merge, split, rename,
    reorder, lock, replace, insert, combine, swap, put, reword"""
)
_NOTE = _any_of(
    """add, create, record, note, register, track, remember, link, connect, relate, store, save, map, enter, update,
    change, correct, put, rename"""
)
_ORDER = _any_of("move, reorder, swap, put, sort, order, arrange, rearrange, bring")
_PERSONA = _any_of("persona, buyer, reader, motivations?, concerns?")
_HERO = _any_of("hero, concepts?, thesis, asset, timing, opportunity, leading idea, investment case, second line")
_SLIDE = _any_of("slides?, pages?, charts?, tables?, bullets?, bullet points?, speaker notes?, headlines?")
_KNOWN = _any_of(
    """compan(?:y|ies), persons?, people, products?, markets?, customers?, competitors?, suppliers?, partners?,
    entit(?:y|ies), relationships?, connections?, knowledge, graph"""
)
_NOT_MEANT = re.compile(
    r"\b(?:"
    + _any_of(
        """not, never, don['\u2019]?t, doesn['\u2019]?t, shouldn['\u2019]?t, mustn['\u2019]?t, without, nothing,
        no need, stop, hold off, refrain, avoid, before you, says, said, states, stated, claims, claimed, wants, asks,
        asked, told, tells, writes, wrote, suggests, suggested, recommends, demands, according to, instructed,
        would have, might, may want, perhaps, if, unless, propose, suggest, give me, show me, consider,
        options? (?:for|to), ideas? (?:for|to), ways to, how to"""
    )
    + r")\b",
    re.IGNORECASE,
)
"""Ahead of the verb, these make it no request of this person for this change now."""


def _does(verbs: str, objects: str) -> str:
    return rf"\b(?:{verbs})\b[^.!?\n]{{0,80}}?\b(?:{objects})\b"


def _is_settled(objects: str) -> str:
    return rf"\b(?:{objects})\s+(?:is|are|looks)\s+(?:fine|good|ok|okay|right|final|great|perfect|agreed|settled)\b"


_PLACE = r"\b(?:in front of|before|after|behind|between|to the (?:end|front|top))\b"
_NO_SLIDE = r"(?![^.\n]*\bslides?\b)"
_REQUESTS: dict[str, tuple[str, ...]] = {
    "save_buyer_persona": (
        _does(_CHANGE, _PERSONA),
        _is_settled("persona"),
        r"\b(?:reader|buyer|persona)\s+(?:is|will be|becomes)\b",
        r"\b(?:motivations?|concerns?)\s*:",
    ),
    "save_hero_context": (
        _does(_CHANGE, _HERO),
        rf"\bfor (?:the )?(?:{_HERO})\b[^.!?\n]{{0,40}}\b(?:{_CHANGE})\b",
        _is_settled("hero|concept|thesis"),
        r"\blead with\b",
        r"\b(?:asset|timing|opportunity|hero)\s*:",
    ),
    "save_outline": (
        _does(rf"{_CHANGE}|build|create|reorder", "outline|table of contents"),
        _does(_STRUCTURE, "sections?|chapters?"),
        _is_settled("outline"),
        rf"\b(?:move|put|place)\b{_NO_SLIDE}[^.\n]+{_PLACE}",
        rf"\bmerge\b{_NO_SLIDE}[^.\n]+\b(?:into|with|and)\b",
    ),
    "save_slide": (
        _does(f"{_CHANGE}|{_NEW}", _SLIDE),
        _does("build|write|draft|fill|start", "sections?"),
        r"\b(?:first|second|third|next|last|new|another|one more)\s+slide\s*:",
        r"\bstart with\b",
    ),
    "reorder_slides": (_does(_ORDER, _SLIDE),),
    "navigate": (
        r"\b(?:go|going|move|step|come|turn|get)\s+(?:back|on|to|forward|over to)\b",
        r"\b(?:take|bring) (?:me|us) (?:back )?to\b",
        r"\breturn to\b|\bback to\b|\bnext stage\b|\b(?:jump|skip|switch) to\b",
        r"\b(?:continue|proceed|carry on)\s+(?:with|to)\b",
    ),
    "create_entity": (_does(_NOTE, _KNOWN),),
    "update_entity": (_does(_NOTE, _KNOWN),),
    "create_relationship": (_does(_NOTE, _KNOWN),),
    "commit_decision": (
        _does(_any_of("record, note, commit, log, save, store, document, keep, write down, remember"), "decisions?"),
        r"\b(?:we|i) (?:have |had )?decided\b|\bdecision\s*:|\bit is (?:decided|settled|agreed)\b",
    ),
}
_ASKS = {tool: re.compile("|".join(patterns), re.IGNORECASE) for tool, patterns in _REQUESTS.items()}
_ON_WHAT_IS_NAMED = re.compile(rf"\b(?:{_CHANGE}|{_NEW})\b", re.IGNORECASE)
_OTHER_THINGS = re.compile(
    r"\b(?:slides?|sections?|outline|persona|concerns?|motivations?|hero|charts?|tables?)\b", re.IGNORECASE
)
_KNOWLEDGE = frozenset({"create_entity", "update_entity", "create_relationship"})
_ARTIFACT_WORDS = {
    "buyer_persona": re.compile(r"\bpersona\b|\bmotivations?\b|\bconcerns?\b", re.IGNORECASE),
    "hero_context": re.compile(r"\bhero\b|\bthesis\b", re.IGNORECASE),
    "outline": re.compile(r"\boutline\b", re.IGNORECASE),
}
_THIS_SLIDE = re.compile(r"\b(?:this|the current|that) (?:slide|page)\b", re.IGNORECASE)


def _clause_asks(tool: str, clause: str, desk: ToolDesk) -> bool:
    if tool in _KNOWLEDGE and _OTHER_THINGS.search(clause):
        return False
    found = _ASKS[tool].search(clause) if tool in _ASKS else None
    if found is None and _names_in(clause, desk) & _own_kind(tool, desk):
        found = _ON_WHAT_IS_NAMED.search(clause)
    return found is not None and not _NOT_MEANT.search(clause[: found.end()])


def _own_kind(tool: str, desk: ToolDesk) -> set[str]:
    """Ids of what the tool changes, for tools whose things are asked for by name."""
    match tool:
        case "save_slide":
            return {slide.id for slide in desk.context.book.slides}
        case "update_entity":
            return {entity.id for entity in desk.context.book.entities}
        case _:
            return set()


def _names_in(clause: str, desk: ToolDesk) -> set[str]:
    book = desk.context.book
    titles = [(one.id, one.title) for one in (*book.sections, *book.slides)]
    names = {id_ for id_, title in titles if _is_named(title, clause) or _is_named(id_, clause)}
    names |= {
        entity.id
        for entity in book.entities
        for name in (entity.name, *entity.aliases)
        if len(name) >= SHORTEST_NAME and re.search(rf"(?<!\w){re.escape(name)}(?!\w)", clause)
    }
    names |= {name for name, pattern in _ARTIFACT_WORDS.items() if pattern.search(clause)}
    if book.current_slide_id and _THIS_SLIDE.search(clause):
        names.add(book.current_slide_id)
    return names


def _is_named(title: str, clause: str) -> bool:
    """A short title is a common word as well: it counts only beside what it is the title of."""
    name, said = _plain(title), f" {_plain(clause)} "
    if f" {name} " not in said or not name:
        return False
    if len(name) >= LONGEST_COMMON_WORD:
        return True
    part = r"(?:slide|page|section|chapter)"
    return bool(re.search(rf" {part} {re.escape(name)} | {re.escape(name)} {part} ", said))


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))
