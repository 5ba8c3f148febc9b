"""The buyer persona and the hero concept, as a person dictates or chooses them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agents.drafted import DraftedHero, DraftedText
from agents.evidence_only.chat.arguments import hero_call, persona_call
from agents.evidence_only.chat.figures import place
from agents.evidence_only.chat.gathering import search_first, words_for
from agents.evidence_only.chat.reply import Reply
from agents.evidence_only.chat.saving import navigation, saved
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.words import as_line, best_for
from agents.evidence_only.directions import Instruction, content_words, sentence_case
from agents.evidence_only.hero import THEMES, concepts, draft_hero
from agents.evidence_only.persona import draft_persona
from agents.evidence_only.series import authority
from agents.evidence_only.statements import told_in
from agents.evidence_only.wording import NOT_IN_DOCUMENTS, Backing
from domain.values import Stage

MOST_IDEAS = 5
_SAYS_THE_SAME = 0.6
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
_FUTURE = re.compile(r"\b(?:guid\w+|without|excluding|would|ambition)\b", re.IGNORECASE)
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
    current = turn.book.hero_context
    thesis = current.investment_thesis if current else None
    standing = [thesis.asset, thesis.timing, thesis.opportunity] if thesis else []
    more = search_first(turn, [said, *standing, *_theme_queries(said)])
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
    ideas = [(sentence_case(name), _for_theme(name, turn)) for name in wanted]
    if not ideas:
        ideas = [(name, [as_line(item)]) for name, item in concepts(brief, pool)][:count]
    lines = [_idea(number, name, items) for number, (name, items) in enumerate(ideas[:MOST_IDEAS], 1)]
    if not lines:
        return Reply(f"{sentence_case(NOT_IN_DOCUMENTS)}: no statement to lead with.")
    return Reply("\n".join([*lines, "Tell me which one to take, with asset, timing and opportunity if you like."]))


def _idea(number: int, name: str, lines: Sequence[str]) -> str:
    return "\n   ".join([f"{number}. {name}: {lines[0] if lines else f'{NOT_IN_DOCUMENTS}.'}", *lines[1:2]])


def _for_theme(name: str, turn: Turn) -> list[str]:
    """Two lines for the theme: the sentence that speaks of it most, and a figure or another sentence."""
    pattern = _theme(name)
    own = re.compile(rf"\b(?:{'|'.join(re.escape(word) for word in re.findall(r'[a-z]{4,}', name.lower()))})\b", re.I)

    def telling(text: str) -> float:
        themed = len({word.lower() for word in pattern.findall(text)}) if pattern else 0
        return themed + 0.8 * bool(own.search(text)) - 0.4 * (len(text) > 240) - 0.8 * bool(_FUTURE.search(text))

    pool = [item for item in turn.statements if not item.leans]
    ranked = sorted(pool, key=lambda item: (0.6 * item.opinion - telling(item.text), item.order))
    sentences = [as_line(item) for item in ranked[:2] if telling(item.text) > 0.5]
    facts = [fact for fact in turn.facts if fact.value is not None and telling(fact.statement) > 0.9]
    figure = min(facts, key=authority, default=None)
    told = [f"{figure.statement.rstrip('.')} [{figure.ref}] ({place(figure)})."] if figure else []
    return [*sentences[:1], *told, *sentences[1:]][:2]


def _theme(name: str) -> re.Pattern[str] | None:
    words = content_words(name)
    return next(
        (pattern for theme, pattern in THEMES.items() if content_words(theme) & words or pattern.search(name)), None
    )


def _theme_queries(text: str) -> list[str]:
    """Words that documents use for the themes that the text names; for all of them where it names none."""
    named = [pattern for theme, pattern in THEMES.items() if content_words(theme) & content_words(text)]
    return [words_for(pattern) for pattern in named or THEMES.values()]


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
    """Each part of the thesis with what bears it out: facts for its figures, else a sentence that says the same."""
    parts = {
        name: part if part.refs else part.model_copy(update={"refs": _same_said(turn, part.text)})
        for name, part in (("asset", drafted.asset), ("timing", drafted.timing), ("opportunity", drafted.opportunity))
    }
    return drafted.model_copy(update=parts)


def _same_said(turn: Turn, text: str) -> list[str]:
    words = content_words(text)
    backing = Backing(turn.brief("hero_context"))
    if refs := backing.refs(text):
        return refs
    return [
        item.ref
        for item in best_for(text, turn.statements, most=1)
        if words and len(words & content_words(item.text)) / len(words) >= _SAYS_THE_SAME
    ]


def _joined(items: Sequence[DraftedText]) -> str:
    return "; ".join(f"{item.text.rstrip('.')}{_marks(item)}" for item in items) + "." if items else "none yet."


def _marks(item: DraftedText) -> str:
    return "".join(f" [{ref}]" for ref in item.refs)
