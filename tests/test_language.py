"""What an author may well write: what is sensible works, and mistakes are told plainly."""

from __future__ import annotations

import json
import re

import pytest
import yaml

import scripts
from asgi import Client
from loop import MANNERS, Manner
from mockrouter.errors import ScenarioError
from mockrouter.malformations import MALFORMATIONS
from mockrouter.values import Json
from requirement_samples import CHAT, WEATHER, ask


@pytest.mark.parametrize("name", MALFORMATIONS)
def test_only_a_mapping_can_be_malformed(name: str) -> None:
    """A text is refused at load, so that no request ever meets it."""
    script = f"turns: [{{say: [{{tool_call: x, arguments: {{a: 1}}, malformed: {name}}}]}}]"

    assert Client.playing(script)
    with pytest.raises(ScenarioError, match="only a mapping can be malformed"):
        Client.playing(script.replace("{a: 1}", "'{\"a\":1}'"))


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ("'null'", "null"),
        ("'[1, 2]'", "[1, 2]"),
        ("''", ""),
        ('\'{"a": {"b": {}}}\'', '{"a": {"b": {}}}'),
        ("{day: 2026-11-20, at: 12:30, to: NO}", '{"day":"2026-11-20","at":"12:30","to":"NO"}'),
        ("{big: 123456789012345678901}", '{"big":123456789012345678901}'),
        ("{text: '{{ user }}!', n: '{{ 40 + 2 }}'}", '{"text":"Hi!","n":42}'),
    ],
)
def test_arguments_go_out_as_they_are_written(manner: Manner, arguments: str, text: str) -> None:
    """A text goes out as it stands, all else as its JSON; dates and big numbers stay."""
    script = f"turns: [{{say: [{{tool_call: x, arguments: {arguments}}}]}}]"

    (call,) = manner.hear(ask(Client.playing(script), manner, "Hi", WEATHER)).calls

    assert text == call.arguments


