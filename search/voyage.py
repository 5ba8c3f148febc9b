"""Voyage's embeddings over plain HTTP: its client would first fetch a tokenizer from elsewhere."""

from __future__ import annotations

import os
from typing import Literal

import httpx
from langchain_core.embeddings import Embeddings
from pydantic import BaseModel

ADDRESS = "https://api.voyageai.com/v1"
KEY, BASE_URL = "VOYAGE_API_KEY", "VOYAGE_BASE_URL"
SECONDS = 60.0


class _Embedding(BaseModel):
    index: int
    embedding: list[float]


class _Answer(BaseModel):
    data: list[_Embedding]


class VoyageEmbeddings(Embeddings):
    """Questions and documents are told apart, as the model wants it."""

    def __init__(self, model: str, api_key: str, base_url: str = ADDRESS) -> None:
        self._model = model
        self._url = f"{base_url.rstrip('/')}/embeddings"
        self._headers = {"Authorization": f"Bearer {api_key}"}

    @classmethod
    def from_environment(cls, model: str) -> VoyageEmbeddings:
        key = os.environ.get(KEY, "")
        if not model or not key:
            raise ValueError(f"Voyage needs a model (`voyage:<model>`) and {KEY}.")
        return cls(model, key, os.environ.get(BASE_URL) or ADDRESS)

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        with httpx.Client(timeout=SECONDS) as client:
            return _vectors(client.post(self._url, headers=self._headers, json=self._asked(texts, "document")))

    def embed_query(self, text: str) -> list[float]:
        with httpx.Client(timeout=SECONDS) as client:
            return _vectors(client.post(self._url, headers=self._headers, json=self._asked([text], "query")))[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            return _vectors(await client.post(self._url, headers=self._headers, json=self._asked(texts, "document")))

    async def aembed_query(self, text: str) -> list[float]:
        async with httpx.AsyncClient(timeout=SECONDS) as client:
            return _vectors(await client.post(self._url, headers=self._headers, json=self._asked([text], "query")))[0]

    def _asked(self, texts: list[str], kind: Literal["document", "query"]) -> dict[str, object]:
        return {"model": self._model, "input": texts, "input_type": kind, "truncation": True}


def _vectors(response: httpx.Response) -> list[list[float]]:
    response.raise_for_status()
    answer = _Answer.model_validate_json(response.content)
    return [one.embedding for one in sorted(answer.data, key=lambda one: one.index)]
