"""The one data converter that clients, workers and replayers share."""

from __future__ import annotations

from temporalio.contrib.pydantic import PydanticPayloadConverter
from temporalio.converter import (
    CompositePayloadConverter,
    DataConverter,
    DefaultFailureConverter,
    DefaultFailureConverterWithEncodedAttributes,
    PayloadCodec,
)

_CONVERTERS = tuple(PydanticPayloadConverter().converters.values())


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
