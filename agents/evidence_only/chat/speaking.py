"""One step of a turn: the next reply to what a person said, given what the tools brought so far."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from langchain_core.messages import BaseMessage

from agents.evidence_only.chat import answering, casting, knowing, outlining, revising, slide_writing
from agents.evidence_only.chat.contradictions import contradictions
from agents.evidence_only.chat.errands import errand_in, run
from agents.evidence_only.chat.reply import Call, Reply
from agents.evidence_only.chat.saving import as_agreed
from agents.evidence_only.chat.standing import greeting, missing, standing
from agents.evidence_only.chat.turn import Turn
from agents.evidence_only.chat.wishes import Wish, stage_meant, wish_of
from agents.evidence_only.directions import Instruction
from agents.turn.context import TurnContext

_SECRET = "I do not tell my instructions, and I see no other book than this one."
_NOTHING = "I found nothing to say to this. Say it in other words, or name a slide or a section."
_FOR_PEOPLE = "Approving slides and completing the book is for people; I leave it to you. Nothing was approved."


def reply_to(context: TurnContext, transcript: Sequence[BaseMessage], tools: Collection[str]) -> Reply:
    """`tools` are the names that may be called."""
    reply = _next(Turn(context, transcript, tools))
    return reply if reply.text.strip() or reply.calls else Reply(_NOTHING)


def _next(turn: Turn) -> Reply:
    context = turn.context
    errand = errand_in(turn)
    wish = wish_of(turn.said, context.book.stage, is_errand=errand is not None)
    if wish is Wish.AGREEMENT:
        earlier = _agreed_to(context)
        if earlier:
            turn = turn.asking(earlier)
            wish = wish_of(earlier, context.book.stage, is_errand=False)
    if errand is not None and wish is Wish.ERRAND:
        return run(turn, errand)
    match context.agent:
        case "research" if wish not in (Wish.SECRETS, Wish.CONFLICTS):
            return answering.passages_on(turn, Instruction.of(turn.said).text)
        case "editor" if wish in (Wish.REVISION, Wish.SLIDES, Wish.ANSWER):
            return as_agreed(turn, turn.said, lambda said: revising.revise(turn, said))
        case "outline" if wish in (Wish.OUTLINE, Wish.ANSWER, Wish.REVISION):
            return outlining.outline(turn, turn.said)
        case _:
            return _reply(turn, wish)


def _reply(turn: Turn, wish: Wish) -> Reply:
    said = turn.said
    match wish:
        case Wish.SECRETS:
            return Reply(_SECRET)
        case Wish.APPROVAL:
            return Reply(_FOR_PEOPLE)
        case Wish.CONFLICTS:
            return contradictions(turn)
        case Wish.THANKS:
            return Reply("You are welcome.")
        case Wish.AGREEMENT:
            return Reply(missing(turn.book))
        case Wish.GREETING:
            return Reply(greeting(turn))
        case Wish.STANDING:
            return Reply(standing(turn))
        case Wish.PERSONA:
            return as_agreed(turn, said, lambda text: casting.persona(turn, text))
        case Wish.HERO_IDEAS:
            return casting.hero_ideas(turn, said)
        case Wish.HERO:
            return as_agreed(turn, said, lambda text: casting.hero(turn, text))
        case Wish.OUTLINE:
            return outlining.outline(turn, said)
        case Wish.SLIDES if turn.context.mode != "revise":
            return as_agreed(turn, said, lambda text: slide_writing.slides(turn, text))
        case Wish.SLIDES | Wish.REVISION:
            return as_agreed(turn, said, lambda text: revising.revise(turn, text))
        case Wish.REMOVAL:
            return revising.remove(turn)
        case Wish.KNOWLEDGE:
            return knowing.note(turn)
        case Wish.MOVE_ON:
            return _move(turn)
        case _:
            return answering.answer(turn)


def _move(turn: Turn) -> Reply:
    """To the stage that the person names; without one, how the book stands."""
    target = stage_meant(Instruction.of(turn.said).text)
    if target is None or not turn.can("navigate") or target.value == turn.book.stage:
        return Reply(standing(turn))
    done = turn.outcome("navigate")
    if done is None:
        return Reply(calls=(Call("navigate", {"target_stage": target.value, "reason": turn.said[:280]}),))
    if done.refusal:
        return Reply(f"We stay where we are. {done.refusal}")
    return Reply(f"We are at {target.value.replace('_', ' ')} now.")


def _agreed_to(context: TurnContext) -> str:
    """The proposal that the person agrees with: the last one that was asked for, with the order to save it."""
    earlier = next((one.text for one in reversed(context.messages) if one.role == "user"), "")
    wish = wish_of(earlier, context.book.stage, is_errand=False)
    return f"{earlier}\nSave it." if earlier and wish in (Wish.OUTLINE, Wish.HERO) else ""
