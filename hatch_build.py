"""The build hook: ships the catalogue of scenarios inside the wheel."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class Catalogue(BuildHookInterface):  # type: ignore[type-arg]
    """
    Adds ``scenarios/`` to wheels as ``mockrouter/scenarios``.

    An editable install reads the folder where it is: a copy would go stale.
    """

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Called by hatchling; *version* is ``editable`` or ``standard``."""
        if self.target_name == "wheel" and version != "editable":
            build_data["force_include"]["scenarios"] = "mockrouter/scenarios"
