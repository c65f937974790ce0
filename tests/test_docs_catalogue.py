"""The page that lists the catalogue is made from the catalogue."""

from __future__ import annotations

import os
from collections.abc import Iterator

from asgi import BUILTIN
from mockrouter import catalogue
from mockrouter.scenario import tags
from mockrouter.scenario.evidence import address
from mockrouter.scenario.scenario import Scenario
from pages import ROOT

PAGE = ROOT / "docs" / "catalogue.md"

HEAD = """\
# The catalogue

Every scenario that comes with mockrouter: what happens, what your client should do, and who met it.
Each works with any tools. Choose one by name in the base URL
(`http://127.0.0.1:4099/s/calls/index-missing/v1`), in a test
(`mockrouter.load("calls/index-missing")`), or run a test over many
(`@pytest.mark.mockrouter_each("calls/*")`).

```console
mockrouter list --severity high --dialect responses   # filters; also --tag and any text
mockrouter show calls/index-missing                   # what goes over the wire
```

Where nobody is named, the failure is *synthetic*: plausible, and not reported as far as we know.
*Sound* marks what is well-formed and only looks odd: a client that mends it breaks good data.
[What real clients do](clients.md) with the worst of them is a page of its own.
"""


def page() -> str:
    """Write the page."""
    return (
        "\n".join(
            [HEAD, *_contents(), *(line for name in catalogue.FOLDERS for line in _folder(name))]
        )
        + "\n"
    )


def _in(folder: str) -> list[Scenario]:
    names = sorted(name for name in BUILTIN.named if name.rpartition("/")[0] == folder)
    return [BUILTIN.named[name] for name in names]


def _contents() -> Iterator[str]:
    for name, sentence in catalogue.FOLDERS.items():
        yield f"- [{name}](#{name}) ({len(_in(name))}): {sentence}"


def _folder(name: str) -> Iterator[str]:
    yield from ("", f"## {name}", "", catalogue.FOLDERS[name])
    for scenario in _in(name):
        yield from _entry(scenario)


def _entry(scenario: Scenario) -> Iterator[str]:
    model = scenario.model
    modes = tags.modes(model.tags)
    only = {"stream": ", streams only", "plain": ", plain replies only"}
    limit = only[modes[0]] if len(modes) == 1 else ""
    formats = " and ".join(
        {"chat": "Chat Completions", "responses": "Responses"}[each]
        for each in tags.dialects(model.tags)
    )
    how_bad = tags.severity(model.tags)
    marks = ["sound"] if "fault-free" in model.tags else []
    marks += ["synthetic"] if "synthetic" in model.tags else []
    words = ", ".join(filter(None, [how_bad and f"severity {how_bad}", *marks]))
    yield from ("", f"### {scenario.name}", "", model.summary, "")
    yield f"- **{words or 'sound'}**; {formats}{limit}"
    if model.client:
        yield f"- A robust client {'; '.join(model.client.sentences())}."
    if model.evidence:
        yield f"- Met by {', '.join(_link(each) for each in model.evidence)}"


def _link(evidence: str) -> str:
    return f"[{evidence}]({address(evidence)})"


def test_the_page_is_up_to_date() -> None:
    """It lists every scenario as it is; UPDATE_DOCS=1 writes it anew."""
    made = page()
    if os.environ.get("UPDATE_DOCS"):
        PAGE.write_text(made, encoding="utf-8")

    assert made == PAGE.read_text(encoding="utf-8")
    assert [] == [name for name in BUILTIN.named if f"### {name}\n" not in made and "/" in name]
