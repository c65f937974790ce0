"""Values found in what people plainly say, property by property."""

from __future__ import annotations

import time

import pytest

from mockrouter.generate import generate
from mockrouter.values import Json, JsonObject

STRING: JsonObject = {"type": "string"}
INTEGER: JsonObject = {"type": "integer"}
BOOLEAN: JsonObject = {"type": "boolean"}


def said(words: str, required: JsonObject, **optional: Json) -> Json:
    """Make the arguments of a tool with these properties."""
    properties = {**required, **optional}
    schema = {"type": "object", "properties": properties, "required": list(required)}
    return generate(schema, seed="any", words=words)


PATHS = [
    ("Please read README.md", "README.md"),
    ("Read the file src/main.py.", "src/main.py"),
    ("Open /etc/hosts", "/etc/hosts"),
    ("What is in ~/.bashrc?", "~/.bashrc"),
    ("Show me `tests/test_app.py`, please", "tests/test_app.py"),
    ("Read 'My Notes.txt'", "My Notes.txt"),
    (r"Delete C:\tmp\a.txt", r"C:\tmp\a.txt"),
    ("Edit .env", ".env"),
    ("Look at ../docs", "../docs"),
    ("Explain the Makefile", "Makefile"),
    ("Read docs/guide", "docs/guide"),
    ("List the files in src", "src"),
    ("List the tests directory", "tests"),
    ("List the files in the current directory", "."),
    ("Which files are in this repo?", "."),
    ("See https://a.test/b.html and mail jo@a.test, then open notes.md", "notes.md"),
]


@pytest.mark.parametrize("name", ["path", "file", "filename", "file_path", "filePath"])
@pytest.mark.parametrize(("words", "path"), PATHS)
def test_paths_are_taken(name: str, words: str, path: str) -> None:
    """Coding agents name files and folders, under whatever name the tool takes them."""
    assert {name: path} == said(words, {name: STRING})


@pytest.mark.parametrize(
    "words", ["Hello", "It is 3/4 full, e.g. and/or so .", "At 5 p.m. in the U.S."]
)
def test_what_is_no_path_is_not_taken_for_one(words: str) -> None:
    """Fractions and abbreviations have slashes and dots as well."""
    assert said("", {"path": STRING}) == said(words, {"path": STRING})


SAID: list[tuple[str, JsonObject, JsonObject]] = [
    (
        "Write 'hello' to notes.txt",
        {"path": STRING, "content": STRING},
        {"path": "notes.txt", "content": "hello"},
    ),
    (
        "Write hello world to notes.txt",
        {"file_path": STRING, "text": STRING},
        {"file_path": "notes.txt", "text": "hello world"},
    ),
    (
        "Create a file called a.py with content print(1)",
        {"path": STRING, "file_text": STRING},
        {"path": "a.py", "file_text": "print(1)"},
    ),
    (
        "Replace 'foo' with 'bar' in src/a.py",
        {"path": STRING, "old_str": STRING, "new_str": STRING},
        {"path": "src/a.py", "old_str": "foo", "new_str": "bar"},
    ),
    (
        "Replace foo with bar in a.py.",
        {"path": STRING, "old_string": STRING, "new_string": STRING},
        {"path": "a.py", "old_string": "foo", "new_string": "bar"},
    ),
    (
        "Move a.txt to b/c.txt",
        {"source": STRING, "destination": STRING},
        {"source": "a.txt", "destination": "b/c.txt"},
    ),
    ("Run npm test, please", {"command": STRING}, {"command": "npm test"}),
    ("Run `ls -la` for me", {"command": STRING}, {"command": "ls -la"}),
    ("Find all *.py files", {"pattern": STRING}, {"pattern": "*.py"}),
    (
        "Search for TODO in src",
        {"pattern": STRING, "path": STRING},
        {"pattern": "TODO", "path": "src"},
    ),
    (
        "Flights for 2 people to Rome",
        {"destination": STRING, "passengers": INTEGER},
        {"destination": "Rome", "passengers": 2},
    ),
    (
        "A hotel in Rome with two rooms for 3 guests, 4 nights",
        {"city": STRING, "rooms": INTEGER, "guests": INTEGER, "nights": INTEGER},
        {"city": "Rome", "rooms": 2, "guests": 3, "nights": 4},
    ),
    (
        "A table for 5 persons at 7pm",
        {"party_size": INTEGER, "time": STRING},
        {"party_size": 5, "time": "19:00"},
    ),
    ("I need 3 tickets", {"tickets": INTEGER}, {"tickets": 3}),
    ("Add 4 items to the cart", {"quantity": INTEGER}, {"quantity": 4}),
    ("Buy 12 apples and 12 blue plums", {"quantity": INTEGER}, {"quantity": 12}),
    ("Rent it for 10 days", {"days": INTEGER}, {"days": 10}),
    ("Run \t", {"command": STRING}, {"command": "echo hello"}),
    ("Set the thermostat to 21.", {"temperature": INTEGER}, {"temperature": 21}),
    ("Meet at 7:30 p.m. or so", {"time": STRING}, {"time": "19:30"}),
    ("Meet at 12am", {"start_time": STRING}, {"start_time": "00:00"}),
    (
        "From 9am to 5 pm",
        {"start_time": STRING, "end_time": STRING},
        {"start_time": "09:00", "end_time": "17:00"},
    ),
    ("Um 19 Uhr", {"time": STRING}, {"time": "19:00"}),
    ("At 7pm", {"time": {"type": "string", "format": "time"}}, {"time": "19:00:00Z"}),
    ("Turn on the kitchen lights", {"on": BOOLEAN}, {"on": True}),
    ("Please turn the kitchen lights off", {"on": BOOLEAN}, {"on": False}),
    ("Switch off the fan", {"enabled": BOOLEAN}, {"enabled": False}),
    ("Turn off the fan", {"state": {"type": "string", "enum": ["on", "off"]}}, {"state": "off"}),
    ("Turn on the fan", {"state": {"type": "string", "enum": ["on", "off"]}}, {"state": "on"}),
    ("Open a ticket titled 'Login broken'", {"title": STRING}, {"title": "Login broken"}),
    (
        "Open a ticket titled Login broken with high priority",
        {"title": STRING, "body": STRING},
        {"title": "Login broken"},
    ),
]


