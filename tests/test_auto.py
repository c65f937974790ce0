"""Which tools the built-in brain calls, and with what."""

from __future__ import annotations

import jsonschema
import pytest

from brain import (
    CALCULATE,
    PING,
    STRING,
    TOOLS,
    WEATHER,
    ask,
    called,
    calls,
    parameters,
    text,
)
from mockrouter.auto import decide
from mockrouter.reply import ToolCall
from mockrouter.request import Message, Tool, ToolChoice
from mockrouter.values import Json

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


def test_arguments_keep_their_characters() -> None:
    """They are written as models write them: not escaped, and without blanks."""
    (part,) = decide(ask("Weather in São Paulo?", WEATHER), "seed")
    assert ToolCall("get_weather", ('{"location":"São Paulo"}',)) == part
