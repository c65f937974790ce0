"""The formats. Adding one is a module of three functions, and a line here."""

from __future__ import annotations

from mockrouter.dialects.base import Dialect
from mockrouter.dialects.chat import CHAT
from mockrouter.dialects.responses import RESPONSES

DIALECTS: dict[str, Dialect] = {dialect.name: dialect for dialect in (CHAT, RESPONSES)}
"""Every dialect by its name."""

BY_PATH: dict[str, Dialect] = {dialect.path: dialect for dialect in DIALECTS.values()}
"""Every dialect by its path below a profile's base."""
