"""The one data converter that clients, workers and replayers share."""

from __future__ import annotations

import dataclasses

from temporalio.contrib.pydantic import pydantic_data_converter
from temporalio.converter import DataConverter, PayloadCodec


def data_converter(codec: PayloadCodec | None = None) -> DataConverter:
    """Pydantic JSON; with a codec, everything that Temporal stores passes through it."""
    return dataclasses.replace(pydantic_data_converter, payload_codec=codec)
