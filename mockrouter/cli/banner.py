"""What a server says of itself when it starts."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from mockrouter.cli.terminal import console, count
from mockrouter.engine.engine import Engine
from mockrouter.profiles import PROFILES
from mockrouter.scenario.folders import is_empty
from mockrouter.scenario.library import Library
from mockrouter.scenario.scenario import Scenario

if TYPE_CHECKING:
    from rich.text import Text

_MOST = 12


def banner(url: str, engine: Engine, paths: Sequence[Path], *, reloads: bool) -> str:
    """Say how to use the server at *url*, which serves *paths*."""
    out = console()
    with out.capture() as captured:
        for part in _parts(url, engine, paths, reloads=reloads):
            out.print(part)
    return captured.get()


def _parts(url: str, engine: Engine, paths: Sequence[Path], *, reloads: bool) -> Iterator[Text]:
    from rich.text import Text  # noqa: PLC0415 - a quiet server does not need it

    def line(text: str, style: str = "") -> Text:
        return Text(f"  {text}", style=style)

    yield Text()
    for profile in PROFILES.values():
        variable = profile.api_key_env.replace("_API_KEY", "_BASE_URL")
        yield line(f"export {variable}={url}{profile.base}", "bold")
    yield line("Any API key will do.", "dim")
    yield Text()
    yield from map(line, _answering(engine))
    yield Text()
    number = count(len(engine.library.named), "scenario")
    yield line(f"Or choose one of {number} by NAME, in any of three ways:")
    yield line(f"  base URL  {url}/s/NAME/v1")
    yield line("  header    X-Mockrouter-Scenario: NAME")
    yield line("  model     mock/NAME")
    words = shlex.join(word for path in paths for word in ("--path", str(path)))
    yield line(f"All names: {f'mockrouter list {words}'.rstrip()}")
    yield Text()
    yield line(f"What was asked and answered: {url}/_mockrouter/requests")
    watches = "Changed files are served at once. " if reloads else ""
    yield line(f"{watches}Ctrl-C stops.", "dim")
    for path in paths:
        if is_empty(path):
            yield line(f"{path} holds no scenario, that is, no .yaml or .yml file.", "yellow")
    if not engine.settings.loopback_only:
        yield line("Other machines can reach this server, its journal included.", "yellow")
    yield Text()


def _answering(engine: Engine) -> Iterator[str]:
    """List who answers, in the order of asking."""
    library = engine.library
    rest = "is refused (--strict)" if engine.settings.strict else "is answered by 'auto'"
    if not library.active:
        yield f"Every request {rest}."
        return
    yield "Answering, in this order:"
    width = max(len(scenario.name) for scenario in library.active[:_MOST])
    for scenario in library.active[:_MOST]:
        yield f"  {scenario.name:<{width}}  {scenario.outline.summary}".rstrip()
    if len(library.active) > _MOST:
        yield f"  and {len(library.active) - _MOST} more"
    hiding = hides(library)
    if hiding is None:
        yield f"What none of them answers {rest}."
        return
    hidden = library.active[library.active.index(hiding) + 1 :]
    yield f"'{hiding.name}' has no 'when', so it answers every request that comes so far."
    if hidden:
        yield f"  It hides {_names(hidden)}, reached by name alone."


def hides(library: Library) -> Scenario | None:
    """Find the scenario that answers whatever reaches it, so that no later one is asked."""
    return next((s for s in library.active if s.outline.always), None)


def _names(scenarios: Iterable[Scenario]) -> str:
    names = [scenario.name for scenario in scenarios]
    shown = ", ".join(names[:3])
    return f"{shown} and {len(names) - 3} more" if len(names) > 3 else shown  # noqa: PLR2004
