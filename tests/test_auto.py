"""The built-in brain, asked as clients ask it."""

from __future__ import annotations

import json
import time

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mockrouter.auto import decide
from mockrouter.auto.talk import is_talk
from mockrouter.generate import InvalidSchema, Unsatisfiable
from mockrouter.reply import Text, ToolCall
from mockrouter.request import Call, Envelope, Message, Request, Tool, ToolChoice
from mockrouter.values import Json, JsonObject, compact

STRING: JsonObject = {"type": "string"}


def parameters(required: list[str], **properties: Json) -> JsonObject:
    """Make the schema of a tool."""
    return {"type": "object", "properties": properties, "required": required}


WEATHER = Tool(
    "get_weather",
    "Get the current weather for a location",
    parameters(["location"], location=STRING, unit={"enum": ["celsius", "fahrenheit"]}),
)
CALCULATE = Tool(
    "calculate",
    "Perform mathematical calculations",
    parameters(["expression"], expression=STRING),
)
SEARCH = Tool(
    "search_database",
    "Search product database",
    parameters(["query"], query=STRING, limit={"type": "integer", "default": 10}),
)
STOCK = Tool("lookup_stock_price", "Look up a stock price", parameters(["ticker"], ticker=STRING))
PING = Tool("ping")
TOOLS = (WEATHER, CALCULATE, SEARCH, STOCK, PING)


def ask(words: str, *tools: Tool, history: tuple[Message, ...] = (), **more: Json) -> Request:
    """Make a request: what the user says, and what has happened since."""
    messages = (Message("user", words), *history)
    return Request("chat", Envelope("any/model"), messages, tools, **more)


def called(number: int, tool: Tool, result: str) -> tuple[Message, ...]:
    """Make the two messages of a call and its result."""
    call = Call(f"call_{number}", tool.name, "{}")
    return (
        Message("assistant", calls=(call,)),
        Message("tool", result, call_id=call.id),
    )


def calls(request: Request) -> list[tuple[str, Json]]:
    """Decide, and read the calls."""
    parts = decide(request, "seed")
    assert all(isinstance(part, ToolCall) and part.id is None for part in parts)
    made = [part for part in parts if isinstance(part, ToolCall)]
    assert all(len(part.fragments) == 1 for part in made)
    return [(part.name, json.loads(part.arguments)) for part in made]


def text(request: Request) -> str:
    """Decide, and read the one text."""
    (part,) = decide(request, "seed")
    assert isinstance(part, Text)
    return part.text


ASKED: list[tuple[str, list[tuple[str, Json]]]] = [
    ("What's the weather in Tokyo?", [("get_weather", {"location": "Tokyo"})]),
    ("What is 42 * 17 + 3?", [("calculate", {"expression": "42 * 17 + 3"})]),
    ("What is 25 * 4?", [("calculate", {"expression": "25 * 4"})]),
    (
        "Calculate 10*5 and also tell me the weather in Miami",
        [("calculate", {"expression": "10*5"}), ("get_weather", {"location": "Miami"})],
    ),
    ("What's the stock price of AAPL?", [("lookup_stock_price", {"ticker": "AAPL"})]),
    ("Look up the price of AAPL", [("lookup_stock_price", {"ticker": "AAPL"})]),
    (
        "What's the weather in Tokyo? And find me umbrella products.",
        [
            ("get_weather", {"location": "Tokyo"}),
            ("search_database", {"query": "umbrella products"}),
        ],
    ),
    (
        "Compare the weather in Paris, London and San Francisco, CA in celsius.",
        [
            ("get_weather", {"location": place, "unit": "celsius"})
            for place in ("Paris", "London", "San Francisco, CA")
        ],
    ),
    (
        "prices of AAPL and MSFT",
        [("lookup_stock_price", {"ticker": "AAPL"}), ("lookup_stock_price", {"ticker": "MSFT"})],
    ),
    ("Is the pinging fine?", [("ping", {})]),
    ("Is it warm and sunny in Rome or not?", [("get_weather", {"location": "Rome"})]),
]


