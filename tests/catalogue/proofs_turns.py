"""What shows that the model's turns are as a scenario says; see ``proofs``."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from itertools import groupby

from asgi import Answer
from catalogue.proving import NAMES, USER, Case
from mockrouter.patterns import Path
from mockrouter.values import Json, JsonObject

CHAT_PIECE = Path("choices[*].delta.content")
CHAT_THOUGHT = Path("choices[*].delta.reasoning_content")
CALLED = [
    Path("choices[*].delta.tool_calls[*].function.name"),
    Path("choices[*].message.tool_calls[*].function.name"),
    Path("item.name"),
    Path("response.output[*].name"),
    Path("output[*].name"),
]
"""Where a call says which tool it is for."""
WELL_DONE = {"chat": "stop", "responses": "completed"}


def without(value: Json, *keys: str) -> Json:
    """Copy JSON without the fields of these names."""
    if isinstance(value, dict):
        return {key: without(each, *keys) for key, each in value.items() if key not in keys}
    return [without(each, *keys) for each in value] if isinstance(value, list) else value


def unknown_tool(case: Case, *, is_identifier: bool) -> None:
    """The tool that is called is not offered, and may not even be a name."""
    (call,) = case.heard.calls
    assert call.name not in NAMES
    assert is_identifier is bool(re.fullmatch(r"[A-Za-z0-9_-]{1,64}", call.name))


def renamed(name: str, case: Case) -> None:
    """The tool has this name wherever it is called, and all else is as it was."""
    clean, faulty = events_of(case.clean, case), case.events
    assert ({NAMES[0]}, {name}) == (_called(clean), _called(faulty))
    assert without(clean, "name") == without(faulty, "name")


def events_of(answer: Answer, case: Case) -> list[Json]:
    """List the events of an answer, of which a plain body is one."""
    return [*answer.events] if case.manner.stream else [answer.json]


def _called(events: list[Json]) -> set[str]:
    return {name for event in events for path in CALLED for name in path.values_in(event)}


def as_text(read: Callable[[str], Json], case: Case) -> None:
    """No call, but a text that names the tool as a call would, and a good end."""
    assert ((), WELL_DONE[case.manner.dialect]) == (case.heard.calls, case.heard.end)
    assert NAMES[0] == read(case.heard.text)
    assert set() == _called(case.events)


def from_json(text: str) -> Json:
    """Read a tool's name out of a text that is JSON."""
    return json.loads(text)["name"]


def from_prose(text: str) -> Json:
    """Read a tool's name out of JSON behind some words."""
    words, brace, rest = text.partition("{")
    assert words.endswith("up. ")
    return from_json(brace + rest)


def from_xml(*, closed: bool) -> Callable[[str], Json]:
    """Read a tool's name out of markup of which all tags are closed, or none is."""

    def name(text: str) -> Json:
        assert 3 == len(re.findall(r"<[a-z]", text))
        assert (3 if closed else 0) == text.count("</")
        return re.findall(r"<tool_call><function=(\w+)><parameter=q>news", text)[0]

    return name


def tags_torn(proof: Callable[[Case], None], case: Case) -> None:
    """As *proof* says, and in a stream no tag that opens the call comes in one piece."""
    proof(case)
    if case.manner.stream:
        pieces = _pieces(case)
        assert case.heard.text == "".join(pieces)
        assert not any("<tool_call>" in piece for piece in pieces)
        assert len(pieces) > 5


def _pieces(case: Case) -> list[str]:
    if case.manner.dialect == "chat":
        return [each for event in case.events for each in CHAT_PIECE.values_in(event) if each]
    kind = "response.output_text.delta"
    return [event["delta"] for event in case.events if event["type"] == kind]


def only_thinks(thought: str, end: str, case: Case) -> None:
    """There is reasoning and nothing else, and the end says that all is well."""
    dialect = case.manner.dialect
    assert ("", ()) == (case.heard.text, case.heard.calls)
    assert {"chat": end, "responses": "completed"}[dialect] == case.heard.end
    assert thought.replace("%s", NAMES[0]) == _thought(case)
    if dialect == "chat" and not case.manner.stream:
        assert "" == case.faulty.json["choices"][0]["message"]["content"]


def _thought(case: Case) -> str:
    if case.manner.dialect == "chat":
        if not case.manner.stream:
            return str(case.faulty.json["choices"][0]["message"]["reasoning_content"])
        return "".join(each for event in case.events for each in CHAT_THOUGHT.values_in(event))
    output = (
        case.events[-1]["response"]["output"] if case.manner.stream else case.events[0]["output"]
    )
    (item,) = output
    assert "reasoning" == item["type"]
    return "".join(part["text"] for part in item["summary"])


def amid_reasoning(case: Case) -> None:
    """Reasoning, one call, reasoning again, then a text, and the end of an answer."""
    kinds = [kind for kind, _ in groupby(_kinds(case)) if kind]
    assert ["thought", "call", "thought", "text"] == kinds
    (call,) = case.heard.calls
    assert NAMES == [call.name]
    assert isinstance(json.loads(call.arguments), dict)
    assert WELL_DONE[case.manner.dialect] == case.heard.end


