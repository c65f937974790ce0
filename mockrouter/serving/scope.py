"""What the app and the routes behind it tell each other of a request."""

from __future__ import annotations

from typing import Final

from mockrouter.reply import ErrorReply

TARGET: Final = "mockrouter.target"
"""Key in the scope of what the URL asks for; None where that is nothing of a provider's."""


class NotServedError(Exception):
    """
    Nothing is served there, or not for this method.

    Attributes:
        said: What the client is told.
    """

    def __init__(self, said: ErrorReply) -> None:
        """Tell the client *said*."""
        super().__init__(said.message)
        self.said = said
