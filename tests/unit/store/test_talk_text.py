"""The text of a message is what its entries say, in order, whatever lies between and wherever the reading starts."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from store import Spoken, TalkEntry, TalkKind

MINE, OTHER = "m1", "m2"
KINDS: tuple[TalkKind, ...] = ("delta", "delta", "delta", "message_reset", "message", "workspace", "steer")


@st.composite
def talks(draw: st.DrawFn) -> list[TalkEntry]:
    """Two answers that are written at once, each perhaps by several attempts, of which earlier ones may come late."""
    entries: list[TalkEntry] = []
    attempts = {MINE: 0, OTHER: 0}
    for n in range(1, draw(st.integers(0, 40)) + 1):
        message_id = draw(st.sampled_from([MINE, OTHER]))
        kind = draw(st.sampled_from(KINDS))
        data: dict[str, Any] = {"action": "focus_slide"}
        if kind in ("delta", "message_reset"):
            attempts[message_id] += kind == "message_reset"
            late = draw(st.integers(0, attempts[message_id]))
            text = draw(st.text("ab \n", max_size=4))
            data = {"message_id": message_id, "attempt": attempts[message_id] - late, "text": text}
        elif kind == "message":
            data = {"id": message_id, "status": "writing", "text": "", "role": "assistant"}
        elif kind == "steer":
            data = {"run_id": "r1", "text": "shorter", "by": "lea"}
        entries.append(TalkEntry(n=n, kind=kind, data=data))
    return entries


def plain(entries: list[TalkEntry], message_id: str) -> str:
    """The same by another way: what was said since the last reset, by attempts that were not overtaken."""
    mine = [entry for entry in entries if entry.data.get("message_id") == message_id]
    attempts: list[Any] = [entry.data["attempt"] for entry in mine]
    counted = [entry for n, entry in enumerate(mine) if attempts[n] >= max(attempts[:n], default=0)]
    resets = [n for n, entry in enumerate(counted) if entry.kind == "message_reset"]
    return "".join(str(entry.data["text"]) for entry in counted[resets[-1] if resets else 0 :])


def folded(entries: list[TalkEntry], message_id: str, start: Spoken | None = None) -> Spoken:
    spoken = start or Spoken()
    for entry in entries:
        spoken = spoken.after(entry, message_id)
    return spoken


@given(talks())
def test_the_text_is_what_was_said_since_the_last_reset(entries: list[TalkEntry]) -> None:
    for message_id in (MINE, OTHER):
        assert folded(entries, message_id).text == plain(entries, message_id)


@given(talks(), st.integers(0, 40), st.integers(0, 40))
def test_reading_may_stop_anywhere_and_overlap(entries: list[TalkEntry], stop: int, back: int) -> None:
    first = folded(entries[:stop], MINE)
    assert folded(entries[max(0, stop - back) :], MINE, first) == folded(entries, MINE)


def test_a_final_message_has_the_last_word() -> None:
    entries = [
        TalkEntry(n=1, kind="delta", data={"message_id": MINE, "attempt": 1, "text": "Net sa"}),
        TalkEntry(
            n=2, kind="message", data={"id": MINE, "status": "stopped", "text": "Net sales", "role": "assistant"}
        ),
    ]
    assert folded(entries, MINE) == Spoken(n=2, attempt=1, text="Net sales")
