"""JSON with secrets in it, under names that tell, drawn by Hypothesis."""

from __future__ import annotations

import json

from hypothesis import strategies as st

from mockrouter.engine.redaction import SECRET_NAMES
from mockrouter.values import Json

SECRET = "hunter2-é"  # noqa: S105 - nobody's
"""Is found in no other word, and is spelled in several ways."""

BLANK = "[redacted]"


def holds_secret(shown: bytes | str) -> bool:
    """Tell whether any part of the secret stands in some text, however it is spelled there."""
    text = shown.decode(errors="replace") if isinstance(shown, bytes) else shown
    return "hunter2" in text


def in_any_case(name: str) -> st.SearchStrategy[str]:
    """Write a name in random case."""
    upper = st.lists(st.booleans(), min_size=len(name), max_size=len(name))
    return upper.map(
        lambda ups: "".join(c.upper() if up else c for c, up in zip(name, ups, strict=True))
    )


NAMES = st.sampled_from([*SECRET_NAMES, "password"]).flatmap(in_any_case)
PLAIN = st.sampled_from(["a", "headers", "arguments", "properties", "parameters", "content", "é"])
SECRETS: st.SearchStrategy[Json] = st.recursive(
    st.just(SECRET),
    lambda inner: st.lists(inner, min_size=1, max_size=2) | st.dictionaries(PLAIN, inner),
    max_leaves=3,
)
OBJECTS = st.tuples(st.dictionaries(PLAIN, st.integers()), st.dictionaries(NAMES, SECRETS)).map(
    lambda both: both[0] | both[1]
)


def in_json_text(value: Json, *, ascii_: bool) -> str:
    """Write a value as text, as the arguments of calls are."""
    return json.dumps(value, ensure_ascii=ascii_)


BODIES: st.SearchStrategy[Json] = st.recursive(
    OBJECTS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(PLAIN, inner, max_size=3)
        | st.builds(in_json_text, inner, ascii_=st.booleans())
    ),
    max_leaves=6,
)
