"""
The programs that the providers' guides print, as a user would write them after reading.

Each knows nothing of a mock: only its base URL is another.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
import requests
from openai import OpenAI

from clients.mock import Mock
from clients.samples import CALCULATE, CITY, DATABASE, MODEL, STOCK, WEATHER
from mockrouter.profiles import OPENAI, OPENROUTER, SOLROUTER, Profile
from mockrouter.values import Json, JsonObject

TOOLS: dict[str, Callable[..., Json]] = {
    "get_weather": lambda location, unit="celsius": {
        "place": location,
        "unit": unit,
        "degrees": 21,
    },
    "search_database": lambda query: {"found": [f"Folding {query}"]},
    "calculate": lambda expression: {"of": expression},
    "lookup_stock_price": lambda ticker: {"ticker": ticker, "price": 189.5},
}


def agent(client: OpenAI, prompt: str, functions: list[JsonObject], rounds: int = 5) -> str:
    """Call tools round by round until the model answers."""
    messages: list[Any] = [{"role": "user", "content": prompt}]
    tools: Any = [{"type": "function", "function": each} for each in functions]
    for _ in range(rounds):
        answer = client.chat.completions.create(
            model=MODEL, messages=messages, tools=tools, tool_choice="auto", max_tokens=1024
        )
        message = answer.choices[0].message
        messages.append(message)
        if not message.tool_calls:
            return message.content or ""
        for call in message.tool_calls:
            assert call.type == "function"
            result = TOOLS[call.function.name](**json.loads(call.function.arguments))
            content = json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": call.id, "content": content})
    return "Too many rounds."


def calls_of(mock: Mock) -> list[tuple[str, JsonObject]]:
    """List the calls that the client's last request holds."""
    calls = [c for m in mock.requests[-1]["messages"] for c in m.get("tool_calls") or ()]
    return [(c["function"]["name"], json.loads(c["function"]["arguments"])) for c in calls]


def client(mock: Mock, profile: Profile = OPENROUTER) -> OpenAI:
    """Make the client as the guides do, with the headers that name the app."""
    headers = {"HTTP-Referer": "https://app.example.com", "X-Title": "Sample"}
    return OpenAI(base_url=mock.url(profile), api_key="sk-test", default_headers=headers)


@pytest.mark.parametrize(
    ("prompt", "calls", "answer"),
    [
        (
            "What's the weather in Tokyo?",
            [("get_weather", {"location": "Tokyo"})],
            "get_weather says: place Tokyo, unit celsius, degrees 21",
        ),
        (
            "What is the weather in Seattle, and search the database for umbrella products.",
            [
                ("get_weather", {"location": "Seattle"}),
                ("search_database", {"query": "umbrella products"}),
            ],
            (
                "get_weather says: place Seattle, unit celsius, degrees 21\n"
                "search_database says: found (Folding umbrella products)"
            ),
        ),
        (
            "What is 42 * 17 + 3?",
            [("calculate", {"expression": "42 * 17 + 3"})],
            "calculate says: of 42 * 17 + 3",
        ),
    ],
    ids=["weather", "weather-and-umbrellas", "calculator"],
)
def test_agent(
    mock: Mock, profile: Profile, prompt: str, calls: list[tuple[str, JsonObject]], answer: str
) -> None:
    """The usual agent loop runs as it stands: the calls its prompt asks for, then an answer."""
    with client(mock, profile) as openai:
        assert answer == agent(openai, prompt, [WEATHER, DATABASE, CALCULATE])

    assert calls == calls_of(mock)
    assert 2 == len(mock.requests)


def test_scripted_arguments(mock: Mock) -> None:
    """A script gives the arguments that the guide prints, as a JSON string."""
    mock.play(
        """
        turns:
          - say: [{tool_call: get_weather, arguments: {location: Tokyo, unit: celsius}}]
          - say: [{text: "{{ results.get_weather.degrees }} degrees in Tokyo."}]
        """
    )
    with client(mock) as openai:
        assert "21 degrees in Tokyo." == agent(openai, "Weather in Tokyo?", [WEATHER])

    assert [("get_weather", {"location": "Tokyo", "unit": "celsius"})] == calls_of(mock)


def test_too_many_rounds(mock: Mock) -> None:
    """A model that never stops calling is stopped by the client, after five requests."""
    mock.play(
        "turns: [{say: [{tool_call: get_weather, arguments: {location: Oslo}}]}]\nthen: repeat"
    )
    with client(mock) as openai:
        assert "Too many rounds." == agent(openai, "Weather?", [WEATHER])

    assert 5 == len(mock.requests)


def test_app_headers(mock: Mock) -> None:
    """The headers that name the app change nothing, and are there to be looked up."""
    with client(mock) as openai:
        agent(openai, "What's the weather in Tokyo?", [WEATHER])

    headers = mock.exchanges[0].headers
    assert ("https://app.example.com", "Sample") == (headers["http-referer"], headers["x-title"])


