"""Text that came from outside, made fit for terminals, reports and files."""

from __future__ import annotations


def printable(text: str) -> str:
    """Spell out control characters, so that what a client sends cannot drive the terminal."""
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def printable_lines(text: str) -> str:
    """Do the same to each line of a text that has several; the line breaks stay."""
    return "\n".join(map(printable, text.split("\n")))
