"""
What the model says, in words that hold in every dialect.

A ``Reply`` is an ordered list of parts, each already cut into the fragments that a stream sends.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Literal, TypeAlias

from mockrouter.values import Json


@dataclass(frozen=True, slots=True)
class Text:
    """
    Text of the answer.

    Attributes:
        fragments: Joined, they are the text.

        choice: The only choice of a chat reply that has it, from 0; None for all, here and below.
    """

    fragments: tuple[str, ...]
    choice: int | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.fragments)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The model's refusal, which takes the place of text."""

    fragments: tuple[str, ...]
    choice: int | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.fragments)


@dataclass(frozen=True, slots=True)
class Reasoning:
    """
    What the model thinks before it answers or calls.

    Attributes:
        fragments: Joined, they are the text.

        summary: Whether the text is a summary of hidden reasoning.

        signature: The vendor's signature over the text.

        encrypted: The vendor's opaque form of the reasoning, to be sent back unchanged.

        format: OpenRouter's ``format`` of the details.

        details: JSON text of an array that is sent as ``reasoning_details`` as it stands.
    """

    fragments: tuple[str, ...] = ()
    summary: bool = False
    signature: str | None = None
    encrypted: str | None = None
    format: str = "unknown"
    details: str | None = None
    choice: int | None = None

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(self.fragments)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """
    A call of a tool.

    Attributes:
        name: Any string; it need not be an offered tool.

        fragments: Joined, they are the arguments. A real model sends strings; a fragment that is
            any other JSON value goes out as that value.

        id: The call id; None lets ``Ids`` make one.
    """

    name: str
    fragments: tuple[Json, ...] = ()
    id: str | None = None
    choice: int | None = None

    @property
    def arguments(self) -> Json:
        """The whole arguments: a string, or the single fragment that is no string."""
        if all(isinstance(fragment, str) for fragment in self.fragments):
            return "".join(self.fragments)
        return self.fragments[0] if len(self.fragments) == 1 else list(self.fragments)


Part: TypeAlias = Text | Refusal | Reasoning | ToolCall


@dataclass(frozen=True, slots=True)
class Usage:
    """
    Token counts; None means that the dialect counts for itself.

    Attributes:
        cost: In US dollars.
    """

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    reasoning_tokens: int | None = None
    cached_tokens: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True)
class ErrorReply:
    """
    An error, before the first byte or in the middle of a stream.

    Attributes:
        status: HTTP status, and OpenRouter's integer ``code``.

        message: What the provider says.

        type: OpenAI's ``type``; None takes the usual one for the status.

        code: OpenAI's string ``code``; None takes the usual one.

        param: OpenAI's ``param``.

        metadata: JSON text of OpenRouter's ``metadata``; None leaves it out.

        headers: Sent with it, such as ``retry-after``.

        after: In mid-stream: how many fragments (of all parts together) go out before; None: all.
    """

    status: int
    message: str
    type: str | None = None
    code: str | None = None
    param: str | None = None
    metadata: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    after: int | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """
    One step of a stream: a part opens, a fragment of it goes out, or it is complete.

    Attributes:
        kind: Which of the three.

        part: The part.

        index: The part's place in the reply.

        fragment: What goes out; for ``delta`` alone.
    """

    kind: Literal["open", "delta", "close"]
    part: Part
    index: int
    fragment: Json = ""


@dataclass(frozen=True, slots=True)
class Reply:
    """
    One turn of the model.

    Attributes:
        parts: In the order in which the model makes them.

        order: Place in *parts* of the part that sends each next fragment; empty means one part
            after the other. Parts whose fragments are not all named go on at the end.

        finish_reason: In Chat Completions' words; None where the reply says how it ended.

        native_finish_reason: The vendor's own word; None takes the usual one.

        usage: Token counts.

        error: An error that ends the reply early.

        provider: OpenRouter's ``provider``.

        model: The model that the reply names; None names the one asked for.

        choices: How many choices a chat reply has; None for as many as are asked for.

        warnings: What could not be said as written, one sentence each.
    """

    parts: tuple[Part, ...]
    order: tuple[int, ...] = ()
    finish_reason: str | None = None
    native_finish_reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    error: ErrorReply | None = None
    provider: str | None = None
    model: str | None = None
    choices: int | None = None
    warnings: tuple[str, ...] = ()

    @property
    def calls(self) -> tuple[ToolCall, ...]:
        """The tool calls, in order."""
        return tuple(part for part in self.parts if isinstance(part, ToolCall))

    @property
    def text(self) -> str:
        """All text of the answer."""
        return "".join(part.text for part in self.parts if isinstance(part, Text))

    def of_choice(self, index: int) -> Reply:
        """Leave out the parts that stand in other choices."""
        if all(part.choice in {None, index} for part in self.parts):
            return self
        parts = tuple(part for part in self.parts if part.choice in {None, index})
        return replace(self, parts=parts, order=())

    def until_error(self) -> Reply:
        """Cut the parts to what goes out before the error; those that never open are gone."""
        if self.error is None or self.error.after is None:
            return self
        sent: dict[int, list[Json]] = {}
        for step in self.steps():
            fragments = sent.setdefault(step.index, [])
            if step.kind == "delta":
                fragments.append(step.fragment)
        parts = tuple(
            replace(part, fragments=tuple(sent[index]))
            for index, part in enumerate(self.parts)
            if index in sent
        )
        return replace(self, parts=parts, order=())

    def steps(self) -> Iterator[Step]:
        """
        Walk through the reply as a stream sends it.

        Each part opens once, sends its fragments in order and closes once. A part closes as soon as
        its last fragment is out. Where *error* comes after n fragments, the walk stops after n and
        what is open stays open.
        """
        planned = Counter(self.order)
        leftover = (
            index
            for index, part in enumerate(self.parts)
            for _ in range(max(len(part.fragments), 1) - planned[index])
        )
        limit = self.error.after if self.error else None
        sent, count = [0] * len(self.parts), 0
        for index in chain(self.order, leftover):
            if limit is not None and count >= limit:
                return
            part, done = self.parts[index], sent[index]
            if not done:
                yield Step("open", part, index)
            if done < len(part.fragments):
                yield Step("delta", part, index, part.fragments[done])
                sent[index] += 1
                count += 1
            if sent[index] == len(part.fragments):
                yield Step("close", part, index)
