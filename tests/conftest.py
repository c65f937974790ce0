"""What holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# A shared machine is slow now and then, which is no mistake of the code.
settings.register_profile("local", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.load_profile("ci" if os.environ.get("CI") else "local")
