"""
Namespaces: what each test has for itself on a server that all of them share.

A token in the URL (``/~TOKEN/v1``) is a namespace. One that was opened has scenarios and settings
of its own; any other is answered as the server itself is, with its own attempts and journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from mockrouter.dialects import DIALECTS
from mockrouter.engine.compiler import Compiled, Kept, compile_wire
from mockrouter.engine.compose import check_obeys, compose, is_static
from mockrouter.engine.cue import Cue, Loc
from mockrouter.engine.heads import compose_error, compose_head, compose_verbatim
from mockrouter.engine.repeats import Repeats
from mockrouter.engine.router import Router
from mockrouter.engine.settings import Settings
from mockrouter.engine.striking import filler, is_templated, spared
from mockrouter.profiles import Profile
from mockrouter.reply import Reply
from mockrouter.request import Envelope, Request
from mockrouter.scenario.http import Http
from mockrouter.scenario.library import Library
from mockrouter.scenario.models import Answer, Turn
from mockrouter.scenario.scenario import Scenario
from mockrouter.verbatim import Head, Said


class Namespace:
    """
    Scenarios and settings, and what has been served of them.

    Attributes:
        token: In the URL; empty for the server's own.

        settings: How it behaves; may be replaced at any time.

        library: What it answers by; see ``use``.

        router: Over *library*.

        kept: Compiled wires of its scenarios.

        repeats: Requests that it has answered, and would answer so again.
    """

    def __init__(self, token: str, library: Library, settings: Settings) -> None:
        """Answer by *library*."""
        self.token = token
        self.settings = settings
        self._served: set[tuple[str, Loc]] = set()
        self.use(library)

    def use(self, library: Library) -> None:
        """Answer by another library from the next request on."""
        self.library = library
        self.router = Router(library, strict=self.settings.strict)
        self.kept = Kept()
        self.repeats = Repeats()

    def compile(  # noqa: PLR0913 - each is one of the nouns
        self,
        answer: Answer,
        cue: Cue,
        request: Request,
        profile: Profile,
        nonce: str,
        *,
        arrived: Callable[[], float] = float,
    ) -> Compiled:
        """
        Make the wire of an answer, or find it again; *nonce* goes where a fault tears ids.

        Dates of the real time are counted from when the request *arrived*, in Unix seconds; who
        calls it owes something to the time.

        Raises:
            CannotAnswer: It cannot be made, or contradicts the request.

            BadRequest: A schema of the client's is none.
        """
        dialect, envelope = DIALECTS[request.dialect], _mode(answer, request.envelope)
        lucky = spared(answer, cue, request)
        key = (cue, dialect.name, profile.name, envelope, lucky)
        made = self.kept.find(key)
        if made is None:
            asked = replace(request, arrived=arrived, envelope=envelope)
            said, head = _say(answer, asked, cue)
            static = is_static(answer) and not is_templated(answer)
            wire = partial(compile_wire, said, answer, envelope, dialect, profile, cue, head=head)
            wire = partial(wire, lucky=lucky, fill=filler(asked, cue))
            # One that is never kept needs no hole.
            made = wire() if static else wire(nonce=nonce)
            if static and (made.torn or any(fault.needs_ids for fault in answer.faults)):
                made = wire(nonce=nonce)
            elif static:
                made = replace(made, kept=True)
                self.kept.keep(key, made)
        if isinstance(made.said, Reply):
            check_obeys(made.said, answer, request, cue)
        return made

    def serve(self, cue: Cue) -> None:
        """Note that an answer has been given."""
        self._served.add((cue.scenario.name, cue.loc))

    def forget(self) -> None:
        """Forget what has been served."""
        self._served.clear()

    def leftovers(self) -> list[str]:
        """
        List what its scenarios have ready and nobody asked for, a sentence each.

        Of a turn's attempts each counts, of its cases one is enough, and so is one of the variants
        of a scenario. Those that answer by name alone owe nothing.
        """
        asked = {name for name, _ in self._served}
        families = {name.partition("@")[0] for name in asked if "@" in name}
        return [
            f"{scenario.where(*loc)}: {_words(loc)} of '{scenario.name}' was never asked for"
            for scenario in self.library.active
            if scenario.name in asked or scenario.name.partition("@")[0] not in families
            for number, turn in enumerate(scenario.model.turns)
            for loc in self._unserved(scenario, ("turns", number), turn)
        ]

    def _unserved(self, scenario: Scenario, loc: Loc, turn: Turn) -> Iterator[Loc]:
        name = scenario.name
        if turn.attempts:
            tries = [(*loc, "attempts", number) for number in range(len(turn.attempts))]
            missing = [each for each in tries if (name, each) not in self._served]
            yield from missing if len(missing) < len(tries) else [loc]
            return
        answers = [(*loc, "cases", number) for number in range(len(turn.cases or ()))] or [loc]
        if not any((name, each) in self._served for each in answers):
            yield loc


def _say(answer: Answer, request: Request, cue: Cue) -> tuple[Said, Head | None]:
    """Make what an answer sends, and what it puts on it."""
    head = compose_head(answer.http, request, cue) if answer.http else None
    if answer.say is not None:
        return compose(answer, request, cue), head
    if answer.error is not None:
        return compose_error(answer.error, request, cue), head
    return compose_verbatim(answer.http or Http(), request, cue), head


def _mode(answer: Answer, envelope: Envelope) -> Envelope:
    """Ask for a stream, or none, in the client's place where the answer is in a mode of its own."""
    if answer.mode == "asked":
        return envelope
    stream = {"other": not envelope.stream, "stream": True, "plain": False}
    return replace(envelope, stream=stream[answer.mode])


def _words(loc: Loc) -> str:
    """``turn 2``, or ``attempt 3 of turn 2``."""
    place, *inner = [step + 1 for step in loc if isinstance(step, int)]
    return f"attempt {inner[0]} of turn {place}" if inner else f"turn {place}"
