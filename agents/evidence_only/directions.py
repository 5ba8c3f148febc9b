"""What the deal team's instruction says, as far as rules can read it."""

from __future__ import annotations

import re
from dataclasses import dataclass

from agents.pasted import apart

_ORDINAL = r"(?:(?:a|an|one|another|the)\s+)?(?:(?:more|new|first|second|third|fourth|fifth|further|additional)\s+)?"
_ITEM_BREAK = re.compile(r",\s+(?:and\s+)?|;\s*(?:and\s+)?")


@dataclass(frozen=True, slots=True)
class Instruction:
    """The instruction without what was pasted into it; `has_excerpt` says that something was."""

    text: str
    has_excerpt: bool

    @classmethod
    def of(cls, raw: str) -> Instruction:
        said = apart(raw)
        return cls(text=" ".join(said.text.split()), has_excerpt=bool(said.excerpts))

    def labelled(self, *labels: str) -> str:
        """What stands after `label:`, up to the end of the sentence or the next label; empty when it does not say."""
        names = "|".join(labels)
        match = re.search(
            rf"(?:^|[\s;(,.])(?:{names})s?\s*(?::|\bis\b|\bare\b)\s*(?P<rest>.+)", self.text, re.IGNORECASE | re.DOTALL
        )
        if not match:
            return ""
        return _until_end(match["rest"])

    def labelled_items(self, *labels: str) -> list[str]:
        return items_of(self.labelled(*labels))

    def additions(self, noun: str) -> list[str]:
        """`Add a third concern: ...` gives what is to be added."""
        found = re.finditer(
            rf"\badd\s+{_ORDINAL}{noun}s?\s*(?::|that|about|of)\s*(?P<rest>.+)", self.text, re.IGNORECASE
        )
        return [_until_end(match["rest"]) for match in found]

    def removals(self, noun: str) -> list[str]:
        """`Drop the concern about ...` gives what it is about."""
        found = re.finditer(
            rf"\b(?:drop|remove|delete)\s+the\s+(?:{noun})s?\s+(?:about|of|on|that)?\s*:?\s*(?P<rest>.+)",
            self.text,
            re.IGNORECASE,
        )
        return [_until_end(match["rest"]) for match in found]

    def asks_for(self, *words: str) -> bool:
        return any(re.search(rf"\b{word}", self.text, re.IGNORECASE) for word in words)


def items_of(text: str) -> list[str]:
    return [item for part in _ITEM_BREAK.split(text) if (item := part.strip(" .;,"))]


def _until_end(rest: str) -> str:
    """Up to the next sentence or the next label."""
    ends = [len(rest)]
    sentence = re.search(r"[.!?](?=\s+[A-Z]|\s*$)", rest)
    if sentence:
        ends.append(sentence.start())
    label = re.search(r"[;.]\s+\w+(?:\s\w+)?:\s", rest)
    if label:
        ends.append(label.start())
    return rest[: min(ends)].strip(" ;,.")


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def content_words(text: str) -> set[str]:
    """Lower-case words that carry meaning, cut to a rough stem."""
    return {_stem(word) for word in re.findall(r"[a-z][a-z&]{2,}", text.lower()) if word not in _EMPTY_WORDS}


def _stem(word: str) -> str:
    """Long enough to tell words apart, short enough for `distribution` to meet `distributor`."""
    for ending in ("ies", "ing", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)] + ("y" if ending == "ies" else "")
            break
    return _SAME.get(word[:6], word[:7])


_SAME = {
    "relian": "depend",
    "rely": "depend",
    "relies": "depend",
    "depend": "depend",
    "worker": "people",
    "employ": "people",
    "little": "low",
}
_EMPTY = """key the and for with that this from are was were has have had not but its our their they them which who what
when where how all any can may will would should into onto than then also more most other such per each
been being about over under between within very only"""
_EMPTY_WORDS = frozenset(_EMPTY.split())
