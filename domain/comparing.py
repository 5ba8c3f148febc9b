"""Two values field by field: what was there before, and what is there after."""

from __future__ import annotations

from typing import Literal

from pydantic import JsonValue

from domain.values import Value

Change = Literal["added", "changed", "removed"]
Fields = dict[str, JsonValue]


class FieldChange(Value):
    """`before` is null where the field is new, `after` where it is gone."""

    field: str
    before: JsonValue
    after: JsonValue


def dumped_fields(value: Value, names: tuple[str, ...]) -> Fields:
    return value.model_dump(mode="json", include=set(names))


def flat_fields(fields: Fields, prefix: str = "") -> Fields:
    """Objects within are spread out, as `outer.inner`."""
    spread: Fields = {}
    for name, value in fields.items():
        spread.update(flat_fields(value, f"{prefix}{name}.") if isinstance(value, dict) else {f"{prefix}{name}": value})
    return spread


def change_of(old: object, new: object) -> Change:
    return "added" if old is None else "removed" if new is None else "changed"


def field_changes(before: Fields, after: Fields) -> tuple[FieldChange, ...]:
    return tuple(
        FieldChange(field=name, before=before.get(name), after=after.get(name))
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    )
