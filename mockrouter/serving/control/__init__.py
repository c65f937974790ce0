"""
The control API under ``/_mockrouter/``: how the server is, and what it has been asked.

It refuses foreign origins and hosts, so that no web page can drive a developer's local mock.
"""

from mockrouter.serving.control.access import refuses
from mockrouter.serving.control.routes import control_routes

__all__ = ["control_routes", "refuses"]
