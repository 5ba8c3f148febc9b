"""A chat on the real stack with embeddings set: turns are searched by meaning too, and go on without them."""

from __future__ import annotations

import json

from cli.index import rebuilt
from tests.providers.script import Asked, Reply, ToolUse

from .conftest import Site
from .speaking import message, run_over, say, speaking_site
from .test_chat import upload

DOCUMENT = "# Plants\n\n## Zwolle\n\nThe plant in Zwolle was sold and leased back in 2023.\n"


def texts_in(asked: list[Asked]) -> list[str]:
    return [text for one in asked if one.path.endswith("/embeddings") for text in one.body["input"]]


async def test_vectors_that_were_lost_are_made_again_from_the_store(site: Site) -> None:
    settings = site.settings.model_copy(update={"embeddings": "openai:text-embedding-3-small"})
    meaning = Site(site.addresses, site.people, settings, site.calls, site.store)
    async with speaking_site(meaning) as speaking, speaking.site.client("lead") as client:
        book = await speaking.book(client)
        await upload(book, "plants.md", DOCUMENT)
        sent = await say(book, "What became of the plant?")
        await run_over(client, sent["run_id"])
        before = len(speaking.asked)
        done = await rebuilt(speaking.site.store, settings, book.id)
        assert (done.embedded, done.is_complete) == (4, True)
        embedded = texts_in(speaking.asked[before:])
        assert any("leased back in 2023" in text for text in embedded)
        assert {"What became of the plant?", "Yes."} <= set(embedded)


async def test_a_chat_is_served_by_words_and_meaning_and_by_words_alone_when_embeddings_are_away(site: Site) -> None:
    settings = site.settings.model_copy(update={"embeddings": "openai:text-embedding-3-small"})
    meaning = Site(site.addresses, site.people, settings, site.calls, site.store)
    async with speaking_site(meaning) as speaking, speaking.site.client("lead") as client:
        book = await speaking.book(client)
        await upload(book, "plants.md", DOCUMENT)
        away = False

        def says(asked: Asked) -> Reply:
            if asked.path.endswith("/embeddings"):
                return Reply(status=500 if away else 200)
            if asked.body["messages"][-1]["role"] == "tool":
                return Reply(text="It was sold [P1].")
            return Reply(tool_uses=(ToolUse("search_documents", json.dumps({"query": "plant in Zwolle"})),))

        speaking.voice.says = says
        for text in ("What became of the plant?", "And what became of Zwolle?"):
            sent = await say(book, text)
            assert (await run_over(client, sent["run_id"]))["status"] == "completed"
            answer = await message(book, sent["answer_ids"][0])
            assert (answer["text"], answer["citations"][0]["document"]) == ("It was sold [P1].", "plants.md")
        embedded = texts_in(speaking.asked)
        assert any("leased back in 2023" in text for text in embedded)
        assert any("What became of the plant?" in text for text in embedded)
        assert "plant in Zwolle" in embedded
        report = (await client.get("/usage", params={"group_by": "work"})).json()
        [spent] = [one for one in report["items"] if one["key"] == "embed"]
        assert spent["calls"] >= 3
        assert spent["tokens_in"] > 0
        assert spent["cost_usd"] > 0

        away = True
        sent = await say(book, "Where is it?")
        assert (await run_over(client, sent["run_id"]))["status"] == "completed"
        answer = await message(book, sent["answer_ids"][0])
        assert (answer["text"], answer["citations"][0]["document"]) == ("It was sold [P1].", "plants.md")
