"""The checker: what was told against what is there."""
