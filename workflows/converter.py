"""The one data converter that clients, workers and replayers share."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from temporalio.api.common.v1 import Payload
from temporalio.contrib.pydantic import PydanticJSONPlainPayloadConverter, PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

MOST_ADAPTERS = 1_024


class _TolerantJSON(PydanticJSONPlainPayloadConverter):
    """Reads what any version wrote: fields that this one does not know are left out."""

    def from_payload(self, payload: Payload, type_hint: type | None = None) -> Any:
        return _adapter(Any if type_hint is None else type_hint).validate_json(payload.data, extra="ignore")


@lru_cache(maxsize=MOST_ADAPTERS)
def _adapter(hint: Any) -> TypeAdapter[Any]:
    return TypeAdapter(hint)


_JSON = _TolerantJSON()
_CONVERTERS = tuple(
    _JSON if each.encoding == _JSON.encoding else each for each in PydanticPayloadConverter().converters.values()
)


class SharedPayloadConverter(CompositePayloadConverter):
    """Pydantic JSON. The SDK makes a converter for each workflow task; all share one cache of type adapters."""

    def __init__(self) -> None:
        super().__init__(*_CONVERTERS)


def data_converter(codec: PayloadCodec | None = None) -> DataConverter:
    """With a codec, everything that Temporal stores passes through it, also messages and stack traces of errors."""
    return DataConverter(
        payload_converter_class=SharedPayloadConverter,
        payload_codec=codec,
        failure_converter_class=(
            DefaultFailureConverter if codec is None else DefaultFailureConverterWithEncodedAttributes
        ),
    )