MISTAKES = {
    "turns: [{say: Hello}]": "'say' is the text 'Hello'; write 'auto' or a list",
    "turns: [{say: [Hello]}]": "this is no part of a reply; a part has one of the keys text",
    "turns: [{say: [{text: 42}]}]": "'text' is the number 42; write text",
    "turns: [{say: [{tool_calls: []}]}]": "did you mean 'tool_call' for 'tool_calls'?",
    "turns: [{say: [{text: Hi, tool_call: x}]}]": "unknown key 'tool_call'; known here: 'text'",
    "turns: [{say: [{text: Hi, cut: 3}]}]": "this is no way to cut; write 'whole', '3 chars'",
    "turns: [{say: [{text: Hi}], pace: {ttft: 200ms}}]": "'ttft' is the text '200ms'",
    "turns: [{say: [{text: Hi}], faults: [{fault: disconect}]}]": "did you mean 'disconnect'?",
    "turns: [{error: {status: 200}}]": "'status' is 200; write at least 400",
    "turns: [{attempts: [{error: 429}], say: []}]": "'attempts' and 'say' stand side by side",
    "turns: []": "'turns' is empty",
    "turns: [{error: {status: 429, headers: {x a: b}}}]": "'x a' is no header's name",
    'turns: [{error: {status: 429, headers: {x-a: "b\\nc"}}}]': "'x-a' is not one line",
    'turns: [{error: {status: 429, headers: {x-a: " b"}}}]': "'x-a' is not one line",
    "turns: [{error: {status: 429, headers: {X-A: b, x-a: c}}}]": "'x-a' stands twice",
    "turns: [{attempts: [429, {cases: [{say: Hi}]}]}]": (
        "1:34: 'attempts' and 'cases' do not nest; write one list, or for each case a scenario "
        "with a 'when' of its own"
    ),
    "turns: [{cases: [{attempts: [429, 500]}]}]": "1:29: 'attempts' and 'cases' do not nest; ",
    "turns: [{cases: [429], attempts: [500]}]": (
        "'attempts' and 'cases' stand side by side; keep one, they do not nest"
    ),
    "turns: [{error: {status: 429, retry_after: 1, headers: {Retry-After: '2'}}}]": "keep one",
    "when: {turn: 1-3}\nturns: [{say: auto}]": "'1-3' is no range; write 2, 1..3, 2.. or ..5",
    "when: {turn: -1}\nturns: [{say: auto}]": "-1 is no range; write 2, 1..3, 2.. or ..5",
    "turns: [{say: [{text: a}], stream: {order: interleaved}}]": (
        "1:44: 'interleaved' lets calls take turns, and this reply has 0; add another, or leave it"
    ),
    "turns: [{say: [{text: '{{ oops'}]}]": "the template cannot be read",
    "turns: [{say: [{text: {{ user }}}]}]": "1:23: '{{' outside quotes is no template to YAML; put",
    "turns: [{error: rate_limit}]": "this is no error; write a status such as 429, or a mapping",
    "turns: [{error: '429'}]": "this is no error; write a status such as 429, or a mapping",
    "turns: [{error: {status: '429'}}]": "'status' is the text '429'; write a whole number",
    "turns: [{attempts: [429, 1.5]}]": "1:26: this is no answer; write a text, a list of parts, a",
    "turns: [{attempts: [true]}]": "this is no answer; write a text, a list of parts, a status",
    "turns: [Hi, '{{ oops']": "1:13: the template cannot be read",
    "turns: [[{text: Hi}, Hello]]": "1:22: this is no part of a reply; a part has one of the keys",
    "turns: [[{text: Hi}, {text: 42}]]": "1:29: 'text' is the number 42; write text",
    "turns: [[{tool_call: x, text: y}]]": "1:11: unknown key 'tool_call'; known here: 'text'",
    "turns: [[{text: Hi, txt: Hi}]]": "unknown key 'txt'; known here: 'text', 'cut' and 'choice'",
    "turns: [[{text: Hello, cut: [Hel, l]}]]": "1:29: the pieces do not join to the text",
    "turns: [{attempts: [[{text: 1}], 429]}]": "1:29: 'text' is the number 1; write text",
    "turns: [{cases: [[{arguments: 1}]]}]": "1:19: this is no part of a reply; a part has one of",
    "turns: [{say: auto, usage: {cost: '1'}}]": "'cost' is the text '1'; write a number",
    "turns: [{say: auto, pace: {itl: '1'}}]": "'itl' is the text '1'; write a number",
    "when: {user: [a, b]}\nturns: [500]": "write any_of: [{user: …}, {user: …}]",
    "when: {model: [a, b]}\nturns: [500]": "write any_of: [{model: …}, {model: …}]",
    "when: {turn: [1, 3]}\nturns: [500]": "write any_of: [{turn: …}, {turn: …}]",
    "turns: [{error: 500, delay: 3}]": "unknown key 'delay'; known here: 'say', 'error', ",
    "turns: [500]\ndependencies: [a]": "unknown key 'dependencies'; known here: 'name', ",
    "turns: [{cases: [{say: auto}, {when: {user: x}, say: auto}]}]": (
        "1:18: without 'when' this case always holds, so those behind it are never sent; add 'when'"
    ),
    "turns: [{error: 500, faults: [{fault: drop, label: text}, {fault: stall}]}]": (
        "1:52: 'label' aims at an event of a reply, and there is none; add 'say', or leave it out"
    ),
    "turns: [{error: 500, faults: [{fault: drop, call: 0}]}]": "1:51: 'call' aims at an event",
    "turns: [{say: [{text: a}], faults: [{fault: disconnect}, {fault: reset}]}]": (
        "1:58: 'reset' is a second ending, behind 'disconnect', which always comes first; keep one"
    ),
}
"""What is written, and some of what is said of it."""


@pytest.mark.parametrize(("text", "words"), MISTAKES.items(), ids=MISTAKES)
def test_mistakes_are_told_at_load(text: str, words: str) -> None:
    """What does not work is told with its line, what is wrong, and what to write."""
    with pytest.raises(ScenarioError) as caught:
        Client.playing(text)

    assert "<inline>:" in str(caught.value)
    assert words in str(caught.value)


