"""The ways through a thread."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from store.models import Branch, Message, Thread

MOST_BRANCHES = 100
MOST_MESSAGES = 10_000
FIRST_CHARACTERS = 200


def branches_of(thread: Thread, paths: Mapping[str, Sequence[Message]]) -> list[Branch]:
    """`paths` gives by leaf the messages up to it, oldest first. A branch is what no other shares."""
    shared = Counter(message.id for path in paths.values() for message in path)
    branches: list[Branch] = []
    for leaf_id, path in paths.items():
        if not path:
            continue
        forks = next((n for n, message in enumerate(path) if shared[message.id] == 1), len(path))
        first = path[min(forks, len(path) - 1)]
        branches.append(
            Branch(
                leaf_id=leaf_id,
                forks_after=path[forks - 1].id if forks > 0 else None,
                first_text=first.text[:FIRST_CHARACTERS],
                messages=len(path),
                updated_at=path[-1].completed_at or path[-1].created_at,
                active=leaf_id == thread.leaf_id,
            )
        )
    return branches
