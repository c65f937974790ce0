"""
The Node clients, each a program that runs all of its cases and tells what it heard.

They are judged here, one test for each case. All programs run at once, when the first is asked.
"""

from __future__ import annotations

import json
import os
from typing import Any

import pytest

from clients.mock import Mock
from clients.node import SCRIPTS, missing, run
from clients.scripts import MODEL, expected
from mockrouter.engine.engine import Engine
from mockrouter.values import JsonObject

PROFILES = ("openai", "openrouter", "solrouter")
INTEGER_CODES = ("openrouter", "solrouter")

CLASSES = {
    "openai": {
        400: "BadRequestError",
        401: "AuthenticationError",
        402: "APIError",
        403: "PermissionDeniedError",
        404: "NotFoundError",
        408: "APIError",
        409: "ConflictError",
        422: "UnprocessableEntityError",
        429: "RateLimitError",
        500: "InternalServerError",
        502: "InternalServerError",
        503: "InternalServerError",
    },
    "openrouter": {
        400: "BadRequestResponseError",
        401: "UnauthorizedResponseError",
        402: "PaymentRequiredResponseError",
        403: "ForbiddenResponseError",
        404: "NotFoundResponseError",
        408: "RequestTimeoutResponseError",
        422: "UnprocessableEntityResponseError",
        429: "TooManyRequestsResponseError",
        500: "InternalServerResponseError",
        502: "BadGatewayResponseError",
        503: "ServiceUnavailableResponseError",
    },
}

CHAT = ("tool_calls", "stop")
STATUS = ("completed", "completed")
AI = ("tool-calls", "stop")

LOOPS = [
    *(("openai", f"chat_{way}", CHAT, PROFILES) for way in ("plain", "stream", "helper")),
    *(("openai", f"responses_{way}", STATUS, PROFILES) for way in ("plain", "stream", "helper")),
    *(("openrouter", f"chat_{way}", CHAT, PROFILES) for way in ("plain", "stream")),
    *(("openrouter", f"responses_{way}", STATUS, PROFILES) for way in ("plain", "stream")),
    *(("ai", f"openrouter-{way}", AI, INTEGER_CODES) for way in ("plain", "stream")),
    *(("ai", f"openai_chat-{way}", AI, PROFILES) for way in ("plain", "stream")),
    *(("ai", f"openai_responses-{way}", AI, PROFILES) for way in ("plain", "stream")),
    *(("fetch", f"chat_{way}", CHAT, PROFILES) for way in ("plain", "stream")),
    *(("fetch", f"responses_{way}", STATUS, PROFILES) for way in ("plain", "stream")),
]
"""Program, way of asking, how turns end there, and the profiles it can speak to."""

WITHOUT_USAGE = "openrouter/chat_stream/{}/openai"
"""The SDK cannot read the ``usage: null`` that OpenAI sends to those who ask for usage."""


def loops(*scripts: str) -> list[Any]:
    """List the loops as test parameters."""
    found = [
        (f"{program}/{way}/{script}/{profile}", script, ends)
        for program, way, ends, profiles in LOOPS
        for script in scripts
        for profile in profiles
    ]
    return [pytest.param(*each, id=each[0]) for each in found]


@pytest.fixture(scope="session")
def told(engine: Engine, root: str) -> dict[str, JsonObject]:
    """Run every program, and collect what they tell by the name of the case."""
    reason = missing()
    if reason and os.environ.get("CI"):
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)
    for name, text in SCRIPTS.items():
        Mock(engine, root, "node").play(text, name=name)
    return run(root)


@pytest.mark.parametrize(("case", "script", "ends"), loops("loop", "parallel"))
def test_loop(told: dict[str, JsonObject], case: str, script: str, ends: tuple[str, str]) -> None:
    """Every client in Node hears each call and the answer made from its results."""
    wanted = [
        {
            "text": heard.text,
            "calls": [
                {"id": call.id, "name": call.name, "arguments": call.arguments}
                for call in heard.calls
            ],
            "end": heard.end,
            "tokens": None if case == WITHOUT_USAGE.format(script) else [*(heard.tokens or ())],
        }
        for heard in expected(SCRIPTS[script], ends)
    ]
    assert {"case": case, "told": wanted} == told[case]


@pytest.mark.parametrize(("case", "script", "ends"), loops("auto"))
def test_loop_without_a_script(
    told: dict[str, JsonObject], case: str, script: str, ends: tuple[str, str]
) -> None:
    """With no scenario the offered tool is called, and its result told."""
    assert "auto" == script
    first, last = told[case]["told"]

    assert ["get_weather"] == [call["name"] for call in first["calls"]]
    assert "city" in json.loads(first["calls"][0]["arguments"])
    assert "get_weather says: degrees 18" == last["text"]
    assert ends == (first["end"], last["end"])