@pytest.mark.parametrize(("words", "expected"), ASKED)
@pytest.mark.parametrize("turned", [False, True])
def test_the_tools_that_the_words_ask_for_are_called(
    words: str, expected: list[tuple[str, Json]], *, turned: bool
) -> None:
    """Whatever the order of the tools, the words choose; several are called where asked for."""
    tools = TOOLS[::-1] if turned else TOOLS
    assert expected == calls(ask(words, *tools))


AGENT = (
    Tool("read_file", "Read a file", parameters(["path"], path=STRING, limit={"type": "integer"})),
    Tool(
        "write_file", "Write a file", parameters(["path", "content"], path=STRING, content=STRING)
    ),
    Tool(
        "edit_file",
        "Change a file",
        parameters(["path", "old", "new"], path=STRING, old=STRING, new=STRING),
    ),
    Tool("list_directory", "List a directory", parameters(["path"], path=STRING)),
    Tool("grep", "Search files", parameters(["pattern"], pattern=STRING, path=STRING)),
    Tool("bash", "Run a command", parameters(["command"], command=STRING)),
)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Please read README.md", [("read_file", {"path": "README.md"})]),
        ("Open /etc/hosts", [("read_file", {"path": "/etc/hosts"})]),
        ("Explain src/main.py", [("read_file", {"path": "src/main.py"})]),
        ("Read a.py and b.py", [("read_file", {"path": path}) for path in ("a.py", "b.py")]),
        (
            "Write 'hello' to notes.txt",
            [("write_file", {"path": "notes.txt", "content": "hello"})],
        ),
        (
            "Create a.py containing x = 1",
            [("write_file", {"path": "a.py", "content": "x = 1"})],
        ),
        (
            "Replace 'a' with 'b' in c.py",
            [("edit_file", {"path": "c.py", "old": "a", "new": "b"})],
        ),
        ("List the files in src", [("list_directory", {"path": "src"})]),
        ("Search for TODO in src", [("grep", {"pattern": "TODO", "path": "src"})]),
        ("Run npm test", [("bash", {"command": "npm test"})]),
    ],
)
def test_a_coding_agent_gets_the_call_that_it_waits_for(
    words: str, expected: list[tuple[str, Json]]
) -> None:
    """Its tools are much alike, as nearly all of them take a path."""
    assert expected == calls(ask(words, *AGENT))


@pytest.mark.parametrize(
    "words",
    ["", "…", "東京", "Was kostet das?", "Hi, two pizzas please", "Order!", "Okayama", "Go on."],
)
def test_an_offered_tool_is_called_even_if_the_words_fit_none(words: str) -> None:
    """A client under test offers tools in order to have them called; the first one is."""
    ((name, arguments),) = calls(ask(words, *TOOLS))
    assert "get_weather" == name
    assert WEATHER.parameters is not None
    jsonschema.validate(arguments, WEATHER.parameters)


TALK = [
    *("Hello", "Hi there!", "Hello, how are you?", "Good morning everyone", "Bonjour", "你好"),
    *("Thanks!", "Thank you so much.", "Thanks for the help. Bye!", "Ok, great, thanks", "Danke"),
    *("Tell me a joke", "Explain recursion", "Can you tell me a short story?", "Who are you?"),
]


@pytest.mark.parametrize("words", TALK)
def test_talk_that_fits_no_tool_is_answered_with_text(words: str) -> None:
    """A greeting, thanks and chat ask for nothing that the tools do; a demanded call is made."""
    assert words in text(ask(words, *TOOLS))
    assert calls(ask(words, *TOOLS, tool_choice=ToolChoice("required")))


