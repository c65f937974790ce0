"""
From what a scenario says to the reply that one request gets.

Here templates are filled, arguments made up, broken and cut. Everything a reply owes to the request
is decided here, so that what comes after is a function of the reply alone.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

from mockrouter.cutting import UNCHANGED, Cut
from mockrouter.cutting.unmet import unmet
from mockrouter.engine.contradictions import contradictions
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.filling import Filling
from mockrouter.engine.heads import compose_error
from mockrouter.engine.measuring import measured
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.generate import InvalidSchema, generate
from mockrouter.malformations import INSTEAD, MALFORMATIONS, NotApplicable
from mockrouter.reply import Part, Reasoning, Refusal, Reply, Text, ToolCall, Usage
from mockrouter.request import Request, Tool
from mockrouter.scenario import models, templates
from mockrouter.scenario.checks import too_late
from mockrouter.scenario.parts import StreamKey
from mockrouter.scenario.templates import Template
from mockrouter.values import Json, JsonObject, compact


def is_static(answer: models.Answer) -> bool:
    """Tell whether an answer's reply owes nothing to the request, so that it can be kept."""
    parts = answer.say if isinstance(answer.say, list) else []
    owing = any(part is not None and part.dynamic for part in (answer.error, answer.http))
    return answer.say != "auto" and not owing and not any(map(_owes, parts))


def _owes(part: models.Part) -> bool:
    if isinstance(part, models.TextPart):
        return part.text.dynamic
    if isinstance(part, models.RefusalPart):
        return part.refusal.dynamic
    if isinstance(part, models.ReasoningPart):
        return part.reasoning.dynamic or templates.is_dynamic(part.reasoning_details)
    if isinstance(part, models.JsonPart):
        return part.json_ == "generated" or templates.is_dynamic(part.json_)
    named = part.tool_call.dynamic or part.tool_call.source == "any"
    made_up = part.arguments == "generated" or templates.is_dynamic(part.arguments)
    return named or made_up or bool(part.malformed) or bool(part.id and part.id.dynamic)


def compose(answer: models.Answer, request: Request, cue: Cue) -> Reply:
    """
    Make the reply.

    Raises:
        CannotAnswer: A template failed, a schema cannot be satisfied, or the reply is too long;
            names the line.

        BadRequest: A schema of the client's is none.
    """
    composer = _Composer(answer, request, cue)
    try:
        parts = tuple(composer.measured())
    except InvalidSchema as error:
        raise _refused(error, request) from error
    return Reply(
        parts=parts,
        order=composer.order(parts),
        finish_reason=answer.finish_reason,
        native_finish_reason=answer.native_finish_reason,
        usage=Usage(**answer.usage.model_dump()) if answer.usage else Usage(),
        error=compose_error(answer.error, request, cue) if answer.error else None,
        choices=answer.choices,
        provider=answer.provider,
        model=answer.model,
        warnings=(*composer.warnings, *composer.unmet(), *composer.late(parts)),
    )


def _refused(error: InvalidSchema, request: Request) -> BadRequest:
    """Refuse the client's schema in OpenAI's words."""
    numbers = {tool.name: number for number, tool in enumerate(request.tools)}
    wrong = f"In context={error.steps!r}, {error.message}"
    if error.function not in numbers:
        message = f"Invalid schema for response_format: {wrong}"
        return BadRequest(message, param="response_format")
    inner = "function." if request.dialect == "chat" else ""
    return BadRequest(
        f"Invalid schema for function '{error.function}': {wrong}",
        param=f"tools[{numbers[error.function]}].{inner}parameters",
        code="invalid_function_parameters",
    )


def check_obeys(reply: Reply, answer: models.Answer, request: Request, cue: Cue) -> None:
    """
    Refuse a reply that contradicts the request, unless its author says ``ignores``.

    Raises:
        CannotAnswer: Names both sides and the line.
    """
    for field, clause in contradictions(reply, request):
        if field not in answer.ignores:
            message = (
                f"{cue.scenario.where(*cue.loc)}: {field}: {clause}; change the scenario, "
                f"or write 'ignores: [{field}]' to play a server that does this"
            )
            raise CannotAnswer("mockrouter_contradiction", message, status=400)


