"""The buyer persona and the hero concept, as a person dictates or chooses them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.drafted import DraftedHero, DraftedText
from agents.evidence_only.chat.arguments import hero_call, persona_call
from agents.evidence_only.chat.gathering import search_first
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.saving import navigation, saved
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.words import as_line, best_for
from agents.evidence_only.directions import Instruction, content_words, sentence_case
from agents.evidence_only.hero import THEMES, best_statement, concepts, draft_hero
from agents.evidence_only.persona import draft_persona
from agents.evidence_only.statements import Statement, told_in
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing
from domain.values import Stage

MOST_IDEAS = 5
_ABOUT = re.compile(
    r"\b(?:one|another|the (?:first|second|third|other|last))\s+(?:is\s+|should be\s+)?(?:about|on|around)\s+"
    r"(?P<what>[^,.;]+?)(?=,|\.|;|\s+and\s+(?:one|another)\b|$)",
    re.IGNORECASE,
)
_COUNTS = {"two": 2, "three": 3, "four": 4, "five": 5}
_TAKES = re.compile(
    r"\b(?:take|choose|use|go with|lead with)\s+(?:the\s+)?(?P<name>[\w -]{2,40}?)"
    r"(?:\s+(?:concept|idea|one))?\s*(?:[.,;]|$)",
    re.IGNORECASE,
)
_ORDINALS = ("first", "second", "third", "fourth", "fifth")
_IDEA = re.compile(r"^(?P<number>\d)\.\s+(?P<name>[^:\n]{2,60}):\s+(?P<text>[^\n]+?)\s+\[[FP]\d+\]", re.MULTILINE)


def persona(turn: Turn, said: str) -> Reply:
    step = navigation(turn, Stage.BUYER_PERSONA, said)
    if step is not None:
        return step
    drafted = draft_persona(turn.brief("buyer_persona", said))
    told = "\n".join(
        [
            f"Buyer persona: {drafted.type}.",
            f"Motivations: {_joined(drafted.motivations)}",
            f"Concerns: {_joined(drafted.concerns)}",
        ]
    )
    asks = [] if drafted.motivations and drafted.concerns else ["Tell me the motivations and the concerns that miss."]
    return saved(turn, persona_call(drafted), told, then=["The buyer persona is saved.", *asks])


def hero(turn: Turn, said: str) -> Reply:
    step = navigation(turn, Stage.HERO_CONCEPT, said)
    if step is not None:
        return step
    more = search_first(turn, [said, *_theme_queries(said)])
    if more is not None:
        return more
    drafted = _with_sources(turn, draft_hero(turn.brief("hero_context", _chosen(turn, said))))
    told = "\n".join(
        [
            f"Hero concept: {drafted.selected_hero}",
            *(
                f"{name}: {part.text}{_marks(part)}"
                for name, part in (
                    ("Asset", drafted.asset),
                    ("Timing", drafted.timing),
                    ("Opportunity", drafted.opportunity),
                )
            ),
        ]
    )
    return saved(turn, hero_call(drafted), told, then=["The hero concept is saved."])


def hero_ideas(turn: Turn, said: str) -> Reply:
    """Concepts, each with sentences of the documents; nothing is saved until the person takes one."""
    text = Instruction.of(said).text
    wanted = [match["what"].removeprefix("the ").strip() for match in _ABOUT.finditer(text)]
    more = search_first(turn, [text, *wanted, *_theme_queries(" ".join(wanted) or text)])
    if more is not None:
        return more
    brief = turn.brief("hero_context")
    pool = told_in(brief, Backing(brief))
    count = next((number for word, number in _COUNTS.items() if re.search(rf"\b{word}\b", text, re.I)), MOST_IDEAS)
    ideas = [(sentence_case(name), _for_theme(name, pool)) for name in wanted]
    if not ideas:
        ideas = [(name, [item]) for name, item in concepts(brief, pool)][:count]
    lines = [_idea(number, name, items) for number, (name, items) in enumerate(ideas[:MOST_IDEAS], 1)]
    if not lines:
        return Reply(f"{sentence_case(NOT_IN_DOCUMENTS)}: no statement to lead with.")
    return Reply("\n".join([*lines, "Tell me which one to take, with asset, timing and opportunity if you like."]))


def _idea(number: int, name: str, items: Sequence[Statement]) -> str:
    if not items:
        return f"{number}. {name}: {NOT_IN_DOCUMENTS}."
    return "\n   ".join([f"{number}. {name}: {as_line(items[0])}", *(as_line(item) for item in items[1:2])])


def _for_theme(name: str, pool: Sequence[Statement]) -> list[Statement]:
    """Two statements for the theme, those with figures and without opinions first."""
    pattern = _theme(name)
    first = best_statement(pool, pattern) if pattern else None
    found = [first] if first else []
    found += [item for item in best_for(name, pool, most=3) if item not in found]
    if pattern and len(found) < 2:
        second = best_statement([item for item in pool if item not in found], pattern)
        found += [second] if second else []
    return found[:2]


def _theme(name: str) -> re.Pattern[str] | None:
    words = content_words(name)
    return next(
        (pattern for theme, pattern in THEMES.items() if content_words(theme) & words or pattern.search(name)), None
    )


def _theme_queries(text: str) -> list[str]:
    """Words that documents use for the themes that the text names; for all of them where it names none."""
    named = [pattern for theme, pattern in THEMES.items() if content_words(theme) & content_words(text)]
    return [" ".join(re.findall(r"[a-z]{4,}", pattern.pattern)) for pattern in named or THEMES.values()]


def _chosen(turn: Turn, said: str) -> str:
    """What was said, with the words of an earlier idea where the person takes one by number or name."""
    choice = _TAKES.search(Instruction.of(said).text)
    earlier = next((one.text for one in reversed(turn.context.messages) if one.role == "assistant"), "")
    if choice is None or ":" in said[choice.end("name") : choice.end("name") + 20]:
        return said
    name = choice["name"].strip().lower()
    for idea in _IDEA.finditer(earlier):
        by_number = name in (_ORDINALS[int(idea["number"]) - 1], idea["number"])
        if by_number or content_words(name) & content_words(idea["name"]):
            return f"Take the {idea['name']} concept: {idea['text']}."
    return said


def _with_sources(turn: Turn, drafted: DraftedHero) -> DraftedHero:
    """The parts of the thesis with a sentence of the documents behind each that has no figure of its own."""
    parts = {
        name: part
        if part.refs
        else DraftedText(text=part.text, refs=[item.ref for item in best_for(part.text, turn.statements, most=1)])
        for name, part in (("asset", drafted.asset), ("timing", drafted.timing), ("opportunity", drafted.opportunity))
    }
    return drafted.model_copy(update=parts)


def _joined(items: Sequence[DraftedText]) -> str:
    return "; ".join(f"{item.text.rstrip('.')}{_marks(item)}" for item in items) + "." if items else "none yet."


def _marks(item: DraftedText) -> str:
    return "".join(f" [{ref}]" for ref in item.refs)
