"""A name in a template that nothing has is a mistake in the file, not a failure of a reply."""

from __future__ import annotations

from random import Random

import pytest

from mockrouter.errors import ScenarioError
from mockrouter.request import Envelope, Request
from mockrouter.scenario.known import NAMES
from mockrouter.scenario.library import load_text
from mockrouter.scenario.names import names


def test_the_names_are_those_that_templates_get() -> None:
    """What is checked at load and what is filled in are one list."""
    found = names(Request("chat", Envelope("any/model"), ()), turn=1, attempt=1, rng=Random(0))

    assert sorted(NAMES) == sorted(found)


def mistakes(answer: str) -> list[str]:
    """List what is wrong with an answer, each as ``line: what; remedy``."""
    try:
        load_text(f"turns:\n- {answer}")
    except ScenarioError as error:
        return [f"{each.line}: {each.what}; {each.remedy}" for each in error.mistakes]
    return []


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{say: [{text: '{{ nonsense }}'}]}",
         "2: the template speaks of 'nonsense', which nothing is called; there are user, system, "),
        ("{say: [{text: '{{ usr }}'}]}", "'usr', which nothing is called; did you mean user"),
        ("{say: [{text: '{{ user | upper }} {{ usr[0] }}'}]}", "'usr', which nothing is called"),
        ("{say: [{text: '{% if usr is defined %}a{% endif %}'}]}", "speaks of 'usr'"),
        ("{say: [{json: {a: [1, '{{ usr }}']}}]}", "speaks of 'usr'"),
        ("{say: [{tool_call: any, arguments: {a: '{{ city }}'}}]}", "speaks of 'city'"),
        ("{say: [{tool_call: any, id: '{{ event.id }}'}]}", "speaks of 'event'"),
        ("{error: {status: 500, message: '{{ usr }}'}}", "speaks of 'usr'"),
        ("{http: {headers: {a: '{{ usr }}'}, text: a}}", "speaks of 'usr'"),
        ("{say: [{text: a}], faults: [{fault: patch, set: {id: '{{ evnt.id }}'}}]}",
         "2: the template speaks of 'evnt', which nothing is called; did you mean event?"),
        ("{say: [{text: a}], faults: [{fault: insert, event: '{{ nonsense }}', at: end}]}",
         "'nonsense', which nothing is called; there are event, number, call, first, joined, user"),
        ("{say: [{text: a}], faults: [{fault: insert, event: '{{ value }}', at: end}]}",
         "speaks of 'value'"),
    ],
)  # fmt: skip
def test_an_unknown_name_is_a_mistake(answer: str, message: str) -> None:
    """It is said at its line, with the names that are near, or with all."""
    (found,) = mistakes(answer)

    assert message in found


@pytest.mark.parametrize(
    "text",
    [
        "{% for a in tools %}{{ loop.index }}{{ a }}{% endfor %}",
        "{% set a = user %}{{ a }}",
        "{% macro twice(a) %}{{ a }}{{ a }}{{ varargs }}{% endmacro %}{{ twice(user) }}",
        "{% for a in range(3) %}{{ a }}{% endfor %}{{ dict(a=1) }}{{ namespace().a }}",
        "{{ true }}{{ none }}{{ False }}",
        "{{ user if results.nothing is defined else 'usr' }}",
        "{% raw %}{{ usr }}{% endraw %}{# {{ usr }} #}",
        "{{ '{{ usr }}' }}",
        *(f"{{{{ {name} }}}}" for name in NAMES),
    ],
)
def test_a_known_name_is_none(text: str) -> None:
    """So are a template's own names, those of its loops, and what Jinja brings along."""
    assert [] == mistakes(
        f"say:\n  - text: {text!r}" if '"' in text else f'say: [{{text: "{text}"}}]'
    )


@pytest.mark.parametrize(
    "value", ["event.id", "number", "call", "first.id", "joined()", "value", "user", "params.a"]
)
def test_faults_know_their_event(value: str) -> None:
    """Beside what every template knows."""
    fault = f"{{fault: patch, set: {{id: '{{{{ {value} }}}}'}}}}"

    assert [] == mistakes(f"{{say: [{{text: a}}], faults: [{fault}]}}\nwith: {{a: 1}}")
