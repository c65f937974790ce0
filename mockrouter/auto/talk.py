"""Talk that asks for nothing that a tool could do: greetings, thanks and plain chat."""

from __future__ import annotations

import re

_PLEASANTRY = re.compile(
    r"\W*(?:hello|hi|hey|hiya|howdy|greetings|good\s(?:morning|afternoon|evening|night)"
    r"|thanks|thank\syou|thx|cheers|welcome|ok|okay|great|cool|perfect|awesome|goodbye|bye"
    r"|bonjour|salut|merci|hola|gracias|hallo|danke|ciao|grazie|olá|obrigad[oa]|привет|спасибо"
    r"|你好|谢谢|こんにちは|ありがとう(?:ございます)?|안녕하세요|감사합니다)"
    r"(?:\s+(?:there|all|everyone|again|so\smuch|very\smuch|a\slot|for\s[^.,;:!?\n]{1,60}))*"
    r"(?!\w)\W*",
    re.IGNORECASE,
)
_CHAT = re.compile(
    r"(?:(?:please|so|and)\s+)*(?:(?:can|could|would)\s+you\s+(?:please\s+)?)?(?:"
    r"(?:tell|give|write)\s(?:me\s)?(?:a|an|another)\s(?:\w+\s)?(?:joke|story|riddle|poem|haiku|song)"
    r"|explain|sing|(?:who|how)\sare\syou|how\sdo\syou\sdo|what\s(?:are\syou|can\syou\sdo|is\syour\sname)"
    r"|what's\s(?:up|your\sname)|how\s(?:is|are)\s(?:it|things)\sgoing|how's\sit\sgoing"
    r")\b",
    re.IGNORECASE,
)


def after_pleasantries(words: str) -> str:
    """Leave out the greetings and thanks that words begin with."""
    rest = words
    while match := _PLEASANTRY.match(rest):
        rest = rest[match.end() :]
    return rest


def is_talk(words: str) -> bool:
    """Say whether words only greet or thank, or begin as chat does; empty ones do neither."""
    rest = after_pleasantries(words)
    return (rest != words and not rest.strip()) or _CHAT.match(rest.lstrip()) is not None
