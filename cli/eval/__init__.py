"""How well a pack is served: figures traced, contradictions found, questions answered, injections obeyed (never)."""
