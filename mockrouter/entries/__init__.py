"""
The journal as people read it: requests with their calls, results and conversations.

Pure functions over exchanges.
"""

from mockrouter.entries.calls import ToolCall, ToolResult
from mockrouter.entries.entry import Entry, entries

__all__ = ["Entry", "ToolCall", "ToolResult", "entries"]