@pytest.mark.parametrize("profile", PROFILES)
class TestOpenAI:
    """What the openai SDK does beyond loops."""

    def test_run_tools(self, told: dict[str, JsonObject], profile: str) -> None:
        """The SDK's own tool loop runs the called function, with its arguments parsed."""
        ran = [["get_weather", {"city": "Berlin", "unit": "celsius"}]]
        wanted = {"text": "It is 18 °C in Berlin.", "ran": ran}
        assert wanted == told[f"openai/run_tools/loop/{profile}"]["told"]

    def test_parse(self, told: dict[str, JsonObject], profile: str) -> None:
        """Structured outputs parse by a zod schema, in both formats."""
        ticket = {"title": "Door stuck", "labels": ["door", "lab"]}
        assert [ticket, ticket] == told[f"openai/parse/json/{profile}"]["told"]

    def test_amid_stream(self, told: dict[str, JsonObject], profile: str) -> None:
        """An error in mid-stream is thrown after the text that came before it."""
        found = told[f"openai/amid/amid/{profile}"]["told"]
        assert ("One two", True) == (found["text"], found["threw"])
        assert "The model fell over" in found["message"]

    def test_retries(self, told: dict[str, JsonObject], profile: str) -> None:
        """A 429 and a 500 are tried again; the third attempt answers."""
        found = told[f"openai/retries/retried/{profile}"]["told"]
        named = profile != "openrouter"
        assert {"text": "Third time lucky.", "scenario": "retried", "named": named} == found

    def test_models(self, told: dict[str, JsonObject], profile: str) -> None:
        """The SDK lists models."""
        known = MODEL.rpartition("/")[2] if profile == "openai" else MODEL
        assert known in told[f"openai/models/auto/{profile}"]["told"]

    @pytest.mark.parametrize("status", CLASSES["openai"])
    def test_status(self, told: dict[str, JsonObject], profile: str, status: int) -> None:
        """Each status is thrown as the SDK's own class."""
        found = told[f"openai/status/status-{status}/{profile}"]
        assert (CLASSES["openai"][status], status) == (found["threw"], found["status"])
        assert f"{status} Not today" == found["message"]


@pytest.mark.parametrize("profile", INTEGER_CODES)
class TestOpenRouter:
    """What OpenRouter's SDK does beyond loops."""

    def test_amid_stream(self, told: dict[str, JsonObject], profile: str) -> None:
        """An error in mid-stream is handed over in its chunk."""
        found = told[f"openrouter/amid/amid/{profile}"]["told"]
        assert "One two" == found["text"]
        assert [(502, "The model fell over")] == [
            (e["code"], e["message"]) for e in found["errors"]
        ]

    @pytest.mark.parametrize("status", CLASSES["openrouter"])
    def test_status(self, told: dict[str, JsonObject], profile: str, status: int) -> None:
        """Each status is thrown as the SDK's own class."""
        found = told[f"openrouter/status/status-{status}/{profile}"]
        assert (CLASSES["openrouter"][status], status) == (found["threw"], found["status"])
        assert "Not today" == found["message"]


def test_openrouter_models(told: dict[str, JsonObject]) -> None:
    """OpenRouter's SDK reads every row of the model list."""
    assert MODEL in told["openrouter/models/auto/openrouter"]["told"]


AI_CASES = [
    (provider, profile)
    for provider in ("openrouter", "openai_chat", "openai_responses")
    for profile in (INTEGER_CODES if provider == "openrouter" else PROFILES)
]


@pytest.mark.parametrize(("provider", "profile"), AI_CASES)
class TestAI:
    """What the AI SDK does beyond loops."""

    def test_output(self, told: dict[str, JsonObject], provider: str, profile: str) -> None:
        """Structured outputs parse by a zod schema."""
        found = told[f"ai/{provider}-output/json/{profile}"]
        assert {"title": "Door stuck", "labels": ["door", "lab"]} == found["told"]

    def test_status(self, told: dict[str, JsonObject], provider: str, profile: str) -> None:
        """An error before the reply is thrown with its status and words."""
        found = told[f"ai/{provider}-status/status-429/{profile}"]
        assert ("AI_APICallError", 429) == (found["kind"], found["status"])
        assert "Not today" in found["message"]

    def test_amid_stream(self, told: dict[str, JsonObject], provider: str, profile: str) -> None:
        """An error in mid-stream is reported, and the text before it is not lost."""
        found = told[f"ai/{provider}-amid/amid/{profile}"]["told"]
        # OpenAI's provider overlooks an error that stands beside choices, as OpenRouter sends it.
        overlooked = provider == "openai_chat" and profile != "openai"
        errors, end = (0, "other") if overlooked else (1, "error")
        assert {"text": "One two", "errors": errors, "end": end} == found


@pytest.mark.parametrize("profile", PROFILES)
def test_fetch_status(told: dict[str, JsonObject], profile: str) -> None:
    """Plain ``fetch`` sees the status and the message."""
    wanted = {"status": 429, "message": "Not today"}
    assert wanted == told[f"fetch/status/status-429/{profile}"]["told"]


def test_fetch_unbuffered(told: dict[str, JsonObject]) -> None:
    """A sample that never buffers lines loses nothing, as each event is one write."""
    arguments = '{"city":"Berlin","unit":"celsius"}'
    assert ["get_weather", arguments, "done"] == told["fetch/unbuffered/loop/openrouter"]["told"]


@pytest.mark.parametrize("profile", PROFILES)
class TestSamples:
    """The guides' programs for JavaScript, unchanged but for their base URL."""

    def test_calculator(self, told: dict[str, JsonObject], profile: str) -> None:
        """The calculator gets the expression that its prompt holds."""
        given = [{"expression": "42 * 17 + 3"}]
        wanted = {"given": given, "answer": "calculate says: result 717"}
        assert wanted == told[f"samples/calculator/auto/{profile}"]["told"]

    def test_price(self, told: dict[str, JsonObject], profile: str) -> None:
        """The stock sample gets the ticker symbol."""
        answer = "lookup_stock_price says: price 189.5, currency USD"
        wanted = {"given": {"ticker": "AAPL"}, "answer": answer}
        assert wanted == told[f"samples/price/auto/{profile}"]["told"]

    def test_streamed(self, told: dict[str, JsonObject], profile: str) -> None:
        """The streaming sample puts its call together, and reads an answer beyond ASCII."""
        call = {"id": "call_1", "name": "get_weather", "arguments": '{"city":"Berlin"}'}
        wanted = {"calls": [call], "answer": "It is 18 °C in Berlin, wind 12 kph."}
        assert wanted == told[f"samples/streamed/berlin/{profile}"]["told"]
