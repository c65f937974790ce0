"""From a request's bytes to its JSON object."""

from __future__ import annotations

import json
import math
from codecs import BOM_UTF8

from mockrouter.errors import BadRequest
from mockrouter.values import Json, JsonObject

_NOT_JSON = (
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
    "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not "
    "valid JSON. If you have trouble figuring out how to fix this, please contact us through our "
    "help center at help.openai.com.)"
)


def _refused(name: str) -> Json:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refused(text)


# Made once: the standard library makes one for each call that has hooks.
_DECODER = json.JSONDecoder(parse_constant=_refused, parse_float=_finite)


def parse(raw: bytes) -> JsonObject:
    """
    Parse a body.

    Raises:
        BadRequest: It is no JSON object.
    """
    try:
        body: Json = _DECODER.decode(raw.removeprefix(BOM_UTF8).decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise BadRequest(_NOT_JSON) from error
    if not isinstance(body, dict):
        raise BadRequest(_NOT_JSON)
    return body