@pytest.mark.parametrize(
    ("words", "name"),
    [
        ("Hello! What's the weather in Rome?", "get_weather"),
        ("Thanks, and Oslo?", "get_weather"),
        ("Explain the stock price of AAPL", "lookup_stock_price"),
        ("Tell me a joke from the product database", "search_database"),
    ],
)
def test_talk_that_fits_a_tool_calls_it(words: str, name: str) -> None:
    """Politeness stands in front of many a request."""
    assert [name] == [called for called, _ in calls(ask(words, *TOOLS))]


TOLD = (*called(0, WEATHER, "18"), Message("assistant", "It is 18 degrees."))


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("Thanks, what should I wear?", []),
        ("Sounds lovely.", []),
        ("And in Oslo?", ["get_weather"]),
        ("What is 3 * 4?", ["calculate"]),
    ],
)
def test_once_the_results_are_told_only_what_fits_is_called(words: str, names: list[str]) -> None:
    """A client that goes on talking after its loop is not sent round again."""
    history = (*TOLD, Message("user", words))
    made = decide(ask("Weather in Rome?", *TOOLS, history=history), "seed")
    assert names == [part.name for part in made if isinstance(part, ToolCall)]
    required = ToolChoice("required")
    assert calls(ask("Weather in Rome?", *TOOLS, history=history, tool_choice=required))


def test_results_that_were_not_told_yet_do_not_end_the_calls() -> None:
    """An answer to the tools' results is a text of the model after them, not before them."""
    history = (Message("assistant", "Let me look."), *called(0, PING, "1"), Message("user", "Mu?"))
    assert calls(ask("Ping", *TOOLS, history=history))


def test_the_named_tool_is_called_whatever_the_words() -> None:
    """``tool_choice`` with a name leaves no choice."""
    choice = ToolChoice("required", ("get_weather",), named=True)
    ((name, _),) = calls(ask("What is 25 * 4?", *TOOLS, tool_choice=choice))
    assert "get_weather" == name


def test_only_allowed_tools_are_called() -> None:
    """``allowed_tools`` narrows what the words may choose from."""
    choice = ToolChoice("auto", ("ping", "lookup_stock_price"))
    request = ask("What's the weather in Tokyo and the AAPL price?", *TOOLS, tool_choice=choice)
    assert [("lookup_stock_price", {"ticker": "AAPL"})] == calls(request)


def test_no_tool_is_called_where_none_is_wanted() -> None:
    """``tool_choice: none`` gets a text that quotes the user."""
    request = ask("What is the weather in Paris?", *TOOLS, tool_choice=ToolChoice("none"))
    assert "What is the weather in Paris?" in text(request)


def test_without_parallel_calls_they_come_one_after_the_other() -> None:
    """Each turn makes the next call that the words ask for; the last tells all results."""
    words = "Calculate 10*5 and also tell me the weather in Miami"
    history: tuple[Message, ...] = ()
    for number, (tool, arguments, result) in enumerate(
        [
            (CALCULATE, {"expression": "10*5"}, "50"),
            (WEATHER, {"location": "Miami"}, '{"temperature": 28}'),
        ]
    ):
        request = ask(words, *TOOLS, history=history, parallel_tool_calls=False)
        assert [(tool.name, arguments)] == calls(request)
        history += called(number, tool, result)
    request = ask(words, *TOOLS, history=history, parallel_tool_calls=False)
    assert "calculate says: 50\nget_weather says: temperature 28" == text(request)


def test_the_same_tool_asked_twice_is_called_twice() -> None:
    """Calls are counted, so one result does not stand for two."""
    history = called(0, WEATHER, "18")
    request = ask("Weather in Oslo and Bergen?", *TOOLS, history=history, parallel_tool_calls=False)
    assert [("get_weather", {"location": "Bergen"})] == calls(request)


