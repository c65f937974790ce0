"""
Token counts, without a tokenizer.

Real tokenizers fetch their tables from the network. A quarter of the UTF-8 bytes, rounded up, is
near enough for a client's arithmetic, and the same everywhere; a scenario's ``usage`` gives exact
counts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from mockrouter.profiles import Profile
from mockrouter.reply import Part, Reasoning, Reply, ToolCall
from mockrouter.values import JsonObject

_PROMPT_PRICE = 0.25e-6
_COMPLETION_PRICE = 2e-6


def count(texts: Iterable[str]) -> int:
    """Count the tokens of all texts together; at least 1."""
    size = sum(len(text.encode("utf-8", "surrogatepass")) for text in texts)
    return max(1, -(-size // 4))


def completion_tokens(reply: Reply) -> int:
    """Count what the model wrote; 0 for nothing."""
    return count(map(_text, reply.parts)) if reply.parts else 0


def reasoning_tokens(reply: Reply) -> int:
    """Count what the model thought; 0 for nothing."""
    thoughts = [part.text for part in reply.parts if isinstance(part, Reasoning)]
    return count(thoughts) if thoughts else 0


def prices(prompt: int, completion: int) -> tuple[float, float]:
    """Price prompt and completion in US dollars."""
    return round(prompt * _PROMPT_PRICE, 10), round(completion * _COMPLETION_PRICE, 10)


def cost_fields(
    profile: Profile, prompt: int, completion: int, cost: float | None, words: tuple[str, str]
) -> JsonObject:
    """
    Make the cost part of a ``usage`` object.

    Args:
        profile: Decides between OpenRouter's details, a plain number, and nothing.

        prompt: Tokens.

        completion: Tokens.

        cost: In US dollars; None takes the price list.

        words: What the dialect calls the two sides: prompt and completions, or input and output.
    """
    if profile.cost == "none":
        return {}
    first, second = prices(prompt, completion)
    total = round(first + second, 10) if cost is None else cost
    if cost is not None and first + second:
        first = round(cost * first / (first + second), 12)
        second = round(cost - first, 12)
    if profile.cost == "plain":
        return {"cost": total}
    return {
        "cost": total,
        "is_byok": False,
        "cost_details": {
            "upstream_inference_cost": total,
            f"upstream_inference_{words[0]}_cost": first,
            f"upstream_inference_{words[1]}_cost": second,
        },
    }


def _text(part: Part) -> str:
    if not isinstance(part, ToolCall):
        return part.text
    arguments = part.arguments
    return part.name + (arguments if isinstance(arguments, str) else json.dumps(arguments))
