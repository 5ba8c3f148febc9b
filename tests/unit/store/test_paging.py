"""Pages of several stores as one, walked to the end."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from store import Page
from store.paging import Place, cursor_of, merged, place_of

Item = tuple[int, str]
stores = st.lists(
    st.sets(st.tuples(st.integers(0, 5), st.text("ab", min_size=1, max_size=4)), max_size=12), min_size=1, max_size=3
)


def _place(item: Item) -> Place:
    return Place(at=item[0], id=item[1])


def _page(items: set[Item], cursor: str | None, limit: int) -> Page[Item]:
    newest = sorted(items, reverse=True)
    if cursor is not None:
        end = place_of(cursor)
        newest = [item for item in newest if item < (end.at, end.id)]
    shown = tuple(newest[:limit])
    more = len(newest) > limit
    return Page[Item](items=shown, next_cursor=cursor_of(_place(shown[-1])) if more else None)


@given(stores, st.integers(1, 5))
def test_every_item_comes_once_and_in_order(kept: list[set[Item]], limit: int) -> None:
    apart: list[set[Item]] = []
    for index, items in enumerate(kept):
        apart.append({(at, f"{id_}{index}") for at, id_ in items})
    walked: list[Item] = []
    cursor: str | None = None
    while True:
        page = merged([_page(items, cursor, limit) for items in apart], limit, _place)
        assert len(page.items) <= limit
        walked.extend(page.items)
        cursor = page.next_cursor
        if cursor is None:
            break
    assert walked == sorted((item for items in apart for item in items), reverse=True)
