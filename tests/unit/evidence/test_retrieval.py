"""Keyword retrieval over passages."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.model import Passage
from evidence.retrieval import PassageIndex, tokens_of


def passages(*texts: str) -> list[Passage]:
    return [Passage(passage_id=f"p{n}", ordinal=n, text=text, locator=f"p. {n + 1}") for n, text in enumerate(texts)]


def found(query: str, *texts: str) -> list[int]:
    return [hit.passage.ordinal for hit in PassageIndex(passages(*texts)).search(query)]


def test_an_empty_corpus_and_an_empty_query() -> None:
    assert PassageIndex([]).search("anything") == []
    assert PassageIndex(passages("", " ... ")).search("anything") == []
    assert PassageIndex(passages("Net sales")).search("") == []
    assert PassageIndex(passages("Net sales")).search("sales", k=0) == []


def test_only_passages_that_share_a_word_are_found() -> None:
    assert found("gross margin", "Net sales rose", "Gross margin fell", "People") == [1]
    assert found("zebra", "Net sales rose") == []


def test_numbers_periods_plurals_and_accents() -> None:
    texts = ("Sales of $590.6 million", "In fiscal year 2024 it grew", "One country, one caf\u00e9", "1,250 stores")
    assert found("590.6", *texts) == [0]
    assert found("FY2024", *texts) == [1]
    assert found("countries", *texts) == [2]
    assert found("CAFE", *texts) == [2]
    assert found("1250 store", *texts) == [3]


def test_headings_count() -> None:
    passage = Passage(passage_id="p0", ordinal=0, text="We are about 710.", locator="Q6", heading="How many people?")
    assert [hit.passage.passage_id for hit in PassageIndex([passage]).search("people")] == ["p0"]


def test_other_scripts() -> None:
    assert found("\u58f2\u4e0a\u9ad8", "\u58f2\u4e0a\u9ad8 \u306f 100", "other") == [0]
    assert tokens_of("\u00dcber GR\u00d6SSE") == ["uber", "grosse"]


@settings(deadline=None)
@given(
    st.lists(st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=60), max_size=8),
    st.text(max_size=40),
    st.integers(0, 5),
)
def test_any_texts_and_queries(texts: list[str], query: str, k: int) -> None:
    hits = PassageIndex(
        [passage.model_copy(update={"text": text}) for passage, text in zip(passages(*texts), texts, strict=True)]
    ).search(query, k)
    assert len(hits) <= k
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    wanted = set(tokens_of(query))
    assert all(wanted & set(tokens_of(hit.passage.text)) for hit in hits)
