"""Requirements on interleaved thinking; see ``test_requirements`` for [S…]."""

from __future__ import annotations

import json

import pytest

from asgi import Client
from loop import MANNERS, Manner, talk
from mockrouter.values import Json, JsonObject
from requirement_samples import CHAT, CHAT_STREAM, function

_TEXT: JsonObject = {"type": "string"}
PAPERS = function("search_academic_papers", "Find papers.", {"query": _TEXT, "field": _TEXT})
FIGURES = function("get_latest_statistics", "Get figures.", {"topic": _TEXT, "year": _TEXT})

CALLS = [
    (
        "search_academic_papers",
        {
            "query": "electric vehicle lifecycle environmental impact",
            "field": "environmental science",
        },
    ),
    ("get_latest_statistics", {"topic": "electric vehicle carbon footprint", "year": 2024}),
    (
        "search_academic_papers",
        {
            "query": "electric vehicle battery manufacturing environmental cost",
            "field": "materials science",
        },
    ),
]


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_three_calls_and_an_analysis(manner: Manner) -> None:
    """[S30] Three turns of one call each, then the analysis, all by the page's model."""
    client = Client()

    *calling, last = talk(client, manner, [PAPERS, FIGURES], scenario="loops/interleaved-thinking")

    made = [(call.name, json.loads(call.arguments)) for each in calling for call in each.calls]
    assert made == CALLS
    assert last.text.startswith("Over its whole life")
    for heard in (*calling, last):
        bodies = heard.answer.events if manner.stream else [heard.answer.json]
        models = {b.get("response", b).get("model", ...) for b in bodies} - {...}
        assert {"anthropic/claude-sonnet-4.5"} == models


@pytest.mark.parametrize("manner", [CHAT, CHAT_STREAM], ids=str)
def test_each_call_is_thought_about(manner: Manner) -> None:
    """[S30] Turns with a call have reasoning, its details signed; the analysis has none."""
    talked = talk(Client(), manner, [PAPERS, FIGURES], scenario="loops/interleaved-thinking")

    signed = [
        [d["signature"] for d in heard.kept[0].get("reasoning_details") or () if "signature" in d]
        for heard in talked
    ]

    assert [["c2lnbmF0dXJlLTE="], ["c2lnbmF0dXJlLTI="], ["c2lnbmF0dXJlLTM="], []] == signed


@pytest.mark.parametrize("manner", MANNERS, ids=str)
def test_reasoning_costs_tokens(manner: Manner) -> None:
    """[S31] Turns that think count reasoning tokens; the last one counts none."""
    more: Json = {"stream_options": {"include_usage": True}} if manner.stream else {}

    talked = talk(
        Client(), manner, [PAPERS, FIGURES], scenario="loops/interleaved-thinking", **more
    )

    counts = []
    for heard in talked:
        bodies = heard.answer.events if manner.stream else [heard.answer.json]
        found = [b.get("response", b).get("usage") for b in bodies]
        (usage,) = [each for each in found if each]
        details = usage.get("completion_tokens_details") or usage["output_tokens_details"]
        counts.append(details["reasoning_tokens"] > 0)
    assert [True, True, True, False] == counts
