"""Search by words and by meaning together, with embeddings over the wire that work, fail and are slow."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from agents.brief import Evidence
from agents.ports import SourcePassage
from agents.usage import EmbeddingAccount, on_account_of
from domain.spending import Price
from search.embedding import (
    CHARACTERS_AT_ONCE,
    TEXTS_AT_ONCE,
    EmbeddingsNotConfigured,
    EmbeddingsUnavailable,
    embedder_of,
)
from search.opening import OpenSearch, open_search
from tests.providers.script import Reply
from tests.providers.server import Provider, serving
from tests.unit.agents.metering import CALLER, MemoryUsage
from tests.unit.agents.packs import MemoryBook
from tests.unit.agents.turn.talks import MemoryTalk

NAMES = ("openai:text-embedding-3-small", "voyage:voyage-3.5", "ollama:nomic-embed-text")


class Moody(Provider):
    """Answers as `mood` says, until that changes."""

    def __init__(self) -> None:
        self.mood: Callable[[], Reply] = Reply
        super().__init__(answering=lambda asked: self.mood())


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> Iterator[Moody]:
    with serving(Moody()) as provider:
        assert isinstance(provider, Moody)
        for name, value in provider.environment().items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("VOYAGE_BASE_URL", f"{provider.url}/v1")
        yield provider


def book_of(*texts: str) -> MemoryBook:
    book = MemoryBook()
    book.kept_passages = [
        SourcePassage(source_id="doc", passage_id=f"p{number}", text=text, locator=f"line {number}")
        for number, text in enumerate(texts)
    ]
    return book


def evidence_of(book: MemoryBook) -> Evidence:
    return Evidence(passages=tuple(book.kept_passages))


@pytest.mark.parametrize("name", NAMES)
async def test_each_provider_embeds_questions_and_texts(provider: Moody, name: str) -> None:
    embedder = embedder_of(name)
    assert embedder is not None
    vectors = await embedder.documents(["net sales of the year", "people in the plant"])
    question = await embedder.query("sales of the year", 5)
    products = [sum(a * b for a, b in zip(question, vector, strict=True)) for vector in vectors]
    assert products[0] > products[1]


async def test_voyage_is_told_which_is_the_question(provider: Moody) -> None:
    embedder = embedder_of("voyage:voyage-3.5")
    assert embedder is not None
    await embedder.documents(["a"])
    await embedder.query("b", 5)
    assert [asked.body["input_type"] for asked in provider.asked] == ["document", "query"]


async def test_many_texts_go_in_batches(provider: Moody) -> None:
    embedder = embedder_of("voyage:voyage-3.5")
    assert embedder is not None
    texts = [f"text {number}" for number in range(TEXTS_AT_ONCE * 2)] + ["x" * (CHARACTERS_AT_ONCE // 2 + 1)] * 2
    assert len(await embedder.documents(texts)) == len(texts)
    assert [len(asked.body["input"]) for asked in provider.asked] == [TEXTS_AT_ONCE, TEXTS_AT_ONCE, 1, 1]


@pytest.mark.parametrize("name", NAMES[:2])
@pytest.mark.parametrize(("status", "is_final"), [(401, True), (400, True), (429, False), (500, False)])
async def test_errors_are_told_apart(provider: Moody, name: str, status: int, is_final: bool) -> None:
    provider.mood = lambda: Reply(status=status, error="No.")
    embedder = embedder_of(name)
    assert embedder is not None
    with pytest.raises(EmbeddingsUnavailable) as caught:
        await embedder.documents(["a"])
    assert caught.value.is_final is is_final
    assert len(provider.asked) == 1


@pytest.mark.parametrize("name", ["openai:x", "voyage:x", "nobody:x", "voyage"])
def test_what_is_missing_is_said(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    for variable in ("OPENAI_API_KEY", "VOYAGE_API_KEY"):
        monkeypatch.delenv(variable, raising=False)
    with pytest.raises(EmbeddingsNotConfigured, match="embeddings"):
        embedder_of(name)


async def test_passages_are_found_by_words_and_meaning_together(provider: Moody) -> None:
    book = book_of(*(f"Remark {n} about nothing much" for n in range(30)), "Zwolle plant sold", "The plant is leased")
    opened = open_search(book, MemoryTalk(), "openai:text-embedding-3-small")
    cim_id = book.address.cim_id
    assert (await opened.indexer.catch_up(cim_id)).embedded == 32
    found = await opened.search.passages(cim_id, evidence_of(book), "plant in Zwolle", 3)
    assert list(found[:2]) == [30, 31]
    assert opened.search.note == ""
    await opened.close()


async def test_only_messages_of_the_branch_are_found_by_meaning(provider: Moody) -> None:
    talk, book = MemoryTalk(), book_of()
    fork = talk.say("Let us talk.")
    left = talk.say("The Zwolle plant is leased.", after=fork)
    right = talk.say("The Zwolle plant is owned.", after=fork)
    opened = open_search(book, talk, "openai:text-embedding-3-small")
    await opened.indexer.catch_up(book.address.cim_id, [left, right])
    assert list(await opened.search.messages(book.address.cim_id, {fork, left}, "Zwolle plant", 5)) == [left, fork]
    await opened.close()


async def caught_up(book: MemoryBook, talk: MemoryTalk) -> OpenSearch:
    opened = open_search(book, talk, "openai:text-embedding-3-small")
    await opened.indexer.catch_up(book.address.cim_id)
    return opened


@pytest.mark.parametrize("reply", [Reply(status=500), Reply(status=401), Reply(status=429), Reply(delay=3.0)])
async def test_dead_embeddings_leave_the_words(provider: Moody, reply: Reply) -> None:
    book = book_of("Zwolle plant sold", "Sales grew")
    opened = await caught_up(book, MemoryTalk())
    provider.mood = lambda: reply
    asked = len(provider.asked)
    assert list(await opened.search.passages(book.address.cim_id, evidence_of(book), "Zwolle", 3)) == [0]
    assert "Only words were searched" in opened.search.note
    assert list(await opened.search.passages(book.address.cim_id, evidence_of(book), "sales", 3)) == [1]
    assert len(provider.asked) == asked + 1
    await opened.close()


async def test_catching_up_embeds_each_text_once(provider: Moody) -> None:
    book, talk = book_of("one", "two"), MemoryTalk()
    opened = await caught_up(book, talk)
    assert (await opened.indexer.catch_up(book.address.cim_id)).embedded == 0
    book.kept_passages.append(SourcePassage(source_id="doc", passage_id="p9", text="three", locator="line 9"))
    leaf = talk.say("four")
    assert (await opened.indexer.catch_up(book.address.cim_id, [leaf])).embedded == 2
    assert (await opened.indexer.rebuild(book.address.cim_id, [leaf])).embedded == 4
    await opened.indexer.forget(book.address.cim_id)
    assert list(await opened.search.passages(book.address.cim_id, evidence_of(book), "three", 3)) == [2]
    await opened.close()


async def test_catching_up_ends_in_time_and_goes_on_later(provider: Moody) -> None:
    book = book_of(*(f"passage {number}" for number in range(100)))
    opened = open_search(book, MemoryTalk(), "openai:text-embedding-3-small")
    first = await opened.indexer.catch_up(book.address.cim_id, seconds=-1)
    assert (first.embedded, first.is_complete) == (0, False)
    assert (await opened.indexer.catch_up(book.address.cim_id)).embedded == 100
    await opened.close()


async def test_catching_up_tells_of_a_failure_and_keeps_what_is_done(provider: Moody) -> None:
    book = book_of(*(f"passage {number}" for number in range(100)))
    opened = open_search(book, MemoryTalk(), "voyage:voyage-3.5")
    replies = iter([Reply(), Reply(), Reply(status=500), *[Reply()] * 20])
    provider.mood = lambda: next(replies)
    with pytest.raises(EmbeddingsUnavailable):
        await opened.indexer.catch_up(book.address.cim_id)
    assert (await opened.indexer.catch_up(book.address.cim_id)).embedded == 100 - 32
    await opened.close()


async def test_what_embeddings_take_is_on_the_account_of_whoever_they_are_made_for(provider: Moody) -> None:
    usage, prices = MemoryUsage(), {"text-embedding-3-small": Price(input=1_000, output=0)}
    book = book_of("Zwolle plant sold")
    account = EmbeddingAccount(usage, prices)
    opened = open_search(book, MemoryTalk(), "openai:text-embedding-3-small", account=account)
    cim_id = book.address.cim_id
    await opened.indexer.catch_up(cim_id)
    assert usage.uses == {}
    with on_account_of(CALLER):
        await opened.search.passages(cim_id, evidence_of(book), "x" * 3_000, 3)
        await opened.search.passages(cim_id, evidence_of(book), "x" * 3_000, 3)
    [use] = usage.uses.values()
    assert (use.work, use.model, use.outcome) == ("embed", "openai:text-embedding-3-small", "completed")
    assert (use.caller, use.tokens.input, use.cost_usd) == (CALLER, 1_000, pytest.approx(1.0))
    provider.mood = lambda: Reply(status=401)
    with on_account_of(CALLER):
        await opened.search.passages(cim_id, evidence_of(book), "Zwolle", 3)
    assert [(one.outcome, one.cost_usd) for one in usage.uses.values()][1:] == [("failed", 0.0)]
    await opened.close()


async def test_without_embeddings_words_serve() -> None:
    book = book_of("Zwolle plant sold")
    opened = open_search(book, MemoryTalk())
    assert (await opened.indexer.catch_up(book.address.cim_id)).embedded == 0
    assert list(await opened.search.passages(book.address.cim_id, evidence_of(book), "Zwolle", 3)) == [0]
    await opened.forget(book.address.cim_id)
    await opened.close()
