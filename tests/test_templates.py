"""Templates in strings."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import TemplateSyntaxError

from mockrouter.scenario.sandbox import Sandbox
from mockrouter.scenario.templates import Template, TemplateFailed, fill, is_dynamic
from mockrouter.values import Json
from scripts import ask, chat, engine


def test_plain_text_is_no_template() -> None:
    """Single braces, as JSON has them, are text."""
    template = Template('{"city": "Tokyo"}')

    assert not template.dynamic
    assert template.render({}) == '{"city": "Tokyo"}'


def test_names_are_filled_in() -> None:
    """An expression reaches into values by dots."""
    template = Template("It is {{ results.get_weather.temp }} degrees.")

    assert template.render({"results": {"get_weather": {"temp": 18}}}) == "It is 18 degrees."


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("{{ n }}", 5),
        ("{{ n }} and more", "5 and more"),
        ("{{ s }}", "text"),
        ({"a": ["{{ n }}", "{{ yes | json }}"]}, {"a": [5, True]}),
        ("{{ data | json }}", {"x": [1]}),
        ("{{ data }}", {"x": [1]}),
        ("{{ data.x }} and {{ yes }} and {{ nothing }}", "[1] and true and null"),
        ("{{ nothing }}", None),
        ("{{ digits }}", "90210"),
        ("{{- n -}}", "5"),
        (7, 7),
    ],
)
def test_values_keep_their_kind(value: Json, expected: Json) -> None:
    """A string that is one expression becomes its JSON value; elsewhere values look like JSON."""
    names = {
        "n": 5,
        "s": "text",
        "yes": True,
        "data": {"x": [1]},
        "nothing": None,
        "digits": "90210",
    }

    assert expected == fill(value, names)


@pytest.mark.parametrize("source", ["{{ nothing }}", "{{ 1 / 0 }}", "{{ s.missing.deeper }}"])
def test_what_fails_is_said(source: str) -> None:
    """An undefined name or a failing expression is an error, never an empty string."""
    with pytest.raises(TemplateFailed):
        Template(source).render({"s": {}})
    with pytest.raises(TemplateFailed):
        fill(source, {"s": {}})


@pytest.mark.parametrize(
    "source", ["{{ ''.__class__.__mro__ }}", "{{ request.__init__.__globals__ }}"]
)
def test_the_sandbox_holds(source: str) -> None:
    """A template reaches no Python internals."""
    with pytest.raises(TemplateFailed):
        Template(source).render({"request": {}})


def test_a_broken_template_is_refused_at_load() -> None:
    """The mistake names what is wrong and how to write plain braces."""
    with pytest.raises(ValueError, match=r"cannot be read: .*; write \{\{ name \}\}, or"):
        Template("{{ oops ")


PIECES = [
    *("{", "}", "{{", "}}", "{{ ", " }}", "{%", "{#", "#}", "%}", "-", "\n", " ", ".", "|", "("),
    *("user", "a.b", "a.b.c()", "json", "| json ", "not", "if", "is", "in", "else", "true", "None"),
    *(")", "loop", "self", "super()", "1", "'", "é", "\ud800"),
]


@given(st.lists(st.sampled_from(PIECES)).map("".join).filter(is_dynamic))
def test_whatever_jinja_refuses_is_refused_at_load(source: str) -> None:
    """Also where a template is compiled no sooner than it is filled in."""
    assert _refusal(Sandbox().read, source) == _refusal(Template, source)


def _refusal(read: Callable[[str], object], source: str) -> str:
    """Read a template; what Jinja says against it, or nothing."""
    try:
        read(source)
    except TemplateSyntaxError as error:
        return error.message or ""
    except ValueError as error:
        refused = error.__cause__
        assert isinstance(refused, TemplateSyntaxError)
        return refused.message or ""
    return ""


@pytest.mark.parametrize("text", ["plain", "It is {{ results.get_weather.temp }} degrees."])
def test_no_need_no_jinja(text: str) -> None:
    """Jinja is not imported until it is needed: to fill in, or to see whether all is right."""
    code = (
        "import sys; from mockrouter.scenario.templates import Template; Template(sys.argv[1]);"
        "sys.exit('jinja2' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code, text], check=False).returncode == 0


ENDLESS = [
    "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}",
    "{% for a in long %}{% for b in long %}{% endfor %}{% endfor %}",
    "{% for a in long recursive %}{{ loop(long) if loop.depth < 3 }}{% endfor %}",
    "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}",
    "{% for a in long %}{{ text }}{% endfor %}",
    "{% set all %}{% for a in long %}{{ text }}{% endfor %}{% endset %}",
    "{% macro f() %}{% for a in long %}{{ text }}{% endfor %}{% endmacro %}{{ f() }}",
    "{{ '-' * 10000000000 }}",
    "{{ 10000000000 * '-' }}",
    "{{ [1] * 10000000000 }}",
    "{{ 9 ** (9 ** 9) }}",
]


@pytest.mark.parametrize("source", ENDLESS)
def test_a_template_comes_to_an_end(source: str) -> None:
    """What loops, calls or writes too much fails within about a second, and says so."""
    names = {"long": list(range(50_000)), "text": "x" * 10_000}
    start = time.perf_counter()

    with pytest.raises(TemplateFailed, match=r"it (?:takes more than|comes to more than)"):
        Template(source).render(names)
    assert time.perf_counter() - start < 30  # a busy machine's; without an end it is hours


def test_each_filling_has_its_own_budget() -> None:
    """A template that does much may do it for every request."""
    template = Template("{% for a in range(60000) %}{% endfor %}{{ a }}")

    assert ["1", "1", "1"] == [template.render({"a": 1}) for _ in range(3)]


def test_loops_know_where_they_are() -> None:
    """The names that Jinja gives in a loop hold."""
    source = (
        "{% for a in all if a %}{{ loop.index }}/{{ loop.length }}:{{ a }}"
        "{{ ', ' if not loop.last }}{% else %}none{% endfor %}"
    )

    assert "1/2:x, 2/2:y" == Template(source).render({"all": ["x", "", "y"]})
    assert "none" == Template(source).render({"all": []})
    tree = [{"name": "a", "inner": [{"name": "b", "inner": []}]}]
    nested = "{% for n in tree recursive %}{{ n.name }}({{ loop(n.inner) }}){% endfor %}"
    assert "a(b())" == Template(nested).render({"tree": tree})


def test_templates_in_reasoning_details_are_filled() -> None:
    """As everywhere else in a turn, and for each request anew."""
    details = '[{type: reasoning.text, text: "{{ user }}", index: "{{ turn }}"}]'
    served = engine(f"turns: [{{say: [{{reasoning: Hm., reasoning_details: {details}}}]}}]")

    for words in ("Rain?", "Sun?"):
        wire, _ = ask(
            served, chat({"role": "user", "content": words}), path="/api/v1/chat/completions"
        )
        message = json.loads(wire.body)["choices"][0]["message"]
        expected = [{"type": "reasoning.text", "text": words, "index": 1}]
        assert expected == message["reasoning_details"]