@pytest.mark.parametrize("arguments", ["[1, 2]", "5", "true", "null", ""])
def test_arguments_are_text_or_a_mapping(arguments: str) -> None:
    """What is neither is most likely a slip; who wants it on the wire writes it as a text."""
    with pytest.raises(ScenarioError, match=r"'arguments' is .*; write text or a mapping"):
        Client.playing(f"turns: [{{say: [{{tool_call: x, arguments: {arguments} }}]}}]")


@pytest.mark.parametrize(
    ("answer", "place"),
    [
        ("say: [{text: Hello, cut: [Hel, l]}]", "1:35"),
        ("say: [{refusal: Hello, cut: [Hel, l]}]", "1:38"),
        ("say: [{json: [1, 2], cut: ['[1, ', '2]']}]", "1:36"),
        ("say: [{reasoning: Hm, cut: [H]}]", "1:37"),
        ("say: [{tool_call: f, arguments: {a: 1}, cut: ['{', a]}]", "1:55"),
        ("say: [{tool_call: f, arguments: '{}', cut: ['{']}]", "1:53"),
        ("say: [{text: Hello}], stream: {text: [Hel, l]}", "1:47"),
        ("say: [{reasoning: Hm}], stream: {reasoning: [H]}", "1:54"),
    ],
)
def test_pieces_join_to_what_is_known(answer: str, place: str) -> None:
    """Where the text owes nothing to a request, its pieces are checked at load."""
    with pytest.raises(ScenarioError, match=f"<inline>:{place}: the pieces do not join to the"):
        Client.playing(f"turns: [{{{answer}}}]")


@pytest.mark.parametrize(
    ("answer", "mistake"),
    [
        ("say: [{text: Hello, cut: {at: [2, 99]}}]",
         "1:35: 'at' cuts at 99, and the text has 5 characters; write 1 to 4, or -4 to -1"),
        ("say: [{text: Hello, cut: {at: [-5]}}]", "1:35: 'at' cuts at -5, and the text has 5"),
        ("say: [{text: H, cut: {at: [0]}}]",
         "1:31: 'at' cuts at 0, and the text has 1 character; it cannot be cut"),
        ("say: [{text: Hello, cut: [3, 3]}]",
         "1:35: the sizes add up to 6, and the text has 5 characters; write sizes that come to 5"),
        ("say: [{text: Hello, cut: {random: [900, 1000]}}]",
         "1:35: each piece has 900 characters at least, and the text has 5 characters; begin with"),
        ("say: [{text: Hello, cut: {places: [in_key]}}]",
         "1:35: the text has no place 'in_key'; name one that it has"),
        ("say: [{text: Hello}], error: {status: 500, after: 2}",
         "1:60: 'after' is 2, and the reply has 1 fragment; write 1 at the most, or leave it out"),
        ("say: [{text: Hello, cut: {places: []}}]", "1:35: 'places' names none; name one"),
        ("say: [{text: Hi}, {text: Hello}], stream: {text: {at: [5]}}", "1:59: 'at' cuts at 5"),
        ("say: [{tool_call: f, arguments: {}, repeat: 2}], stream: {order: [0, 1, 2]}",
         "1:82: 'order' names call 2, but this reply has 2; count from 0"),
    ],
)  # fmt: skip
def test_cuts_lie_inside_what_is_known(answer: str, mistake: str) -> None:
    """Where no request can change a text, a cut that it cannot have is a mistake at load."""
    with pytest.raises(ScenarioError, match=re.escape(f"<inline>:{mistake}")):
        Client.playing(f"turns: [{{{answer}}}]")


