"""
The built-in brain, which answers any client: it calls the offered tools, then tells the results.

It is no model. It takes the tool that fits the user's words best, and several where the words
clearly ask for several; the arguments come from the tool's own schema and from the words.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass

from mockrouter.auto.fit import Fit, asked_about
from mockrouter.auto.results import told
from mockrouter.auto.talk import after_pleasantries, is_talk
from mockrouter.generate import InvalidSchema, finders, generate
from mockrouter.generate.lexicon import tokens
from mockrouter.generate.words import LONGEST, facts
from mockrouter.reply import Part, Text, ToolCall
from mockrouter.request import Call, Message, Request, Tool
from mockrouter.values import Json, compact

_CLAUSE_END = re.compile(
    r"(?:[,;.!?]?\s+(?:and\s+then|and\s+also|and|then|also|plus)\s+)|[;!?\n]+\s*|\.\s+|,\s+(?![A-Z]{2}\b)"
)
_CLEAR = 2.0
_QUOTED = 300


@dataclass(frozen=True, slots=True)
class Wanted:
    """
    A call that the user's words ask for.

    Attributes:
        tool: What to call.

        words: The part of the words that asks for it.
    """

    tool: Tool
    words: str


def decide(request: Request, seed: str) -> tuple[Part, ...]:
    """
    Answer a request as a helpful model would.

    While there are tools to call, tool calls, unless the words are talk that fits none (one at a
    time where parallel calls are forbidden); then a text that tells their results, or the JSON that
    ``response_format`` asks for.

    Args:
        request: From any dialect.

        seed: The same request and seed get the same answer.

    Raises:
        InvalidSchema: A schema of the client's is none; names the tool, if it is a tool's.

        Unsatisfiable: A schema of the client's has no valid value.
    """
    latest = _since_user(request)
    left = _not_yet_made(_wanted(request), latest)
    if not left:
        return (Text((_answer(request, latest, seed),)),)
    due = left if request.parallel_tool_calls else left[:1]
    return tuple(ToolCall(w.tool.name, (_arguments(w, f"{seed}/{n}"),)) for n, w in due)


def _since_user(request: Request) -> tuple[Message, ...]:
    places = [n for n, message in enumerate(request.messages) if message.role == "user"]
    return request.messages[places[-1] + 1 if places else 0 :]


def _not_yet_made(wanted: list[Wanted], latest: tuple[Message, ...]) -> list[tuple[int, Wanted]]:
    """Leave out what was called since the user spoke; what is left keeps its number."""
    made = Counter(call.name for message in latest for call in message.calls)
    left = []
    for number, call in enumerate(wanted):
        if made[call.tool.name]:
            made[call.tool.name] -= 1
        else:
            left.append((number, call))
    # A call of another tool, or a result whose call is not shown, answers the words as well.
    is_answered = any(message.calls or message.role == "tool" for message in latest)
    return [] if is_answered and len(left) == len(wanted) else left


def _wanted(request: Request) -> list[Wanted]:
    choice = request.tool_choice
    tools = [
        tool for tool in request.tools if choice.allowed is None or tool.name in choice.allowed
    ]
    if choice.mode == "none" or not tools:
        return []
    words = request.user[:LONGEST]
    if choice.named:
        return [Wanted(tools[0], words)]
    fit = Fit(tools)
    best, score = fit.best(after_pleasantries(words))
    if choice.mode == "auto" and not score and (is_talk(words) or _is_over(request.messages)):
        return []
    asked = _asked_by_clauses(fit, words) or [Wanted(best, words)]
    return [call for wanted in asked for call in _for_each(wanted)]


def _is_over(messages: tuple[Message, ...]) -> bool:
    """Say whether the results that a conversation had were told before the user spoke again."""
    roles = [
        message.role for message in messages if message.role != "assistant" or message.text.strip()
    ]
    after = roles[len(roles) - roles[::-1].index("tool") :] if "tool" in roles else []
    return "assistant" in after and "user" in after


def _asked_by_clauses(fit: Fit, words: str) -> list[Wanted]:
    """Find the calls where the words' clauses clearly ask for different tools, else nothing."""
    found: list[Wanted] = []
    leading = ""
    for clause in _clauses(words):
        best, score = fit.best(clause)
        if (
            score >= _CLEAR
            and len(tokens(clause)) > 1
            and all(wanted.tool is not best for wanted in found)
        ):
            found.append(Wanted(best, leading + clause))
            leading = ""
        elif found:
            found[-1] = Wanted(found[-1].tool, f"{found[-1].words}, {clause}")
        else:
            leading += f"{clause}, "
    return found if len(found) > 1 else []


def _clauses(words: str) -> list[str]:
    return [clause.strip() for clause in _CLAUSE_END.split(words) if clause.strip()]


def _for_each(wanted: Wanted) -> list[Wanted]:
    """Make several calls of one that takes one place, path or the like and is asked about more."""
    first, *others = asked_about(wanted.tool, wanted.words) or [""]
    if not others:
        return [wanted]
    shortened = wanted.words
    for other in others:
        shortened = re.sub(rf"[\s,]*(?:\b(?:and|or)\b|&)?\s*{re.escape(other)}", "", shortened)
    return [
        Wanted(wanted.tool, shortened.replace(first, said) if first in shortened else said)
        for said in (first, *others)
    ]


def _arguments(wanted: Wanted, seed: str) -> str:
    tool, words = wanted.tool, wanted.words
    if tool.custom:
        found = finders.codes(words) or finders.sums(words) or finders.queries(words)
        return found[0] if found else words
    schema = tool.parameters
    if schema and "type" not in schema and "properties" in schema:
        schema = {**schema, "type": "object"}
    try:
        return compact(generate(schema, seed=f"{seed}/{tool.name}", words=words))
    except InvalidSchema as error:
        raise InvalidSchema(error.steps, error.message, tool.name) from None


def _answer(request: Request, latest: tuple[Message, ...], seed: str) -> str:
    results = [message for message in latest if message.role == "tool"]
    known = "\n".join([request.user, *(message.text for message in results)])
    if request.response_format == "json_schema":
        return compact(generate(request.response_schema, seed=f"{seed}/answer", words=known))
    calls = request.calls
    sayings = [told(_name_of(calls, message), message.text) for message in results]
    if request.response_format == "json_object":
        return compact(_object(request, sayings))
    if sayings:
        return "\n".join(sayings)
    if request.user.strip():
        return f"You said: {_quoted(request.user)} I am a mock, so I leave it at that."
    return "Hello! I am a mock, and there is nothing yet to answer."


def _object(request: Request, sayings: list[str]) -> Json:
    found = facts(request.user)
    if sayings:
        return {**found, "answer": "\n".join(sayings)}
    return found or {"answer": f"You said: {_quoted(request.user)}"}


def _name_of(calls: dict[str, Call], message: Message) -> str:
    call = calls.get(message.call_id or "")
    return call.name if call else "The tool"


def _quoted(text: str) -> str:
    # No more words than there is room for: of a long text they take ten times as much memory.
    flat = " ".join(text.split(maxsplit=_QUOTED)[:_QUOTED])
    return f'"{flat if len(flat) <= _QUOTED else flat[: _QUOTED - 1] + "…"}"'
