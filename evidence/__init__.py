"""Documents in, passages, facts and retrieval out. Pure: bytes in, models out; converters are imported when first used."""
