"""The part of a long text that fits a question best."""

from __future__ import annotations

from evidence.retrieval import tokens_of

STRIDE = 4
MOST_PLACES = 40


def best_part(text: str, query: str, width: int) -> str:
    """At most about `width` characters around the place where most words of the query stand; all of a short text."""
    if len(text) <= width:
        return text
    folded = text.lower()
    stems = {token for token in tokens_of(query) if len(token) > 2}
    places = sorted((place, stem) for stem in stems for place in _places(folded, stem))
    start = _densest(places, width)
    begin = _boundary(text, max(0, min(start - width // STRIDE, len(text) - width)))
    return f"{'… ' if begin else ''}{text[begin : begin + width].strip()}{' …' if begin + width < len(text) else ''}"


def _places(folded: str, stem: str) -> list[int]:
    """Where words begin with the stem."""
    places: list[int] = []
    at = folded.find(stem)
    while at >= 0 and len(places) < MOST_PLACES:
        if at == 0 or not folded[at - 1].isalnum():
            places.append(at)
        at = folded.find(stem, at + len(stem))
    return places


def _densest(places: list[tuple[int, str]], width: int) -> int:
    """Where the stretch begins that has the most different words."""
    best, best_count, low = 0, 0, 0
    counts: dict[str, int] = {}
    for position, stem in places:
        counts[stem] = counts.get(stem, 0) + 1
        while position - places[low][0] > width * (STRIDE - 1) // STRIDE:
            dropped = places[low][1]
            counts[dropped] -= 1
            if not counts[dropped]:
                del counts[dropped]
            low += 1
        if len(counts) > best_count:
            best, best_count = places[low][0], len(counts)
    return best


def _boundary(text: str, at: int) -> int:
    """The beginning of the sentence or word at hand."""
    if at == 0:
        return 0
    ends = [text.rfind(mark, max(0, at - 200), at) for mark in (". ", "\n", "! ", "? ")]
    if max(ends) >= 0:
        return max(ends) + 1
    return text.find(" ", at) + 1 or at