def test_a_new_question_is_a_new_beginning() -> None:
    """Calls made before the last user message answer nothing that it asks."""
    history = (
        *called(0, WEATHER, "18"),
        Message("assistant", "18"),
        Message("user", "And in Oslo?"),
    )
    assert [("get_weather", {"location": "Oslo"})] == calls(ask("Rome?", *TOOLS, history=history))


RESULTS: list[tuple[str, str]] = [
    (
        '{"temperature": 18, "condition": "cloudy"}',
        "get_weather says: temperature 18, condition cloudy",
    ),
    (
        '{"wind": {"kph": 12}, "days": ["wet", "dry"]}',
        "get_weather says: wind (kph 12), days (wet; dry)",
    ),
    ('[{"id": 1}, {"id": 2}]', "get_weather says: id 1; id 2"),
    ("18°C and cloudy", "get_weather says: 18°C and cloudy"),
    ("", "get_weather gave back no text."),
    ("[" * 100_000, f"get_weather says: {'[' * 999}…"),
    ("[" * 900 + "]" * 900, f"get_weather says: {'[' * 900}{']' * 99}…"),
    ("null", "get_weather says: null"),
    ('{"error": null, "ok": true}', "get_weather says: error null, ok true"),
    (
        '{"error": "city_not_found", "message": "No data for the requested city"}',
        "get_weather failed: city_not_found, No data for the requested city",
    ),
    ('{"error": {"code": 7, "message": "busy"}}', "get_weather failed: code 7, busy"),
]


@pytest.mark.parametrize(("result", "told"), RESULTS)
@pytest.mark.parametrize("tools", [(), TOOLS])
def test_results_are_told(result: str, told: str, tools: tuple[Tool, ...]) -> None:
    """The text after the calls quotes what they gave back, with tools still offered or not."""
    assert told == text(ask("Weather in Rome?", *tools, history=called(0, WEATHER, result)))


def test_a_result_whose_call_is_not_shown_is_told_too() -> None:
    """Histories are trimmed; calling the tool again would never come to an end."""
    history = (Message("tool", "18", call_id="call_gone"),)
    assert "The tool says: 18" == text(ask("Weather in Rome?", *TOOLS, history=history))


def test_the_tool_whose_schema_is_none_is_named() -> None:
    """Its client is told which, as by the real APIs."""
    broken = Tool("break_it", "Break it.", {"type": "nonsense"})
    with pytest.raises(InvalidSchema) as caught:
        decide(ask("Break it!", WEATHER, broken), "1")
    assert ("break_it", ("type",)) == (caught.value.function, caught.value.steps)


def test_a_long_result_is_cut() -> None:
    """An answer is a few words and not the whole file again."""
    assert len(text(ask("Read it.", history=called(0, PING, "x" * 100_000)))) < 2000


def test_thousands_of_results_are_told_at_once() -> None:
    """Each is told under its call's name, in no more than its share of time."""
    history = tuple(message for n in range(20_000) for message in called(n, PING, "1"))
    start = time.perf_counter()
    assert 20_000 == text(ask("Go on.", history=history)).count("ping says: 1")
    assert time.perf_counter() - start < 10  # each with each would take a minute


def test_without_tools_the_user_is_quoted() -> None:
    """There is always an answer, even to nothing."""
    assert '"Hello, how are you?"' in text(ask("Hello, how are you?"))
    assert text(ask(""))
    assert text(Request("responses", Envelope("m"), ()))


JSON_WANTED: list[JsonObject] = [
    {"response_format": "json_object"},
    {
        "response_format": "json_schema",
        "response_schema": parameters(
            ["name", "email", "company"], name=STRING, email=STRING, company=STRING
        ),
    },
]