class _Composer(Filling):
    """Makes the parts of one reply, in order."""

    def __init__(self, answer: models.Answer, request: Request, cue: Cue) -> None:
        super().__init__(request, cue)
        self.answer = answer
        self.stream = answer.stream or UNCHANGED
        self.rng = cue.rng("cut")
        self.any_calls = 0
        self.warnings: list[str] = []
        self._cuts: dict[Loc, tuple[Cut, list[str]]] = {}

    def parts(self) -> Iterator[Part]:
        say = self.answer.say
        if say == "auto":
            from mockrouter import auto  # noqa: PLC0415 - most scenarios say themselves what is said

            decided = self.guard(("say",), lambda: auto.decide(self.request, self._seed(())))
            yield from map(self._cut_anew, decided)
            return
        for index, part in enumerate(say or ()):
            loc: Loc = ("say", index)
            times = part.repeat if isinstance(part, models.ToolCallPart) else 1
            for number in range(times):
                # Each of several has arguments of its own.
                made = self._part(part, (*loc, number) if number else loc)
                yield replace(made, choice=part.choice)

    def measured(self) -> Iterator[Part]:
        """Make the parts, as long as they are not too many."""
        asked = self.request.envelope
        copies = (self.answer.choices or asked.choices) if self.request.dialect == "chat" else 1
        return measured(self.parts(), copies, stream=asked.stream, where=self.where)

    def order(self, parts: tuple[Part, ...]) -> tuple[int, ...]:
        return self.guard(("stream", "order"), lambda: self.stream.schedule(parts))

    def unmet(self) -> Iterator[str]:
        """Say of which cuts some lie outside the texts that this stream has."""
        for loc, (cut, texts) in self._cuts.items() if self.request.envelope.stream else ():
            wrong = unmet(cut, texts)
            if wrong:
                yield f"{self.where(loc)}: {wrong}"

    def late(self, parts: tuple[Part, ...]) -> Iterator[str]:
        """Say that the stream is over before the error that its author wants in its middle."""
        after = self.answer.error.after if self.answer.error else None
        count = sum(len(part.fragments) for part in parts)
        if after is not None and after > count and self.request.envelope.stream:
            yield f"{self.where(('error', 'after'))}: {too_late(after, count)}"

    def _part(self, part: models.Part, loc: Loc) -> Part:
        if isinstance(part, models.TextPart):
            text = self.fill(part.text, (*loc, "text"))
            return Text(self._cut(text, part, loc))
        if isinstance(part, models.RefusalPart):
            text = self.fill(part.refusal, (*loc, "refusal"))
            return Refusal(self._cut(text, part, loc))
        if isinstance(part, models.JsonPart):
            return Text(self._cut(self._json(part, loc), part, loc))
        if isinstance(part, models.ReasoningPart):
            return self._reasoning(part, loc)
        return self._call(part, loc)

    def _json(self, part: models.JsonPart, loc: Loc) -> str:
        if part.json_ == "generated":
            schema = self.request.response_schema or {"type": "object"}
            value = self._generate(schema, loc)
        else:
            value = self.guard((*loc, "json"), lambda: templates.fill(part.json_, self.names))
        return compact(value)

    def _reasoning(self, part: models.ReasoningPart, loc: Loc) -> Reasoning:
        text = self.fill(part.reasoning, (*loc, "reasoning"))
        place = (*loc, "reasoning_details")
        details = self.guard(place, lambda: templates.fill(part.reasoning_details, self.names))
        return Reasoning(
            fragments=self._cut(text, part, loc),
            summary=part.summary,
            signature=part.signature,
            encrypted=part.encrypted,
            format=part.format,
            details=None if details is None else json.dumps(details, ensure_ascii=False),
        )

    def _call(self, part: models.ToolCallPart, loc: Loc) -> ToolCall:
        name = self.fill(part.tool_call, (*loc, "tool_call"))
        name = self._any_tool(loc).name if name == "any" else name
        arguments = self._arguments(part, self.request.tool(name), loc)
        fragments: tuple[Json, ...] = (arguments,)
        if isinstance(arguments, str):
            fragments = self._cut(arguments, part, loc)
        made_id = self.fill(part.id, (*loc, "id")) if part.id else None
        return ToolCall(name, fragments, made_id)

    def _any_tool(self, loc: Loc) -> Tool:
        allowed = self.request.tool_choice.allowed
        tools = [t for t in self.request.tools if allowed is None or t.name in allowed]
        if not tools:
            message = (
                f"{self.where(loc)}: 'any' calls an offered tool, and the request offers none; "
                "offer one in 'tools', or name a tool in the scenario"
            )
            raise CannotAnswer("mockrouter_no_tool", message, status=400)
        self.any_calls += 1
        return tools[(self.any_calls - 1) % len(tools)]

    def _arguments(self, part: models.ToolCallPart, tool: Tool | None, loc: Loc) -> Json:
        place, given = (*loc, "arguments"), part.arguments
        if isinstance(given, str) and given != "generated":
            return self.guard(place, lambda: Template(given).render(self.names))
        schema = tool.parameters if tool else None
        if given == "generated":
            if tool and tool.custom and not part.malformed:
                return self.request.user
            value = self._generate(schema, loc, name=tool.name if tool else None)
        else:
            value = self.guard(place, lambda: templates.fill(given, self.names))
        if part.malformed is None:
            return compact(value)
        rng = self.cue.rng(f"malformed{loc}")
        try:
            return MALFORMATIONS[part.malformed].apply(value, schema, rng)
        except NotApplicable as why:
            where = self.where((*loc, "malformed"))
            remedy = "change the tool's schema, or write the arguments"
            self.warnings.append(f"{where}: {why}, so {INSTEAD} was sent; {remedy}")
            return INSTEAD

    def _generate(self, schema: JsonObject | None, loc: Loc, name: str | None = None) -> Json:
        seed, words = self._seed(loc), self.request.user
        try:
            return self.guard(loc, lambda: generate(schema, seed=seed, words=words))
        except InvalidSchema as error:
            raise InvalidSchema(error.steps, error.message, name) from error

    def _cut(self, text: str, part: models.Part, loc: Loc) -> tuple[str, ...]:
        if part.cut is None:
            return self.guard(loc, lambda: self._stream_cut(text, part.cut_by))
        self._cuts.setdefault((*loc[:2], "cut"), (part.cut, []))[1].append(text)
        how = part.cut
        return self.guard(loc, lambda: how.cut(text, self.rng))

    def _stream_cut(self, text: str, key: StreamKey) -> tuple[str, ...]:
        how: Cut = getattr(self.stream, key)
        self._cuts.setdefault(("stream", key), (how, []))[1].append(text)
        return how.cut(text, self.rng)

    def _cut_anew(self, part: Part) -> Part:
        if isinstance(part, Text | Refusal):
            return replace(part, fragments=self._stream_cut(part.text, "text"))
        if isinstance(part, Reasoning):
            return replace(part, fragments=self._stream_cut(part.text, "reasoning"))
        return replace(part, fragments=self._stream_cut(part.arguments, "arguments"))

    def _seed(self, loc: Loc) -> str:
        cue = self.cue
        return f"{cue.key}|{cue.turn}|{cue.attempt}|{loc}"
