"""Messages that are being written, and what they read so far."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping

from pymongo.errors import DuplicateKeyError

from domain.values import Value
from store.codec import Codec
from store.errors import translated
from store.locks import Locks
from store.server import Collection, Document, Server
from store.talk import Talk
from store.talk_text import Spoken

UNFINISHED = "unfinished"
ENTRIES_BEFORE_SAVED = 512
MOST_IN_MEMORY = 500


class SpokenNow(Value):
    """What the unfinished messages of a CIM read after entry `n` of its talk, by message id."""

    n: int
    texts: Mapping[str, Spoken]


class Unfinished:
    """Each has a mark from before it is kept until it is final and was said to be. The mark holds the text as of some
    entry of the talk, so that whoever wants it reads only the entries since."""

    def __init__(self, server: Server, codec: Codec, talk: Talk) -> None:
        self._server = server
        self._codec = codec
        self._talk = talk
        self._known: OrderedDict[str, Spoken] = OrderedDict()
        self._locks = Locks()

    @translated
    async def mark(self, cim_id: str, message_id: str) -> None:
        document = {"_id": message_id, "cim_id": cim_id, "n": await self._talk.end(cim_id), "attempt": 0, "text": ""}
        try:
            await (await self._marks()).insert_one(document)
        except DuplicateKeyError:
            return

    @translated
    async def is_marked(self, message_id: str) -> bool:
        return await (await self._marks()).find_one({"_id": message_id}, {"_id": 1}) is not None

    @translated
    async def unmark(self, message_id: str) -> None:
        self._known.pop(message_id, None)
        await (await self._marks()).delete_one({"_id": message_id})

    @translated
    async def now(self, cim_id: str) -> SpokenNow:
        """A message that gets its mark later has all its words after `n`."""
        async with self._locks.of(cim_id):
            end = await self._talk.end(cim_id)
            marked = await self._marked(cim_id)
            while any(spoken.n > end for spoken in marked.values()):
                end = await self._talk.end(cim_id)
            texts = {id_: max(spoken, self._known.get(id_, spoken), key=_place) for id_, spoken in marked.items()}
            texts = {id_: spoken if spoken.n <= end else marked[id_] for id_, spoken in texts.items()}
            after = min((spoken.n for spoken in texts.values()), default=end)
            async for entry in self._talk.all(cim_id, after, end):
                texts = {id_: spoken.after(entry, id_) for id_, spoken in texts.items()}
            for message_id, spoken in texts.items():
                self._know(message_id, spoken)
            if any(end - spoken.n > ENTRIES_BEFORE_SAVED for spoken in marked.values()):
                await self._save(cim_id, texts)
            return SpokenNow(n=end, texts=texts)

    @translated
    async def save(self, cim_id: str) -> int:
        """Brings all marks up to the end of the talk, and gives its number: no text needs the entries up to there."""
        now = await self.now(cim_id)
        await self._save(cim_id, now.texts)
        return now.n

    async def ensure_indexes(self) -> None:
        await (await self._marks()).create_index([("cim_id", 1)])

    async def _marked(self, cim_id: str) -> dict[str, Spoken]:
        found = (await self._marks()).find({"cim_id": cim_id})
        return {str(document["_id"]): await self._spoken(document) async for document in found}

    async def _save(self, cim_id: str, texts: Mapping[str, Spoken]) -> None:
        marks = await self._marks()
        for message_id, spoken in texts.items():
            text = await self._codec.pack(cim_id, spoken.text)
            values = {"n": spoken.n, "attempt": spoken.attempt, "text": text}
            await marks.update_one({"_id": message_id}, {"$set": values})

    def _know(self, message_id: str, spoken: Spoken) -> None:
        self._known[message_id] = spoken
        self._known.move_to_end(message_id)
        while len(self._known) > MOST_IN_MEMORY:
            self._known.popitem(last=False)

    async def _spoken(self, document: Document) -> Spoken:
        text = await self._codec.unpack(document["text"])
        return Spoken(n=document["n"], attempt=document["attempt"], text=text)

    async def _marks(self) -> Collection:
        return await self._server.collection(UNFINISHED)


def _place(spoken: Spoken) -> int:
    return spoken.n
