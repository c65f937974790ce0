"""The Response object, and the items in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate

from mockrouter.dialects import tokens
from mockrouter.dialects.errors import error_object, error_type
from mockrouter.dialects.responses.echo import defaults
from mockrouter.dialects.responses.kinds import (
    CUSTOM_CALL,
    REASONING_TEXT,
    Kind,
    Status,
    has_content,
    id_shape,
    kind_of,
    whole_of,
)
from mockrouter.ids import Ids, IdShape
from mockrouter.profiles import Profile
from mockrouter.reply import ErrorReply, Part, Reasoning, Reply, Step, ToolCall
from mockrouter.request import Envelope
from mockrouter.values import JsonObject

_ENCRYPTED = IdShape("gAAAAAB", 90)
"""What opaque reasoning looks like at OpenAI, if shorter."""

_INCOMPLETE = {"length": "max_output_tokens", "content_filter": "content_filter"}

_RESPONSE_CODES = {
    "rate_limit_exceeded": "rate_limit_exceeded",
    "context_length_exceeded": "invalid_prompt",
    "invalid_request": "invalid_prompt",
    "content_policy_violation": "image_content_policy_violation",
}


@dataclass(frozen=True)
class Rendering:
    """A reply with all that decides how it looks. It has no slots, so that it can keep its ids."""

    reply: Reply
    envelope: Envelope
    profile: Profile
    ids: Ids

    @property
    def error(self) -> ErrorReply | None:
        """What made the reply fail, if anything did."""
        failed = self.reply.finish_reason == "error"
        return self.reply.error or (ErrorReply(502, "") if failed else None)

    @property
    def status(self) -> str:
        """How the response ends: ``completed``, ``incomplete`` or ``failed``."""
        if self.error:
            return "failed"
        return "incomplete" if self.reply.finish_reason in _INCOMPLETE else "completed"

    def steps(self) -> Iterator[Step]:
        """
        Walk through the reply as this provider streams it.

        OpenRouter closes the item of its reasoning text after all others.
        """
        late = []
        for step in self.reply.steps():
            if step.kind == "close" and self.kind(step.part) is REASONING_TEXT:
                late.append(step)
            else:
                yield step
        yield from late

    def kind(self, part: Part) -> Kind:
        """Say which kind of item a part becomes."""
        return kind_of(part, self.envelope, self.profile)

    @cached_property
    def item_ids(self) -> tuple[str, ...]:
        """The id of each item of the output."""
        shapes = (id_shape(self.kind(part), self.profile) for part in self.reply.parts)
        return tuple(self.ids.make(shape, index) for index, shape in enumerate(shapes))

    @cached_property
    def call_numbers(self) -> tuple[int, ...]:
        """How many calls come before each item of the output."""
        calls = (isinstance(part, ToolCall) for part in self.reply.parts)
        return tuple(accumulate(calls, initial=0))

    def item(self, part: Part, index: int, status: Status) -> JsonObject:
        """
        Make an item of the output.

        Args:
            part: As much of it as is out.

            index: Its place in the output.

            status: ``in_progress`` for an item that just opened, whose content is not shown yet.
        """
        item: JsonObject = {"id": self.item_ids[index]}
        if isinstance(part, ToolCall):
            empty = replace(part, fragments=()) if status == "in_progress" else part
            return item | self._call(empty, index, status)
        content = [self.kind(part).content(part.text)] if status != "in_progress" else []
        if isinstance(part, Reasoning):
            return item | self._reasoning(part, index, status, content)
        message = {"type": "message", "status": status, "role": "assistant", "content": content}
        return item | message

    def _call(self, part: ToolCall, index: int, status: Status) -> JsonObject:
        kind = self.kind(part)
        call_id = part.id
        if call_id is None:
            call_id = self.ids.make(self.profile.call_id, self.call_numbers[index])
        return {
            "type": "custom_tool_call" if kind is CUSTOM_CALL else "function_call",
            "status": status,
            kind.whole: whole_of(part),
            "call_id": call_id,
            "name": part.name,
        }

    def _reasoning(
        self, part: Reasoning, index: int, status: Status, content: list[JsonObject]
    ) -> JsonObject:
        is_text = self.kind(part) is REASONING_TEXT
        shown = content if has_content(part) else []
        item: JsonObject = {"type": "reasoning", "summary": [] if is_text else shown}
        if is_text and shown:
            item["content"] = shown
        encrypted = part.encrypted
        if encrypted is None and self.envelope.include:
            encrypted = self.ids.make(_ENCRYPTED, index)
        if encrypted is not None:
            item["encrypted_content"] = encrypted
        if is_text and part.signature is not None:
            item["signature"] = part.signature
        if is_text and part.format != "unknown":
            item["format"] = part.format
        # Neither vendor gives reasoning a status while all is well.
        return item | ({"status": status} if status == "incomplete" else {})

    def closing_status(self, index: int) -> Status:
        """Say how the item at *index* ends when all its fragments are out."""
        is_last = index == len(self.reply.parts) - 1
        return "incomplete" if is_last and self.status == "incomplete" else "completed"

    def output(self) -> list[JsonObject]:
        """Make all items, as far as they get."""
        sent: dict[int, int] = {}
        closed = set()
        for step in self.reply.steps():
            sent[step.index] = sent.get(step.index, 0) + (step.kind == "delta")
            if step.kind == "close":
                closed.add(step.index)
        return [
            self.item(
                _start(self.reply.parts[index], count),
                index,
                self.closing_status(index) if index in closed else "incomplete",
            )
            for index, count in sorted(sent.items())
        ]

    def started(self) -> JsonObject:
        """Make the Response object of a stream's first events."""
        return self._response("in_progress") | {"output": [], "usage": None}

    def ended(self) -> JsonObject:
        """Make the Response object of a plain reply, and of a stream's last event."""
        status = self.status
        response = self._response(status) | {"output": self.output(), "usage": None}
        if status == "completed":
            response["completed_at"] = self.envelope.created
        if status == "incomplete":
            reason = _INCOMPLETE[self.reply.finish_reason or ""]
            response["incomplete_details"] = {"reason": reason}
        if self.error:
            response |= self._failure(self.error)
        else:
            response["usage"] = self._usage()
        return response

    def _response(self, status: str) -> JsonObject:
        echoed: JsonObject = defaults() | json.loads(self.envelope.echo)
        tier = echoed.pop("service_tier")
        if tier == "auto" and status in {"completed", "incomplete"}:
            tier = self.profile.service_tier or "default"
        return {
            "id": self.ids.make(self.profile.response_id),
            "object": "response",
            "created_at": self.envelope.created,
            "completed_at": None,
            "status": status,
            "model": self.reply.model or self.envelope.model,
            "error": None,
            "incomplete_details": None,
            "service_tier": tier,
            **echoed,
        }

    def _failure(self, error: ErrorReply) -> JsonObject:
        code, message = self.error_code(error), error_object(error, self.profile)["message"]
        failure: JsonObject = {"error": {"code": code, "message": message}}
        if self.profile.integer_codes:
            failure["error_type"] = error_type(error)
        return failure

    def error_code(self, error: ErrorReply) -> str:
        """
        Say an error's ``code`` inside a Response object, where it is always a string.

        Source: https://openrouter.ai/docs/api/reference/errors-and-debugging; OpenAI sends codes of
        its own there too, such as ``insufficient_quota``.
        """
        own = None if self.profile.integer_codes else error_object(error, self.profile)["code"]
        return own or _RESPONSE_CODES.get(error_type(error), "server_error")

    def _usage(self) -> JsonObject:
        usage = self.reply.usage
        prompt, completion, reasoning = (
            usage.prompt_tokens,
            usage.completion_tokens,
            usage.reasoning_tokens,
        )
        if prompt is None:
            prompt = self.envelope.prompt_tokens
        if completion is None:
            completion = tokens.completion_tokens(self.reply)
        if reasoning is None:
            reasoning = tokens.reasoning_tokens(self.reply)
        words = ("input", "output")
        return {
            "input_tokens": prompt,
            "input_tokens_details": {"cached_tokens": usage.cached_tokens, "cache_write_tokens": 0},
            "output_tokens": completion,
            "output_tokens_details": {"reasoning_tokens": reasoning},
            "total_tokens": prompt + completion,
            **tokens.cost_fields(self.profile, prompt, completion, usage.cost, words),
        }


def _start(part: Part, count: int) -> Part:
    """Cut a part off after its first *count* fragments."""
    return part if count == len(part.fragments) else replace(part, fragments=part.fragments[:count])
