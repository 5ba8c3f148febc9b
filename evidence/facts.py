"""Facts out of a read document: every figure with its unit, period and place."""

from __future__ import annotations

import math
from collections import Counter
from itertools import chain

from domain.model import Fact
from evidence.drafts import FactDraft, finished
from evidence.model import Document
from evidence.table_facts import table_drafts
from evidence.text_facts import text_drafts

MOST_FACTS = 2_000


def gather_facts(document: Document, source_id: str, limit: int = MOST_FACTS) -> list[Fact]:
    """Figures of the tables and texts, in the document's order.

    Beyond `limit`, those that lack a unit or a period are left out first.
    """
    drafts = [draft for draft in chain(table_drafts(document), text_drafts(document)) if _sound(draft)]
    if len(drafts) > limit:
        ranked = sorted(range(len(drafts)), key=lambda index: (_gaps(drafts[index]), index))
        drafts = [drafts[index] for index in sorted(ranked[:limit])]
    seen: Counter[tuple[str, str, str, str]] = Counter()
    said: set[tuple[str, str, str, str, float, str]] = set()
    facts: list[Fact] = []
    for draft in drafts:
        key = (draft.locator, draft.metric, draft.period, draft.entity)
        if (*key, draft.value, draft.unit) in said:
            continue
        said.add((*key, draft.value, draft.unit))
        facts.append(finished(draft, source_id, document.sha256, seen[key]))
        seen[key] += 1
    return facts


def _sound(draft: FactDraft) -> bool:
    return math.isfinite(draft.value) and bool(draft.metric.strip()) and bool(draft.locator.strip())


def _gaps(draft: FactDraft) -> int:
    return (not draft.unit) + (not draft.period)
