"""The demo: a whole tool loop over a real socket, and then the same call on a bad day."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import click

from mockrouter.cli.group import WRONG

if TYPE_CHECKING:
    from mockrouter.cli.demo_client import Answer
    from mockrouter.cli.demo_screen import Screen
    from mockrouter.engine.engine import Engine
    from mockrouter.values import JsonObject

GOOD: Final = """
name: good-day
turns:
  - say: [{tool_call: get_weather, arguments: {location: Tokyo, unit: celsius}}]
    stream: {arguments: 4 chars}
    pace: {itl: PACE}
  - say:
      - text: "It is {{ results.get_weather.temperature }} °C in \
{{ results.get_weather.location }}, with a {{ results.get_weather.sky }}."
    pace: {itl: PACE}
"""

_BROKEN: Final = """\
turns:
  - say:
      - tool_call: get_weather
        arguments: {location: Tokyo, unit: celsius}
    faults:
      - {fault: disconnect, label: tool_call, after: 5}
"""

BAD: Final = f"""
name: bad-day
{_BROKEN}\
    stream: {{arguments: 4 chars}}
    pace: {{itl: PACE}}
"""

QUESTION: Final = "What's the weather in Tokyo?"
TOOL: Final[JsonObject] = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Get the weather of a city now.",
        "parameters": {
            "type": "object",
            "properties": {"location": {"type": "string"}, "unit": {"enum": ["celsius"]}},
            "required": ["location", "unit"],
        },
    },
}
_PACE = 0.05
_PAUSE = 0.6


@click.command()
@click.option("--fast", is_flag=True, help="Do not wait for the eye to follow.")
def command(*, fast: bool) -> None:
    """
    Watch a streamed tool call, from the question to the answer.

    Starts a mock, plays a small client against it over a real socket, and shows what arrives, as
    it arrives. Then the same call breaks off in the middle. Needs no key and no network, and takes
    a few seconds. Exits with 0 only if it all went as it should.
    """
    from mockrouter.cli.demo_screen import Screen  # noqa: PLC0415
    from mockrouter.cli.terminal import console  # noqa: PLC0415
    from mockrouter.serving.app import App  # noqa: PLC0415 - imports the whole server
    from mockrouter.serving.server import HttpServer  # noqa: PLC0415

    screen = Screen(console(), pause=0 if fast else _PAUSE)
    screen.title()
    with HttpServer(App(_engine(0 if fast else _PACE))) as server:
        closed = good_day(server.url, screen)
        survived = bad_day(server.url, screen)
    if not (closed and survived):
        raise SystemExit(WRONG)
    screen.next_steps()


def _engine(pace: float) -> Engine:
    from mockrouter.engine.engine import Engine  # noqa: PLC0415
    from mockrouter.scenario.library import Library, load_text  # noqa: PLC0415

    texts = [text.replace("PACE", str(pace)) for text in (GOOD, BAD)]
    return Engine(Library((), {s.name: s for s in map(load_text, texts)}))


def get_weather(location: str, unit: str) -> JsonObject:
    """Be the tool: this is the part that runs on the client's side."""
    sky = {"Tokyo": (21, "clear sky")}
    temperature, seen = sky[location]
    if unit != "celsius":
        temperature = temperature * 9 // 5 + 32
    return {"location": location, "temperature": temperature, "sky": seen}


def good_day(url: str, screen: Screen) -> bool:
    """Play a whole loop; tell whether it closed: the answer holds what the tool found."""
    from mockrouter.cli.demo_client import LOST, Answer  # noqa: PLC0415

    started = time.perf_counter()
    base = f"{url}/s/good-day/v1"
    body: JsonObject = {"model": "gpt-4o", "tools": [TOOL]}
    messages: list[JsonObject] = [{"role": "user", "content": QUESTION}]
    try:
        screen.step("The client asks, and offers a tool")
        screen.request(base, [("user", QUESTION), ("tool", "get_weather(location, unit)")])
        screen.step("The model calls it; the arguments come in fragments")
        asked = _read(base, {**body, "messages": messages}, screen, Answer())
        screen.step("The client runs the tool, and sends back what it found")
        messages.append(asked.message)
        results = []
        for call in asked.calls.values():
            result = get_weather(**json.loads(call.arguments))
            screen.ran(call.name, json.loads(call.arguments), result)
            results.append(result)
            content = json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
        screen.request(base, [(message["role"], "") for message in messages])
        screen.step("The model answers from it")
        answer = _read(base, {**body, "messages": messages}, screen, Answer())
    except (*LOST, ValueError, KeyError, TypeError) as error:
        screen.bad(f"this should not have happened: {type(error).__name__}: {error}")
        return False
    found = [str(result["temperature"]) for result in results]
    closed = answer.finish_reason == "stop" and found == ["21"] and found[0] in answer.text
    if closed:
        screen.good(answer.text)
        took = time.perf_counter() - started
        screen.note(f"The loop is closed: 2 requests, 1 tool call, {took:.1f} s.")
    else:
        screen.bad(f"the loop did not close: {answer}")
    return closed


def bad_day(url: str, screen: Screen) -> bool:
    """Play the call that breaks off; tell whether it broke as it was written."""
    from mockrouter.cli.demo_client import LOST, Answer  # noqa: PLC0415

    screen.step("The same call on a bad day")
    base = f"{url}/s/bad-day/v1"
    messages = [{"role": "user", "content": QUESTION}]
    answer = Answer()
    try:
        _read(base, {"model": "gpt-4o", "messages": messages, "tools": [TOOL]}, screen, answer)
    except LOST as error:
        screen.bad(f"the connection is gone: {type(error).__name__}; no finish_reason, no [DONE]")
    except ValueError as error:
        screen.bad(f"this should not have happened: {error}")
        return False
    else:
        screen.bad("the connection should have broken, and did not")
        return False
    arguments = next((call.arguments for call in answer.calls.values()), "")
    try:
        json.loads(arguments)
    except ValueError:
        screen.bad(f"and what has come of the arguments is no JSON: {arguments}")
    else:
        screen.bad("the arguments should have been cut, and were not")
        return False
    screen.note("What would your client do now? Try again, run half a call, hang, crash?")
    screen.note("A bad day is a few lines of YAML:")
    screen.code(_BROKEN)
    return not answer.finish_reason


def _read(base: str, body: JsonObject, screen: Screen, answer: Answer) -> Answer:
    """Put *answer* together from a stream, and show each piece; what came stays if it breaks."""
    from mockrouter.cli.demo_client import stream, take  # noqa: PLC0415

    for data in stream(f"{base}/chat/completions", body):
        for arrival in take(answer, data):
            screen.arrival(arrival)
    return answer
