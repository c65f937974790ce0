"""The objects that Chat Completions is made of, in each profile's own manner."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cache, cached_property
from hashlib import blake2b
from itertools import accumulate
from typing import Literal

from mockrouter.dialects import sse, tokens
from mockrouter.ids import Ids
from mockrouter.profiles import Profile
from mockrouter.reply import Reasoning, Refusal, Reply, Text, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import Json, JsonObject
from mockrouter.wire import Frame, Label

_CHOICE_STRIDE = 1000
"""Ids of the second choice's calls start here, so that no two calls share one."""


@dataclass(frozen=True)
class Rendering:
    """
    One reply, with all that decides how it looks.

    What every chunk asks for is worked out once: else a long reply takes a square of its length.
    """

    reply: Reply
    envelope: Envelope
    profile: Profile
    ids: Ids

    @property
    def finish_reason(self) -> str:
        """How the reply says it ended."""
        if self.reply.finish_reason is not None:
            return self.reply.finish_reason
        if not self.reply.calls:
            return "stop"
        return "function_call" if self.envelope.legacy_functions else "tool_calls"

    @cached_property
    def choices(self) -> int:
        """How many choices there are: as its author says, else as asked for and as placed."""
        placed = (part.choice + 1 for part in self.reply.parts if part.choice is not None)
        return self.reply.choices or max(self.envelope.choices, *placed, 1)

    def of_choice(self, choice: int) -> Rendering:
        """Leave out what stands in other choices."""
        reply = self.reply.of_choice(choice)
        return self if reply is self.reply else replace(self, reply=reply)

    @property
    def merged_start(self) -> bool:
        """Whether the first chunk is a tool call's and carries the role as well."""
        hidden = () if self.profile.chat_reasoning else Reasoning
        seen = [part for part in self.reply.parts if not isinstance(part, hidden)]
        alone = len(seen) == 1 and isinstance(seen[0], ToolCall)
        return alone and self.profile.chat_start == "merged"

    def number(self, index: int, choice: int) -> int:
        """Count the calls before the part at *index* that stand in the same *choice*."""
        return self._numbers(choice)[index]

    @cached_property
    def _numbers(self) -> Callable[[int], list[int]]:
        @cache
        def of_choice(choice: int) -> list[int]:
            there = {None, choice}
            calls = (isinstance(p, ToolCall) and p.choice in there for p in self.reply.parts)
            return list(accumulate(calls, initial=0))

        return of_choice

    @cached_property
    def chat_id(self) -> str:
        """The id of the completion, which all its chunks share."""
        return self.ids.make(self.profile.chat_id)

    def call_id(self, call: ToolCall, number: int, choice: int) -> str:
        """Name a call: as the author did, else with an id of this exchange."""
        if call.id is not None:
            return call.id
        return self.ids.make(self.profile.call_id, number + choice * _CHOICE_STRIDE)

    def envelope_of(
        self,
        kind: str,
        choices: list[JsonObject],
        *,
        tier: bool = False,
        system: str | Literal[False] | None = False,
    ) -> JsonObject:
        """Make what stands around the choices; *tier* where OpenRouter's usage chunk has it."""
        profile = self.profile
        chunk = kind.endswith("chunk")
        event: JsonObject = {
            "id": self.chat_id,
            "object": kind,
            "created": self.envelope.created,
            "model": self.reply.model or self.envelope.model,
        }
        provider = self.reply.provider or profile.provider
        if profile.provider and provider:
            event["provider"] = provider
        if profile.service_tier and (tier or not chunk or profile.chat_start == "merged"):
            event["service_tier"] = profile.service_tier
        fingerprint = profile.stream_fingerprint if chunk else system
        if fingerprint is not False:
            event["system_fingerprint"] = fingerprint
        event["choices"] = choices
        return event

    def finish(self, reason: str | None) -> JsonObject:
        """Make a choice's last fields."""
        fields: JsonObject = {"logprobs": None} if self.profile.logprobs else {}
        fields["finish_reason"] = reason
        if self.profile.native_finish_reason:
            native = self.reply.native_finish_reason
            fields["native_finish_reason"] = None if reason is None else native or reason
        return fields

    def chunk(
        self,
        label: Label,
        delta: JsonObject,
        choice: int,
        *,
        finish: str | None = None,
        call: int | None = None,
    ) -> Frame:
        """Make one chunk of a stream."""
        if self.profile.chat_start == "every":
            content = None if label is Label.TOOL_CALL else ""
            delta = {"content": content, "role": "assistant"} | delta
        choices = [{"index": choice, "delta": delta} | self.finish(finish)]
        event = self.envelope_of("chat.completion.chunk", choices)
        if self.profile.stream_usage == "on_request" and self.envelope.include_usage:
            event["usage"] = None
        event |= self.obfuscation(choice, f"{label}{json.dumps(delta)}")
        return Frame(sse.data(event), label, call=call, event=event)

    def obfuscation(self, choice: int, salt: str) -> JsonObject:
        """
        Make the padding that hides the length of a delta from eavesdroppers.

        Source: ``stream_options.include_obfuscation`` of the OpenAI API reference.
        """
        if not (self.profile.obfuscation and self.envelope.obfuscation):
            return {}
        text = f"{self.ids.key}|{self.ids.turn}|{choice}|{salt}"
        digest = blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).hexdigest()
        return {"obfuscation": digest[: int(digest[0], 16)]}

    def call_delta(self, call: ToolCall, number: int, choice: int) -> JsonObject:
        """Make the delta that opens a call, its arguments still empty."""
        if self.envelope.legacy_functions:
            return {"function_call": {"name": call.name, "arguments": ""}}
        custom = call.name in self.envelope.custom_tools
        kind, words = ("custom", "input") if custom else ("function", "arguments")
        opened: JsonObject = {"index": number, "id": self.call_id(call, number, choice)}
        return {"tool_calls": [{**opened, "type": kind, kind: {"name": call.name, words: ""}}]}

    def fragment_delta(self, call: ToolCall, number: int, fragment: Json) -> JsonObject:
        """Make the delta that continues a call."""
        if self.envelope.legacy_functions:
            return {"function_call": {"arguments": fragment}}
        if call.name in self.envelope.custom_tools:
            return {"tool_calls": [{"index": number, "custom": {"input": fragment}}]}
        return {"tool_calls": [{"index": number, "function": {"arguments": fragment}}]}


