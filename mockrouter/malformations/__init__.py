"""
Ways in which the arguments of a tool call are wrong, each by its name.

To add one, write its function, whose docstring says what is wrong, and its line in
``MALFORMATIONS``; ``docs/contributing/malformation.md`` has the page.
"""

from __future__ import annotations

from typing import Final

from mockrouter.malformations import mismatch, syntax, wrapping
from mockrouter.malformations.base import INSTEAD, Malformation, NotApplicable

__all__ = ["INSTEAD", "MALFORMATIONS", "Malformation", "NotApplicable"]

MALFORMATIONS: Final[dict[str, Malformation]] = {
    "empty": Malformation(
        wrapping.empty,
        ("openai-agents-js#664", "open-webui#23778", "hermes-agent#83937", "vercel/ai#6687"),
    ),
    "json_null": Malformation(wrapping.null, ("langchain#34242", "pydantic-ai#822")),
    "object": Malformation(wrapping.as_object, ("llama.cpp#20198", "picoclaw#1287", "adk-go#1254")),
    "truncated": Malformation(
        wrapping.truncated,
        ("pydantic-ai#3118", "vllm#58228", "hermes-agent#7680", "dynamo#13791", "livekit#4240"),
    ),
    "missing_brace": Malformation(
        wrapping.missing_brace, ("sglang#32721", "vllm#22885", "litellm#22312")
    ),
    "whitespace_runaway": Malformation(wrapping.whitespace_runaway, ("omlx#2990", "emmy#819")),
    "whitespace_padded": Malformation(wrapping.whitespace_padded, ("omlx#2990", "emmy#819")),
    "concatenated": Malformation(
        wrapping.concatenated, ("openai-node#596", "hermes-agent#25333", "smolagents#1569")
    ),
    "double_encoded": Malformation(
        wrapping.double_encoded, ("langchain-oracle#52", "forgecode#2764", "koog#2096")
    ),
    "markdown_fence": Malformation(
        wrapping.markdown_fence, ("pi#8858", "langchain#33012", "AssetOpsBench#482")
    ),
    "markdown_fence_inline": Malformation(
        wrapping.markdown_fence_inline, ("agents-flex/agents-flex#64",)
    ),
    "trailing_text": Malformation(wrapping.trailing_text, ("hermes-agent#79333",)),
    "not_json": Malformation(wrapping.not_json),
    "raw_control_chars": Malformation(
        syntax.raw_control_chars,
        ("kimi-cli#1378", "livekit#4196", "prism#937", "instructor#32", "omlx#1672"),
    ),
    "invalid_escape": Malformation(syntax.invalid_escape, ("mistral-vibe#216",)),
    "backslash_n_outside_string": Malformation(
        syntax.backslash_n_outside_string, ("OpenHands/software-agent-sdk#2488",)
    ),
    "python_literal": Malformation(
        syntax.python_literal, ("qwen-code#288", "dspy#8181", "dspy#10051")
    ),
    "trailing_comma": Malformation(syntax.trailing_comma, ("langchain4j/langchain4j#1339",)),
    "unquoted_keys": Malformation(syntax.unquoted_keys, ("ml-explore/mlx-swift-lm#557",)),
    "duplicate_keys": Malformation(syntax.duplicate_keys, ("adk-go#1254",)),
    "nested_stringified": Malformation(mismatch.nested_stringified, ("opencode#7512",)),
    "scalars_as_strings": Malformation(
        mismatch.scalars_as_strings, ("hermes-agent#5265", "ds4#569", "moltis#1136")
    ),
    "string_as_number": Malformation(mismatch.string_as_number, ("colibri#118",)),
    "double_escaped_newlines": Malformation(
        mismatch.double_escaped_newlines, ("openclaw#109478", "openclaw#110823")
    ),
    "unknown_property": Malformation(mismatch.unknown_property, ("kimi-code#819", "jp#290")),
    "missing_required": Malformation(
        mismatch.missing_required, ("vllm-mlx#162", "vllm-mlx#166", "jp#290")
    ),
    "explicit_null": Malformation(mismatch.explicit_null, ("moltis#1136",)),
    "wrong_type": Malformation(mismatch.wrong_type, ("claude-code#71927", "hermes-agent#104803")),
    "enum_violation": Malformation(
        mismatch.enum_violation, ("opencode#33149", "vierisid/jarvis#475")
    ),
}
"""Every malformation by its name."""
