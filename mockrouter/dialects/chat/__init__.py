"""
Chat Completions.

Source: https://platform.openai.com/docs/api-reference/chat and
https://openrouter.ai/docs/api/api-reference/chat
"""

from __future__ import annotations

from mockrouter.dialects.base import Dialect
from mockrouter.dialects.chat.read import read
from mockrouter.dialects.chat.render import render
from mockrouter.dialects.errors import render_error

CHAT = Dialect(
    name="chat", path="/chat/completions", read=read, render=render, render_error=render_error
)
