"""The server as one test sees it."""

from __future__ import annotations

import json

from mockrouter.engine.engine import Engine
from mockrouter.engine.journal import Exchange
from mockrouter.profiles import Profile
from mockrouter.scenario.library import AUTO, Library, load_text
from mockrouter.values import JsonObject


class Mock:
    """
    A namespace on the server, which nobody else asks in.

    Attributes:
        root: ``http://127.0.0.1:PORT``.

        name: The namespace's token.
    """

    def __init__(self, engine: Engine, root: str, namespace: str) -> None:
        """Answer as with no scenario at all, until ``play``."""
        self.root = root
        self._engine = engine
        self.name = namespace
        self._scenario = AUTO

    def play(self, text: str, name: str | None = None) -> None:
        """Answer by a scenario given as YAML; *name* where others are to ask for it too."""
        scenario = load_text(text, name=name or self.name)
        named = {**self._engine.library.named, scenario.name: scenario}
        self._engine.use(Library(self._engine.library.active, named))
        self._scenario = scenario.name

    def url(self, profile: Profile) -> str:
        """Give the base URL for a client, with no slash at its end."""
        return f"{self.root}/~{self.name}/s/{self._scenario}{profile.base}"

    @property
    def exchanges(self) -> list[Exchange]:
        """What was asked in here, oldest first."""
        return [each for each in self._engine.journal if each.namespace == self.name]

    @property
    def requests(self) -> list[JsonObject]:
        """The bodies that clients sent."""
        return [json.loads(each.body) for each in self.exchanges if each.body]
