"""Made-up values take what the user's words and the names of properties say."""

from __future__ import annotations

import re

import pytest

from mockrouter.generate import generate
from mockrouter.values import Json, JsonObject
from tool_schemas import STRING, tool

SAID: list[tuple[str, JsonObject, Json]] = [
    (
        "What's the weather in Tokyo?",
        tool(
            ["location"],
            location=STRING,
            unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
        ),
        {"location": "Tokyo"},
    ),
    (
        "How warm is it in Rio de Janeiro, in celsius?",
        tool(
            ["location"],
            location=STRING,
            unit={"type": "string", "enum": ["celsius", "fahrenheit"]},
        ),
        {"location": "Rio de Janeiro", "unit": "celsius"},
    ),
    ("weather in Berlin", tool(city=STRING), {"city": "Berlin"}),
    ("weather in berlin please", tool(city=STRING), {"city": "berlin"}),
    ("Tokyo weather", tool(city=STRING), {"city": "Tokyo"}),
    ("Get the weather for 東京", tool(city=STRING), {"city": "東京"}),
    (
        "Is it raining in San Francisco, CA today?",
        tool(location=STRING),
        {"location": "San Francisco, CA"},
    ),
    (
        "Compare Rome with the weather in Paris, London and New York.",
        tool(cities={"type": "array", "items": STRING}),
        {"cities": ["Paris", "London", "New York"]},
    ),
    ("What is 42 * 17 + 3?", tool(expression=STRING), {"expression": "42 * 17 + 3"}),
    ("What is 25 * 4?", tool(expression=STRING), {"expression": "25 * 4"}),
    ("Calculate 10*5", tool(expression=STRING), {"expression": "10*5"}),
    ("On 2025-01-02, compute (3 + 4) * 2.", tool(expression=STRING), {"expression": "(3 + 4) * 2"}),
    ("Add 5 and 7", tool(a={"type": "number"}, b={"type": "number"}), {"a": 5, "b": 7}),
    ("What's the stock price of AAPL?", tool(ticker=STRING), {"ticker": "AAPL"}),
    ("Look up the price of AAPL", tool(ticker=STRING), {"ticker": "AAPL"}),
    (
        "What are the titles of some James Joyce books?",
        tool(search_terms={"type": "array", "items": STRING}),
        {"search_terms": ["James", "Joyce"]},
    ),
    ("Search the web for latest AI news", tool(query=STRING), {"query": "latest AI news"}),
    ("Find offers, top 5", tool([], limit={"type": "integer"}), {"limit": 5}),
    ("Show a 3-day forecast", tool(days={"type": "integer"}), {"days": 3}),
    ("Get user 42", tool(user_id={"type": "integer"}), {"user_id": 42}),
    ("Where is order #A-1234?", tool(order_id=STRING), {"order_id": "A-1234"}),
    (
        "Convert 100 USD to EUR",
        tool(amount={"type": "number"}, from_currency=STRING, to_currency=STRING),
        {"amount": 100, "from_currency": "USD", "to_currency": "EUR"},
    ),
    (
        "Translate 'good morning' to French",
        tool(text=STRING, target_language=STRING),
        {"text": "good morning", "target_language": "French"},
    ),
    (
        "Mail bob@corp.test with subject 'Hi' and body 'See you'",
        tool(to=STRING, subject=STRING, body=STRING),
        {"to": "bob@corp.test", "subject": "Hi", "body": "See you"},
    ),
    (
        "Read https://a.test/b?c=1.",
        tool(url={"type": "string", "format": "uri"}),
        {"url": "https://a.test/b?c=1"},
    ),
    (
        "Book from Paris to London on 2025-03-04",
        tool(origin=STRING, destination=STRING, date={"type": "string", "format": "date"}),
        {"origin": "Paris", "destination": "London", "date": "2025-03-04"},
    ),
    (
        "Meet on 2025-03-04",
        tool(start={"type": "string", "format": "date-time"}),
        {"start": "2025-03-04T00:00:00Z"},
    ),
    (
        "city: Bonn, radius: 12",
        tool(city=STRING, radius={"type": "integer"}),
        {"city": "Bonn", "radius": 12},
    ),
    (
        "Extract: Jane Smith, jane@acme.co, Acme Corp",
        tool(name=STRING, email=STRING, company=STRING),
        {"name": "Jane Smith", "email": "jane@acme.co", "company": "Acme Corp"},
    ),
    (
        "Ship the ticket ABC-12",
        tool(key={"type": "string", "pattern": "^[A-Z]+-[0-9]+$"}),
        {"key": "ABC-12"},
    ),
    (
        "Weather in Oslo, and include humidity",
        tool(["city"], city=STRING, include_humidity={"type": "boolean"}),
        {"city": "Oslo", "include_humidity": True},
    ),
    ("Weather in Oslo", tool(city={"anyOf": [STRING, {"type": "null"}]}), {"city": "Oslo"}),
    ("Hello", tool(city={"anyOf": [STRING, {"type": "null"}]}), {"city": None}),
    ("Hello", tool(unit={"enum": ["a", "b"], "default": "b"}), {"unit": "b"}),
    ("Hello", tool([], unit={"enum": ["a", "b"], "default": "b"}), {}),
]


@pytest.mark.parametrize(("words", "schema", "value"), SAID)
def test_what_the_user_says_is_taken(words: str, schema: JsonObject, value: Json) -> None:
    """A property that the words obviously supply gets that value; no other is set."""
    assert value == generate(schema, seed="any", words=words)


@pytest.mark.parametrize("words", ["Hello, how are you?", "hi", "Thanks in advance.", "In 2025?"])
def test_small_talk_supplies_nothing(words: str) -> None:
    """Words that name no place and no sum are not taken for one."""
    schema = tool(city=STRING, expression=STRING, ticker=STRING, email=STRING)
    assert generate(schema, seed="1") == generate(schema, seed="1", words=words)


def test_values_fit_the_names_of_their_properties() -> None:
    """Names are hints; addresses and numbers are those kept free for documentation."""
    schema = tool(
        email=STRING,
        homepage_url=STRING,
        phone_number=STRING,
        ip_address=STRING,
        startDate=STRING,
        latitude={"type": "number"},
        city=STRING,
    )
    value = generate(schema, seed="7")
    assert value["email"].endswith("@example.com")
    assert value["homepage_url"].startswith("https://example.com/")
    assert re.fullmatch(r"\+1-202-555-01\d\d", value["phone_number"])
    assert value["ip_address"].startswith("192.0.2.")
    assert re.fullmatch(r"2025-\d\d-\d\d", value["startDate"])
    assert -90 <= value["latitude"] <= 90
    assert re.fullmatch(r"[A-Z][A-Za-z ]+", value["city"])