def test_json_mode(mock: Mock) -> None:
    """JSON mode answers with JSON text made of what the prompt says, and calls no tool."""
    prompt = "Extract name, email and company: Jane Smith (jane@acme.co) from Acme Corp"
    with client(mock) as openai:
        answer = openai.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": prompt}],
            response_format={"type": "json_object"},
            max_tokens=200,
        )

    choice = answer.choices[0]
    person = {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"}
    assert person == json.loads(choice.message.content or "")
    assert ("stop", None) == (choice.finish_reason, choice.message.tool_calls)


@pytest.mark.parametrize("choice", ["auto", "required", "none", "named"])
def test_tool_choice(mock: Mock, profile: Profile, choice: str) -> None:
    """Every form of ``tool_choice`` is taken and obeyed."""
    named = {"type": "function", "function": {"name": "calculate"}}
    forms: dict[str, Any] = {"named": named}
    tools: Any = [{"type": "function", "function": each} for each in (WEATHER, CALCULATE)]
    with client(mock, profile) as openai:
        answer = openai.chat.completions.create(
            model=MODEL,
            messages=[{"role": "user", "content": "What's the weather in Rome?"}],
            tools=tools,
            tool_choice=forms.get(choice, choice),
        )

    calls = answer.choices[0].message.tool_calls or []
    wanted = {"none": [], "named": ["calculate"]}.get(choice, ["get_weather"])
    assert wanted == [call.function.name for call in calls if call.type == "function"]


def test_interleaved_thinking(mock: Mock) -> None:
    """Thoughts stand between calls, and come back unchanged with each request."""
    mock.play(
        """
        turns:
          - say:
              - {reasoning: First the batteries., signature: c2ln, format: anthropic-claude-v1}
              - {tool_call: search_database, arguments: {query: batteries}}
          - say:
              - {reasoning: Then the grid., signature: bnVy, format: anthropic-claude-v1}
              - {tool_call: search_database, arguments: {query: grid}}
          - say: [{text: Both matter.}]
        """
    )
    with client(mock) as openai:
        assert "Both matter." == agent(openai, "Are electric cars clean?", [DATABASE])

    kept = [m for m in mock.requests[-1]["messages"] if m["role"] == "assistant"]
    assert ["First the batteries.", "Then the grid."] == [m["reasoning"] for m in kept]
    assert ["c2ln", "bnVy"] == [m["reasoning_details"][0]["signature"] for m in kept]


def test_stock_price(mock: Mock) -> None:
    """SolRouter's sample looks up a price, under the base path without a version."""
    with client(mock, SOLROUTER) as openai:
        answer = agent(openai, "What is the price of AAPL?", [STOCK])

    assert [("lookup_stock_price", {"ticker": "AAPL"})] == calls_of(mock)
    assert "lookup_stock_price says: ticker AAPL, price 189.5" == answer
    assert "/ai/chat/completions" in mock.exchanges[0].path


def careful(name: str, arguments: str) -> JsonObject:
    """Run a tool as a careful program does: what goes wrong is told to the model."""
    try:
        given = json.loads(arguments)
    except ValueError as error:
        return {"error": "invalid_json", "message": str(error)}
    if name != "get_weather":
        return {"error": f"Unsupported tool: {name}"}
    if not isinstance(given.get("city"), str):
        return {"error": "tool_execution_failed", "message": "Invalid city argument"}
    if given["city"] != "Berlin":
        return {"error": "city_not_found", "message": "No data for this city"}
    return {"degrees": 18}


@pytest.mark.parametrize(
    ("call", "error"),
    [
        ("{tool_call: get_weather, arguments: {city: Atlantis}}", "city_not_found"),
        ("{tool_call: get_wether, arguments: {city: Berlin}}", "Unsupported tool: get_wether"),
        ('{tool_call: get_weather, arguments: \'{"city": "Ber\'}', "invalid_json"),
        ("{tool_call: get_weather, arguments: {city: 49}}", "tool_execution_failed"),
    ],
    ids=["unknown-city", "unknown-tool", "no-json", "wrong-type"],
)
@pytest.mark.parametrize("profile", [OPENAI, SOLROUTER], ids=["openai", "solrouter"])
def test_trouble(mock: Mock, profile: Profile, call: str, error: str) -> None:
    """Whatever is wrong with the call, the program tells the model, and gets its answer."""
    mock.play(
        f"""
        turns:
          - say: [{call}]
          - say: [{{text: "That failed: {{{{ result.error }}}}."}}]
        """
    )
    url = mock.url(profile) + "/chat/completions"
    messages: list[JsonObject] = [{"role": "user", "content": "How is the weather?"}]
    body: JsonObject = {"model": MODEL, "tools": [{"type": "function", "function": CITY}]}
    for _ in range(2):
        answer = requests.post(url, json={**body, "messages": messages}, timeout=10).json()
        message = answer["choices"][0]["message"]
        messages.append(message)
        for each in message.get("tool_calls", ()):
            result = careful(each["function"]["name"], each["function"]["arguments"])
            content = json.dumps(result)
            messages.append({"role": "tool", "tool_call_id": each["id"], "content": content})

    assert f"That failed: {error}." == messages[-1]["content"]
    assert 2 == len(mock.requests)