def message(rendering: Rendering, choice: int) -> JsonObject:
    """Make the whole message of a plain reply."""
    reply, profile = rendering.reply, rendering.profile
    texts = [part for part in reply.parts if isinstance(part, Text)]
    refusals = [part.text for part in reply.parts if isinstance(part, Refusal)]
    empty = profile.call_content if reply.calls else (None if refusals else "")
    made: JsonObject = {"role": "assistant", "content": reply.text if texts else empty}
    if profile.message_extras or refusals:
        made["refusal"] = "".join(refusals) or None
    if profile.message_extras:
        made["annotations"] = []
    if profile.chat_reasoning:
        made |= _reasoning(rendering)
    if reply.calls and rendering.envelope.legacy_functions:
        call = reply.calls[0]
        made["function_call"] = {"name": call.name, "arguments": call.arguments}
    elif reply.calls:
        made["tool_calls"] = [
            _call(rendering, call, n, choice) for n, call in enumerate(reply.calls)
        ]
    return made


def _call(rendering: Rendering, call: ToolCall, number: int, choice: int) -> JsonObject:
    made: JsonObject = {"index": number} if rendering.profile.call_index else {}
    made["id"] = rendering.call_id(call, number, choice)
    if call.name in rendering.envelope.custom_tools:
        return made | {"type": "custom", "custom": {"name": call.name, "input": call.arguments}}
    function = {"name": call.name, "arguments": call.arguments}
    return made | {"type": "function", "function": function}


def _reasoning(rendering: Rendering) -> JsonObject:
    thoughts = [
        (index, part)
        for index, part in enumerate(rendering.reply.parts)
        if isinstance(part, Reasoning)
    ]
    if not thoughts:
        return {"reasoning": None}
    details = [
        detail
        for index, part in thoughts
        for detail in reasoning_details(rendering, index, part, whole=True)
    ]
    text = "".join(part.text for _, part in thoughts)
    return {"reasoning": text or None, "reasoning_details": details}


def reasoning_details(
    rendering: Rendering, index: int, part: Reasoning, *, closing: bool = False, whole: bool = False
) -> list[JsonObject]:
    """
    Make OpenRouter's ``reasoning_details`` of one reasoning part.

    Args:
        rendering: The reply.

        index: The part's place in the reply.

        part: What was thought.

        closing: Only what a stream sends after the last fragment: signature and opaque form.

        whole: All in one, as a plain reply has it.

    Source: https://openrouter.ai/docs/guides/best-practices/reasoning-tokens
    """
    if part.details is not None:
        details: list[JsonObject] = json.loads(part.details) if closing or whole else []
        return details
    place = sum(isinstance(p, Reasoning) for p in rendering.reply.parts[:index]) * 2
    common: JsonObject = {"format": part.format, "index": place}
    kind, word = ("reasoning.summary", "summary") if part.summary else ("reasoning.text", "text")
    made: list[JsonObject] = []
    signature = {"signature": part.signature} if part.signature is not None else {}
    if not closing and (part.text or not part.encrypted):
        made.append({"type": kind, word: part.text, **(signature if whole else {}), **common})
    elif closing and signature:
        made.append({"type": "reasoning.text", **signature, **common})
    if part.encrypted is not None and (closing or whole):
        opaque = {"type": "reasoning.encrypted", "data": part.encrypted}
        made_id = rendering.ids.make(rendering.profile.reasoning_id, index)
        made.append({**opaque, "id": made_id, **common, "index": place + 1})
    return made


def usage(rendering: Rendering) -> JsonObject:
    """Make the ``usage`` object: the scenario's numbers, else counted ones."""
    reply, profile, given = rendering.reply, rendering.profile, rendering.reply.usage
    prompt = (
        rendering.envelope.prompt_tokens if given.prompt_tokens is None else given.prompt_tokens
    )
    completion = given.completion_tokens
    if completion is None:
        said = (reply.of_choice(choice) for choice in range(rendering.choices))
        completion = sum(map(tokens.completion_tokens, said))
    reasoning = given.reasoning_tokens
    if reasoning is None:
        reasoning = tokens.reasoning_tokens(reply)
    made: JsonObject = {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
    }
    made |= tokens.cost_fields(profile, prompt, completion, given.cost, ("prompt", "completions"))
    details: JsonObject = {"cached_tokens": given.cached_tokens}
    if profile.cost == "full":
        details |= {"cache_write_tokens": 0, "audio_tokens": 0, "video_tokens": 0}
        answer = {"reasoning_tokens": reasoning, "image_tokens": 0, "audio_tokens": 0}
    else:
        details["audio_tokens"] = 0
        answer = {"reasoning_tokens": reasoning, "audio_tokens": 0}
        answer |= {"accepted_prediction_tokens": 0, "rejected_prediction_tokens": 0}
    return made | {"prompt_tokens_details": details, "completion_tokens_details": answer}
