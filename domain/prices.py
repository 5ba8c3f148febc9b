"""List prices of models, as their makers gave them in autumn 2026, in USD for a million tokens.

Prices change and contracts differ: the setting BOOKRUNNER_PRICES comes over this list. A model that stands in neither
has no known price, and is not called under a budget.
"""

from __future__ import annotations

from types import MappingProxyType

from domain.spending import Price

_OPUS_5 = Price(input=5, output=25, cached=0.5, cache_write=6.25)
_SONNET_5 = Price(input=2, output=10, cached=0.2, cache_write=2.5)
_SONNET_4 = Price(input=3, output=15, cached=0.3, cache_write=3.75)
_GPT_5 = Price(input=1.25, output=10, cached=0.125)

LIST_PRICES = MappingProxyType(
    {
        "claude-fable-5-1": Price(input=10, output=50, cached=0.25, cache_write=12.5),
        "claude-opus-5-5": Price(input=4, output=20, cached=0.2, cache_write=5),
        "claude-opus-5": _OPUS_5,
        "claude-opus-4-6": _OPUS_5,
        "claude-opus-4-5": _OPUS_5,
        "claude-sonnet-5-5": _SONNET_5,
        "claude-sonnet-5": _SONNET_5,
        "claude-sonnet-4-6": _SONNET_4,
        "claude-sonnet-4-5": _SONNET_4,
        "claude-haiku-4-5": Price(input=1, output=5, cached=0.1, cache_write=1.25),
        "gpt-6-astra": Price(input=10, output=50, cached=1),
        "gpt-6-sol": Price(input=2, output=10, cached=0.2, cache_write=2.5),
        "gpt-6-luna": Price(input=0.1, output=0.5, cached=0.01, cache_write=0.125),
        "gpt-5.5": Price(input=5, output=30, cached=0.5),
        "gpt-5.4": Price(input=2.5, output=15, cached=0.25),
        "gpt-5.4-mini": Price(input=0.75, output=4.5, cached=0.075),
        "gpt-5.1": _GPT_5,
        "gpt-5": _GPT_5,
        "gpt-5-mini": Price(input=0.25, output=2, cached=0.025),
        "gpt-4.1": Price(input=2, output=8, cached=0.5),
        "gpt-4o": Price(input=2.5, output=10, cached=1.25),
        "gpt-4o-mini": Price(input=0.15, output=0.6, cached=0.075),
        "text-embedding-3-small": Price(input=0.02, output=0),
        "text-embedding-3-large": Price(input=0.13, output=0),
        "voyage-3-large": Price(input=0.18, output=0),
        "voyage-3.5": Price(input=0.06, output=0),
        "voyage-3.5-lite": Price(input=0.02, output=0),
    }
)
