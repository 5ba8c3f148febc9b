"""Which chat model writes the drafts."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel

from agents.failures import ModelNotConfigured

EVIDENCE_ONLY = "evidence-only"


def chat_model(name: str = EVIDENCE_ONLY, timeout_seconds: float = 240.0) -> BaseChatModel:
    """The built-in model, or the one that langchain knows by `provider:name`. Raises ModelNotConfigured.

    Models do not retry by themselves: Temporal does.
    """
    if name == EVIDENCE_ONLY:
        from agents.evidence_only.model import EvidenceOnlyChatModel

        return EvidenceOnlyChatModel()
    from langchain.chat_models import init_chat_model

    try:
        return init_chat_model(name, max_retries=0, timeout=timeout_seconds)
    except ImportError as error:
        raise ModelNotConfigured(
            f"The chat model {name!r} needs a package that is not installed. Install the extra of its provider "
            f"(for instance `uv sync --extra openai`), or choose {EVIDENCE_ONLY!r}. ({error})"
        ) from error
    except Exception as error:  # each provider has its own error for a missing key or a wrong name
        raise ModelNotConfigured(
            f"The chat model {name!r} could not be set up: {_first_line(error)} Check the model's name and that "
            "the key of its provider is in the environment."
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0][:300]