@pytest.mark.parametrize(
    "answer",
    [
        "say: [{text: Hello, cut: {at: [1, -1]}}]",
        "say: [{text: Hello, cut: [2, 0, 3]}]",
        "say: [{text: Hi}, {text: Hello}], stream: {text: {at: [4]}}",
        "say: [{text: Hi}, {text: '{{ user }}'}], stream: {text: {at: [99]}}",
        "say: [{text: Hi}], stream: {arguments: {at: [99]}}",
        "say: auto, stream: {text: {at: [99]}, order: [7]}",
    ],
)
def test_one_text_is_enough_for_a_cut(answer: str) -> None:
    """What is said for a whole stream fits one of its texts, or one that only a request shows."""
    Client.playing(f"turns: [{{{answer}}}]")


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize(
    ("answer", "warning"),
    [
        ("say: [{text: '{{ user }}', cut: {at: [99]}}]", "'at' cuts at 99, and the text has 29 "),
        ("say: [{text: a}, {text: '{{ user }}'}], stream: {text: [9, 99]}", "sizes add up to 108"),
        ("say: [{tool_call: any}], stream: {arguments: {places: [in_escape]}}", "'in_escape'"),
        ("say: auto, stream: {arguments: {at: [99]}}", "'at' cuts at 99"),
        ("say: auto, error: {status: 500, after: 99}", "'after' is 99, and the reply has"),
        ("mode: stream, say: [{text: '{{ user }}', cut: {at: [99]}}]", "'at' cuts at 99"),
    ],
)
def test_a_cut_outside_is_told(answer: str, warning: str, *, stream: bool) -> None:
    """What only a request shows is told in journal and header; a plain reply has no cuts."""
    wire, exchange = scripts.ask(
        scripts.engine(f"turns: [{{{answer}}}]"), scripts.chat(stream=stream)
    )

    told = [value.decode() for name, value in wire.headers if name == b"x-mockrouter-warning"]
    assert list(exchange.warnings) == told
    assert (stream or "mode" in answer) == any(warning in each for each in told)


@pytest.mark.parametrize("turn", ["429", "{attempts: [429, {say: auto}]}", "{cases: [429]}"])
def test_a_status_stands_for_an_error(turn: str) -> None:
    """Wherever an answer may stand, a bare status is one that is an error."""
    assert 429 == ask(Client.playing(f"turns: [{turn}]"), CHAT, "Hi").status


@pytest.mark.parametrize("manner", MANNERS, ids=str)
@pytest.mark.parametrize(
    ("turn", "text"),
    [
        ("You said {{ user }}.", "You said Hi."),
        ("'429'", "429"),
        ("[{text: 'You said '}, {text: '{{ user }}.'}]", "You said Hi."),
        ("{attempts: ['You said {{ user }}.']}", "You said Hi."),
        ("{cases: [[{text: 'You said {{ user }}.'}]]}", "You said Hi."),
    ],
)
def test_a_text_or_a_list_stands_for_a_reply(manner: Manner, turn: str, text: str) -> None:
    """Wherever an answer may stand, a bare text is said, and so are the parts of a bare list."""
    client = Client.playing(f"turns:\n  - {turn}")

    assert text == manner.hear(ask(client, manner, "Hi")).text


@pytest.mark.parametrize(
    ("turn", "status", "words"),
    [
        ("say: [{text: '{{ results.x }}'}]", 500, "<inline>:1: the template failed: 'dict object'"),
        ("say: [{tool_call: any}]", 400, "<inline>:1: 'any' calls an offered tool"),
        ("cases: [{when: {user: tea}, say: auto}]", 404, "user is 'Hi', not contains 'tea'"),
        ("say: [{text: '{{ user }}', cut: [H, j]}]", 500, "do not join to the text"),
    ],
)
def test_what_only_a_request_shows(turn: str, status: int, words: str) -> None:
    """A mistake that depends on the request is the mock's own error, and is not to be retried."""
    client = Client.playing(f"turns: [{{{turn}}}]")

    answer = ask(client, CHAT, "Hi")

    shown: Json = answer.json["error"]["message"]
    assert (status, "false") == (answer.status, answer.headers["x-should-retry"])
    assert words in shown
    assert client.exchanges[0].error


@pytest.mark.parametrize("value", ["", "nan", "-100", "Wed, 21 Oct 2026 07:28:00 GMT", "ü €"])
def test_headers_may_lie(value: str) -> None:
    """Any one line goes out as a header's value, sensible or not, under its name in lower case."""
    headers = json.dumps({"Retry-After": value})
    script = f"turns: [{{error: {{status: 429, headers: {headers}}}}}]"

    assert value == ask(Client.playing(script), CHAT, "Hi").headers["retry-after"]


def test_no_malformation_is_a_word_of_yaml() -> None:
    """Each name is a text without quotes; a bare ``null`` would say that nothing is malformed."""
    for name in MALFORMATIONS:
        assert name == yaml.safe_load(name)
