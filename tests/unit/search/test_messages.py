"""Messages are found by their words, of one CIM, among those that may be found."""

from __future__ import annotations

import pytest

from search.messages import MessageIndex, MessageIndexes
from search.parts import SearchText

SAID = {
    "m1": "The bottling plant in Zwolle was sold in March.",
    "m2": "Net sales were 537.3 million dollars in fiscal 2023.",
    "m3": "Die Erlöse im Café waren gut; déjà vu.",
    "m4": "We agreed to leave out the pending litigation.",
}


def index_of(texts: dict[str, str]) -> MessageIndex:
    index = MessageIndex()
    index.add([SearchText(id=id_, text=text) for id_, text in texts.items()])
    return index


@pytest.mark.parametrize(
    ("query", "best"),
    [
        ("What was said about the plants in Zwolle?", "m1"),
        ("537.3", "m2"),
        ("erlose cafe", "m3"),
        ("Did we agree on litigations?", "m4"),
    ],
)
def test_the_message_that_fits_comes_first(query: str, best: str) -> None:
    assert index_of(SAID).find(query, SAID, 3)[0] == best


def test_only_messages_that_may_be_found_are() -> None:
    assert index_of(SAID).find("Zwolle sales litigation", {"m2"}, 5) == ["m2"]


def test_the_limit_counts_after_choosing() -> None:
    many = {f"n{number}": f"Zwolle number {number}" for number in range(100)}
    assert index_of(many).find("Zwolle", {"n7", "n93", "n42"}, 2) != []
    assert len(index_of(many).find("Zwolle", {"n7", "n93", "n42"}, 2)) == 2


@pytest.mark.parametrize("query", ["", "the of and", '"', '") OR NEAR(a b, 2) *', "text : zwolle", "-", "\x00"])
def test_no_question_is_too_strange(query: str) -> None:
    index_of(SAID).find(query, SAID, 3)


def test_words_of_the_query_language_are_words() -> None:
    assert index_of({"m1": "either NEAR or NOT"}).find("NEAR NOT", {"m1"}, 1) == ["m1"]


def test_a_message_counts_once() -> None:
    index = index_of(SAID)
    size = index.characters
    index.add([SearchText(id="m1", text=SAID["m1"])])
    assert index.characters == size
    assert index.find("Zwolle", SAID, 5) == ["m1"]


def test_a_word_that_comes_up_later_is_found() -> None:
    index = index_of(SAID)
    assert index.find("Utrecht", {"m9"}, 1) == []
    index.add([SearchText(id="m9", text="The plant in Utrecht")])
    assert index.find("Utrecht", {"m9"}, 1) == ["m9"]


def test_words_that_stand_everywhere_do_not_hide_the_rare_one() -> None:
    index = index_of({f"n{number}": "margin " * 500 for number in range(100)} | {"m1": "margin at Zwolle"})
    assert index.find("margin at Zwolle", {"m1", "n4"}, 2) == ["m1"]


def test_books_used_long_ago_make_room() -> None:
    indexes = MessageIndexes(most_characters=250)
    for cim_id in ("cim1", "cim2", "cim3"):
        indexes.add(cim_id, [SearchText(id=f"{cim_id}-m", text="Zwolle " * 15)])
    assert not indexes.knows("cim1", {"cim1-m"})
    assert indexes.knows("cim3", {"cim3-m"})
    assert indexes.find("cim3", "Zwolle", {"cim3-m"}, 1) == ["cim3-m"]


def test_a_book_sees_nothing_of_another() -> None:
    indexes = MessageIndexes()
    indexes.add("cim1", [SearchText(id="m1", text="Zwolle")])
    indexes.add("cim2", [SearchText(id="m2", text="Utrecht")])
    assert indexes.find("cim2", "Zwolle", {"m1", "m2"}, 5) == []
    indexes.forget("cim1")
    assert indexes.find("cim1", "Zwolle", {"m1"}, 5) == []