def _kinds(case: Case) -> Iterator[str]:
    of_item = {"reasoning": "thought", "function_call": "call", "message": "text"}
    of_field = {"reasoning_content": "thought", "tool_calls": "call", "content": "text"}
    for event in case.events:
        if case.manner.dialect == "responses":
            if event["type"] == "response.output_item.added":
                yield of_item[event["item"]["type"]]
        else:
            delta = event["choices"][0]["delta"]
            yield from (kind for field, kind in of_field.items() if delta.get(field))


def called_though_forbidden(case: Case) -> None:
    """Where calls are forbidden there is one without arguments; else there is a text."""
    call, *more = case.manner.hear(case.ask(tool_choice="none")).calls
    free = case.manner.hear(case.ask())

    assert (NAMES[0], {}, []) == (call.name, json.loads(call.arguments), more)
    assert ((), True) == (free.calls, bool(free.text))


def talks_though_told_to_call(case: Case) -> None:
    """Whether any call is demanded or this one, there is a text; tried again, there is a call."""
    for number, choice in enumerate(("required", _forced(case), None)):
        history: list[JsonObject] = [{"role": "user", "content": f"Question {number}"}]
        text, call = (case.manner.hear(case.ask(history, tool_choice=choice)) for _ in "12")
        assert (True, (), WELL_DONE[case.manner.dialect]) == (bool(text.text), text.calls, text.end)
        assert NAMES == [each.name for each in call.calls]


def _forced(case: Case) -> JsonObject:
    named = {"name": NAMES[0]}
    chat = case.manner.dialect == "chat"
    return {"type": "function", **({"function": named} if chat else named)}


def two_though_one_is_allowed(case: Case) -> None:
    """Two calls, and who answers one of them alone is refused."""
    heard = case.manner.hear(case.ask(parallel_tool_calls=False))
    results = [case.manner.result(call, "{}") for call in heard.calls]
    one, both = (case.ask([USER, *heard.kept, *results[:n]]) for n in (1, 2))

    assert NAMES * 2 == [call.name for call in heard.calls]
    assert 2 == len({call.id for call in heard.calls})
    assert (400, 200) == (one.status, both.status)
    assert heard.calls[1].id.encode() in one.body
    assert case.manner.hear(both).text


def endless(is_right: Callable[[str], bool], case: Case) -> None:
    """However many rounds a client allows, the same call comes again, each time with a new id."""
    heard = list(case.talk(most=12))
    calls = [call for each in heard for call in each.calls]

    assert [1] * 12 == [len(each.calls) for each in heard]
    assert 12 == len({call.id for call in calls})
    assert 1 == len({(call.name, call.arguments) for call in calls})
    assert is_right(calls[0].arguments)


def is_object(text: str) -> bool:
    """Tell whether arguments are those that the tool wants."""
    arguments: JsonObject = json.loads(text)
    return {"restaurant", "guests"} <= arguments.keys()


def is_broken(text: str) -> bool:
    """Tell whether arguments are no JSON."""
    try:
        json.loads(text)
    except ValueError:
        return True
    return False


def is_empty(text: str) -> bool:
    """Tell whether arguments are an object with nothing in it."""
    return bool({} == json.loads(text))


def announces(case: Case) -> None:
    """A text that says what comes next, no call, and a good end."""
    heard = case.heard
    assert ("I will look that up now.", ()) == (heard.text, heard.calls)
    assert WELL_DONE[case.manner.dialect] == heard.end


def announces_unfinished(case: Case) -> None:
    """The same with no finish reason; all else is as it was."""
    heard = case.heard
    assert ("I will look that up now.", (), None) == (heard.text, heard.calls, heard.end)
    assert WELL_DONE["chat"] == case.manner.hear(case.clean).end
    clean = events_of(case.clean, case)
    assert without(clean, "finish_reason") == without(case.events, "finish_reason")


def silent_after_result(case: Case) -> None:
    """After a good call comes nothing, and no token is counted; tried again, the model talks."""
    call = case.heard
    history = [USER, *call.kept, *(case.manner.result(each, "{}") for each in call.calls)]
    silence, answer = (case.manner.hear(case.ask(history)) for _ in "12")

    assert NAMES == [each.name for each in call.calls]
    assert ("", (), WELL_DONE[case.manner.dialect]) == (silence.text, silence.calls, silence.end)
    assert {0} >= set(_counts(silence.answer.body))
    assert answer.text


def _counts(body: bytes) -> Iterator[int]:
    for number in re.findall(rb'"(?:prompt|completion|input|output|total)_tokens":(\d+)', body):
        yield int(number)


def content_beside_call(there: list[str], case: Case) -> None:
    """The content beside the call is this where it was null, and all else is as it was."""
    message = "delta" if case.manner.stream else "message"
    clean = events_of(case.clean, case)
    first = case.events[0]["choices"][0][message]

    assert first["tool_calls"]
    assert None is clean[0]["choices"][0][message]["content"]
    assert there == [first[key] for key in ("content",) if key in first]
    assert without(clean, "content") == without(case.events, "content")