@pytest.mark.parametrize("more", JSON_WANTED)
def test_json_is_answered_with_what_the_words_say(more: JsonObject) -> None:
    """A client that wants JSON gets JSON and nothing else, with the facts of its text."""
    request = ask("Extract: Jane Smith, jane@acme.co, Acme Corp", **more)
    expected = {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"}
    assert compact(expected) == text(request)


def test_a_json_answer_follows_the_results() -> None:
    """The tools come first; then the schema's values are taken from what they gave back."""
    schema = parameters(["temperature"], temperature={"type": "integer"})
    more: JsonObject = {"response_format": "json_schema", "response_schema": schema}
    words = "Weather in Rome?"
    assert [("get_weather", {"location": "Rome"})] == calls(ask(words, WEATHER, **more))
    history = called(0, WEATHER, "temperature: 18")
    assert {"temperature": 18} == json.loads(text(ask(words, WEATHER, history=history, **more)))
    more = {"response_format": "json_object"}
    answer = json.loads(text(ask(words, WEATHER, history=history, **more)))
    assert "get_weather says: temperature: 18" == answer["answer"]


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("Run this:\n```python\nprint(1)\n```", "print(1)"),
        ("What is 3 * 4?", "3 * 4"),
        ("Say hello", "Say hello"),
    ],
)
def test_a_custom_tool_gets_free_text(words: str, expected: str) -> None:
    """Its arguments are no JSON: code where there is some, a sum, else the words."""
    (part,) = decide(ask(words, Tool("run", custom=True)), "seed")
    assert ToolCall("run", (expected,)) == part


def test_arguments_keep_their_characters() -> None:
    """They are written as models write them: not escaped, and without blanks."""
    (part,) = decide(ask("Weather in São Paulo?", WEATHER), "seed")
    assert ToolCall("get_weather", ('{"location":"São Paulo"}',)) == part


@settings(max_examples=60)
@given(
    st.text(max_size=80),
    st.lists(st.text(min_size=1, max_size=12), max_size=4),
    st.sampled_from([None, {}, WEATHER.parameters, SEARCH.parameters]),
    st.booleans(),
)
def test_any_words_and_names_get_an_answer_and_the_same_again(
    words: str,
    names: list[str],
    schema: JsonObject | None,
    parallel: bool,  # noqa: FBT001  (drawn by place)
) -> None:
    """Tools called anything at all are called, with valid arguments; nothing depends on chance."""
    tools = [Tool(name, words, schema) for name in names]
    choice = ToolChoice("required" if is_talk(words) else "auto")
    request = ask(words, *tools, parallel_tool_calls=parallel, tool_choice=choice)
    parts = decide(request, "seed")
    assert parts == decide(request, "seed")
    assert bool(names) == all(isinstance(part, ToolCall) for part in parts)
    assert parallel or len(parts) == 1
    for part in parts:
        if isinstance(part, ToolCall):
            assert part.name in names
            jsonschema.validate(json.loads(part.arguments), schema or {})


@pytest.mark.parametrize(
    "broken",
    [
        {"type": "object", "properties": []},
        {"type": "object", "properties": {"city": "string"}},
        {"type": "object", "properties": {"city": {"type": 5, "format": []}}, "required": [7]},
        {"properties": {"city": {"type": "string", "pattern": r"\p{L}"}}, "required": ["city"]},
        {"properties": {"city": {"type": "string", "enum": "Rome"}}, "required": True},
    ],
)
def test_a_schema_that_is_none_is_an_error_of_its_own(broken: JsonObject) -> None:
    """A client's broken schema is reported with its place, and crashes nothing on the way."""
    with pytest.raises(Unsatisfiable, match=r"\$"):
        decide(ask("Weather in Rome?", Tool("get_weather", "", broken), CALCULATE), "seed")


def test_many_tools_and_long_words_take_no_time() -> None:
    """A hundred tools and a long prompt are usual in agents; the bound is generous."""
    tools = [Tool(f"tool_{n}", "Get things", WEATHER.parameters) for n in range(128)]
    start = time.perf_counter()
    decide(ask("Weather in Rome, please and thanks. (((1 + " * 5000, *tools), "seed")
    assert time.perf_counter() - start < 10
