"""
The kinds of output items: how each is built, and what its events are called.

All kinds stream alike. An item opens; in it, except for calls, a content part opens; fragments go
out as deltas; and everything closes again with the whole. So a kind is a row of names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

from mockrouter.ids import IdShape
from mockrouter.profiles import Profile
from mockrouter.reply import Part, Reasoning, Refusal, Text
from mockrouter.request import Envelope
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Label

Status = Literal["in_progress", "completed", "incomplete"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """
    One kind of output item.

    Attributes:
        label: Of its frames.

        events: What its ``.delta`` and ``.done`` events begin with.

        whole: Field of the ``.done`` event that holds the whole.

        part_events: What its content part's ``.added`` and ``.done`` begin with; empty for calls,
            which have no parts.

        part: Type of the content part.

        index: Name of the field that says which part, always 0.

        logprobs: Whether parts and events carry ``logprobs`` (and parts ``annotations``).
    """

    label: Label
    events: str
    whole: str = "text"
    part_events: str = ""
    part: str = ""
    index: str = ""
    logprobs: bool = False

    def place(self) -> JsonObject:
        """Make the field that says which part an event belongs to."""
        return {self.index: 0} if self.index else {}

    def content(self, text: str) -> JsonObject:
        """Make a content part."""
        extras: JsonObject = {"annotations": [], "logprobs": []} if self.logprobs else {}
        return {"type": self.part, **extras, self.whole: text}

    def extras(self) -> JsonObject:
        """Make the field that the delta and done events of text have besides."""
        return {"logprobs": []} if self.logprobs else {}


TEXT = Kind(
    label=Label.TEXT,
    events="response.output_text",
    part_events="response.content_part",
    part="output_text",
    index="content_index",
    logprobs=True,
)

REFUSAL = Kind(
    label=Label.TEXT,
    events="response.refusal",
    whole="refusal",
    part_events="response.content_part",
    part="refusal",
    index="content_index",
)

REASONING_TEXT = Kind(
    label=Label.REASONING,
    events="response.reasoning_text",
    part_events="response.content_part",
    part="reasoning_text",
    index="content_index",
)

REASONING_SUMMARY = Kind(
    label=Label.REASONING,
    events="response.reasoning_summary_text",
    part_events="response.reasoning_summary_part",
    part="summary_text",
    index="summary_index",
)

FUNCTION_CALL = Kind(
    label=Label.TOOL_CALL, events="response.function_call_arguments", whole="arguments"
)

CUSTOM_CALL = Kind(label=Label.TOOL_CALL, events="response.custom_tool_call_input", whole="input")


def kind_of(part: Part, envelope: Envelope, profile: Profile) -> Kind:
    """Say which kind of item a part becomes."""
    if isinstance(part, Text):
        return TEXT
    if isinstance(part, Refusal):
        return REFUSAL
    if isinstance(part, Reasoning):
        is_summary = part.summary or profile.reasoning_events == "summary"
        return REASONING_SUMMARY if is_summary else REASONING_TEXT
    return CUSTOM_CALL if part.name in envelope.custom_tools else FUNCTION_CALL


def id_shape(kind: Kind, profile: Profile) -> IdShape:
    """Say what the ids of such items look like."""
    if kind.label is Label.TEXT:
        return profile.message_id
    if kind.label is Label.REASONING:
        return profile.reasoning_id
    calls = profile.function_call_id
    if kind is FUNCTION_CALL:
        return calls
    return replace(calls, prefix=calls.prefix.replace("fc_", "ctc_"))


def whole_of(part: Part) -> Json:
    """Join what the part says: a string, unless its fragments are no strings."""
    return part.text if isinstance(part, Text | Refusal | Reasoning) else part.arguments


def has_content(part: Part) -> bool:
    """Whether the item shows its content: all do but reasoning that is hidden."""
    return bool(part.fragments) or not isinstance(part, Reasoning)
