"""Documents in, passages, facts and retrieval out. Pure: bytes in, models out; converters load when first used."""
