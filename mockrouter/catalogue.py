"""Where the scenarios are that come with the product, and what each of their folders holds."""

from __future__ import annotations

from pathlib import Path
from typing import Final

FOLDERS: Final = {
    "calls": "Calls whose ids, indexes, names or pieces are not as they should be.",
    "arguments": "Arguments that are no JSON, or not what the tool asks for.",
    "turns": "What the model does with its turn: unknown tools, empty answers, no end.",
    "finish": "How a reply ends: reasons and last events that are wrong or missing.",
    "chunks": "Chunks and plain bodies of Chat Completions in an odd shape.",
    "stream": "Where a sound stream is cut into fragments.",
    "sound": "Replies that look odd and are sound: a client that mends them breaks them.",
    "responses": "Events and items of the Responses format, out of order or place.",
    "errors": "Errors of providers, before a reply and in the middle of one.",
    "history": "Servers that refuse what a client sends back.",
    "wire": "Lines, bytes, writes and connections.",
    "pace": "Replies that are late or slow, and sound otherwise.",
    "loops": "Conversations in which all goes well.",
}
"""What is in each folder of the catalogue; lists have them in this order."""


def folder() -> Path:
    """
    Find the catalogue: inside an installed package, beside it in a checkout.

    Raises:
        FileNotFoundError: The installation is broken.
    """
    here = Path(__file__).resolve().parent
    for place in (here / "scenarios", here.parent / "scenarios"):
        if (place / "auto.yaml").is_file():
            return place
    message = f"the scenarios of mockrouter are missing beside {here}"
    raise FileNotFoundError(message)
