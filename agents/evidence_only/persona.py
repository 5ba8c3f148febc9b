"""Who the book is written for, out of the instruction and of what the documents say about readers and buyers."""

from __future__ import annotations

import re

from agents.brief import Brief
from agents.drafted import DraftedPersona, DraftedText
from agents.evidence_only.directions import Instruction, content_words, sentence_case
from agents.evidence_only.statements import Statement, told_in
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing
from domain.model import BuyerPersona

MOST_ITEMS = 5
_READER = re.compile(
    r"\b(?:the\s+)?(?:reader|buyer|audience|acquirer)\s+(?:is|will be|should be)\s+(?:now\s+)?(?:an?"
    r"|the)\s+(?P<type>[^.;]+)"
    r"|\b(?:type|persona)\s*(?::|\bis\b|\bto\b)?\s+(?:an?\s+)?(?P<named>(?:strategic|financial|private|trade|family|industrial)[^.;,:]*)"
    r"|\b(?:prefers?|towards?|for)\s+an?\s+(?P<preferred>(?:strategic|financial|private|trade|family|industrial)[^.;,:]*)",
    re.IGNORECASE,
)
_KINDS = (
    ("Strategic buyer", re.compile(r"\bstrategic\b|\btrade buyer|\bindustrial (?:buyer|group|brands)", re.IGNORECASE)),
    (
        "Financial sponsor",
        re.compile(r"\bfinancial (?:reader|buyer|owner|sponsor|investor)|\bsponsor\b|\bprivate equity", re.IGNORECASE),
    ),
)
_READER_WORDS = re.compile(r"\b(?:reader|buyer|acquirer|sponsor|investor|owner|bidder)s?\b", re.IGNORECASE)
_DRAWN = re.compile(
    r"\b(?:drive|want|attract|like|value|motivat\w+|look(?:s|ing)? for|interest\w*|appeal\w*|prize)", re.IGNORECASE
)
_WORRIED = re.compile(
    r"\b(?:worr\w+|concern\w*|fear\w*|risk\w*|awake|hesitat\w+|threat\w*|weakness\w*|afraid)", re.IGNORECASE
)
_STRENGTH = re.compile(
    r"\b(?:own[s]?\b|little (?:fixed )?capital|brand|market lead\w*|recurring|loyal|reach|direct|patent"
    r"|long-term contract|cash|grew|recovered)",
    re.IGNORECASE,
)


def draft_persona(brief: Brief) -> DraftedPersona:
    instruction = Instruction.of(brief.instruction)
    backing = Backing(brief)
    pool = told_in(brief, backing)
    current = brief.buyer_persona
    kind = _type(instruction, current, pool)
    motivations = _items(backing, instruction, "motivation", current.motivations if current else ())
    concerns = _items(backing, instruction, "concern", current.concerns if current else ())
    notes: list[str] = []
    if motivations is None:
        motivations = _spoken_of(pool, kind, _DRAWN, wanted=True) or _strengths(pool)
    if concerns is None:
        concerns = _spoken_of(pool, kind, _WORRIED, wanted=False)
    if not motivations or not concerns:
        notes.append(
            "The documents do not say enough about the buyer; tell the motivations and concerns in the instruction."
        )
    if instruction.has_excerpt:
        notes.append(PASTED)
    return DraftedPersona(type=kind, motivations=motivations, concerns=concerns, notes=notes)


PASTED = "Text pasted into the instruction was not used: upload it as a document, so that it can be cited."


def _type(instruction: Instruction, current: BuyerPersona | None, pool: list[Statement]) -> str:
    matches = list(_READER.finditer(instruction.text))
    for group in ("type", "named", "preferred"):
        for match in matches:
            if match[group]:
                return sentence_case(match[group].strip())[:300]
    if current is not None:
        return current.type
    words = instruction.text + " " + " ".join(f"{item.heading} {item.text}" for item in pool)
    found = [(match.start(), name) for name, pattern in _KINDS if (match := pattern.search(words))]
    return min(found)[1] if found else f"Kind of buyer {NOT_IN_DOCUMENTS}"


def _items(backing: Backing, instruction: Instruction, noun: str, current: tuple[str, ...]) -> list[DraftedText] | None:
    """What the instruction lists; else the current items, changed as it says; None when there are neither."""
    additions, removals = instruction.additions(noun), instruction.removals(noun)
    listed = [] if additions or removals else instruction.labelled_items(noun)
    if listed:
        return [_linked(backing, item) for item in listed]
    if current or additions:
        dropped = [content_words(removal) for removal in removals]
        kept = [item for item in current if not any(words & content_words(item) for words in dropped)]
        fresh = [sentence_case(item) for item in additions if sentence_case(item) not in kept]
        return [_linked(backing, item) for item in (*kept, *fresh)]
    return None


def _linked(backing: Backing, item: str) -> DraftedText:
    text = sentence_case(item)
    return DraftedText(text=text, refs=backing.refs(text))


def _spoken_of(pool: list[Statement], kind: str, words: re.Pattern[str], *, wanted: bool) -> list[DraftedText]:
    """Sentences under a heading, or in themselves, that tell what this kind of reader wants or fears."""
    others = [pattern for name, pattern in _KINDS if name != kind]
    own = next((pattern for name, pattern in _KINDS if name == kind), None)
    scored: list[tuple[float, int, Statement]] = []
    for item in pool:
        by_heading = bool(words.search(item.heading))
        by_sentence = bool(words.search(item.text) and _READER_WORDS.search(item.text))
        if not (by_heading or by_sentence) or len(item.text) > 260:
            continue
        score = 2.0 * by_heading + by_sentence + (1.0 if _READER_WORDS.search(item.heading) else 0.0)
        if own and own.search(f"{item.heading} {item.text}"):
            score += 2.0
        if any(pattern.search(f"{item.heading} {item.text}") for pattern in others):
            score -= 2.0
        if item.leans:
            score -= 0.5
        if wanted and _WORRIED.search(item.heading):
            continue
        if score > 0:
            scored.append((score, item.order, item))
    best = sorted(sorted(scored, key=lambda entry: (-entry[0], entry[1]))[:MOST_ITEMS], key=lambda entry: entry[1])
    return [DraftedText(text=item.text, refs=[item.ref]) for _, _, item in best]


def _strengths(pool: list[Statement]) -> list[DraftedText]:
    chosen = [item for item in pool if _STRENGTH.search(item.text) and not item.leans and not item.opinion]
    return [DraftedText(text=item.text, refs=[item.ref]) for item in chosen[:3]]