@pytest.mark.parametrize(("words", "properties", "values"), SAID)
def test_what_is_plainly_said_is_taken(
    words: str, properties: JsonObject, values: JsonObject
) -> None:
    """Each property gets the value that a reader would give it."""
    made = said(words, properties)
    assert values == {name: made[name] for name in values}


def test_an_article_number_is_no_customer() -> None:
    """A word with digits in it is a code, and not a part of somebody's name."""
    properties: JsonObject = {"sku": STRING, "quantity": INTEGER}
    order = "Order 6 of SKU ABCD1234"
    assert {"sku": "ABCD1234", "quantity": 6} == said(order, properties, customer=STRING)
    named = said(f"{order} for Jane Smith", properties, customer=STRING)
    assert "Jane Smith" == named["customer"]


PLACES = [
    ("Quel temps fait-il à Paris ?", "Paris"),
    ("Quel temps fait-il à paris demain ?", "paris"),
    ("Météo en France", "France"),
    ("La météo de Lyon", "Lyon"),
    ("¿Qué tiempo hace en Madrid?", "Madrid"),
    ("Clima de Madrid", "Madrid"),
    ("Che tempo fa a Roma?", "Roma"),
    ("Previsioni di Milano", "Milano"),
    ("Wie ist das Wetter in Berlin?", "Berlin"),
    ("Wetter Berlin", "Berlin"),
    ("Wetter für Köln morgen", "Köln"),
    ("Como está o tempo em Lisboa?", "Lisboa"),
    ("Какая погода в Москве?", "Москве"),
    ("東京の天気は", "東京"),
    ("明日の東京の天気は", "東京"),
    ("北京的天气怎么样", "北京"),
    ("今天北京天气怎么样", "北京"),
    ("서울 날씨 어때?", "서울"),
]


@pytest.mark.parametrize(("words", "place"), PLACES)
def test_places_are_found_in_other_languages(words: str, place: str) -> None:
    """A place stands behind a preposition there as well, or in front of a particle."""
    assert {"city": place} == said(words, {"city": STRING})


def test_a_flight_is_found_in_other_languages() -> None:
    """Where from and where to are told apart."""
    properties: JsonObject = {"origin": STRING, "destination": STRING}
    flight = {"origin": "Paris", "destination": "Rome"}
    assert flight == said("Un vol de Paris à Rome", properties)


@pytest.mark.parametrize("words", ["天気を教えて", "今日は何をしますか", "Is a Toyota any good?"])
def test_where_no_place_is_found_one_is_made_up(words: str) -> None:
    """A whole question is no city."""
    assert said("", {"city": STRING}) == said(words, {"city": STRING})


@pytest.mark.parametrize(
    "piece",
    ["a", "a ", "write ", "sku ", "a/", "a.", "turn ", "1", "7", "東", "'", " ", "titled a "],
)
def test_long_words_take_no_time(piece: str) -> None:
    """Nothing that is looked for takes more than its share of time in any text."""
    names = ["path", "content", "pattern", "sku", "title", "time", "city", "origin", "command"]
    properties: JsonObject = dict.fromkeys(names, STRING)
    start = time.perf_counter()
    said(piece * 4000, {**properties, "quantity": INTEGER, "on": BOOLEAN})
    assert time.perf_counter() - start < 3
