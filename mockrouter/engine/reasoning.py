"""
Whether a client sends back the reasoning that came with the calls of its history.

What came is not remembered: the scenario says it again. Only what differs from one exchange to the
next, the nonce in ids, may then be any.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from mockrouter.dialects import DIALECTS
from mockrouter.engine.compose import compose
from mockrouter.engine.conversation import position
from mockrouter.engine.cue import Cue
from mockrouter.errors import BadRequest, CannotAnswer
from mockrouter.ids import HOLE_MARK, NONCE_LENGTH
from mockrouter.profiles import Profile
from mockrouter.reply import Reasoning, Reply
from mockrouter.request import Request
from mockrouter.scenario.expect import ReasoningRule
from mockrouter.scenario.scenario import Scenario
from mockrouter.values import Json, JsonObject, compact

Given: TypeAlias = Callable[[int], list[JsonObject]]
"""What the message of this number may have been; nothing where it had no reasoning."""

_FIELDS: Final = ("reasoning_content", "reasoning", "reasoning_details")
_NONCE: Final = f"[0-9a-f]{{{NONCE_LENGTH}}}"
_UNREADABLE: Final = (
    "The encrypted content for item {id} could not be verified. "
    "Reason: Encrypted content could not be decrypted or parsed."
)

_NOT_KEPT: Final = (
    "Item '{id}' not found. Items are not persisted when `store` is set to false. "
    "Try again with `store` set to true, or remove this item from your input."
)


def given_by(scenario: Scenario, request: Request, profile: Profile, seed: int) -> Given:
    """
    Say again what a scenario said.

    Args:
        scenario: That the conversation is with.

        request: The newest of the conversation.

        profile: The provider's manner.

        seed: The server's.
    """

    def given(number: int) -> list[JsonObject]:
        before = _before(request, number)
        key = Cue(scenario, (), 0, 0, seed).key
        turn = position(before, key, profile.id_shapes, scenario.scripted_ids)
        turns = scenario.model.turns
        place = min(turn, len(turns) - 1)
        kind = "attempts" if turns[place].attempts else "cases"
        several = bool(turns[place].attempts or turns[place].cases)
        found = []
        for index, answer in enumerate(turns[place].answers):
            loc = ("turns", place, kind, index) if several else ("turns", place)
            attempt = index if turns[place].attempts else 0
            cue = Cue(scenario, loc, turn, attempt, seed)
            if isinstance(answer.say, list) and (said := _said(answer, before, cue)):
                found.append(_plain(said, before, profile, cue))
        return found

    return given


def _said(answer: Json, request: Request, cue: Cue) -> Reply | None:
    try:
        reply = compose(answer, request, cue)
    except (CannotAnswer, BadRequest):
        return None
    return reply if any(isinstance(part, Reasoning) for part in reply.parts) else None


def _before(request: Request, number: int) -> Request:
    """Cut a conversation off before one of its messages."""
    body = request.body
    if isinstance(body.get("messages"), list):
        body = body | {"messages": body["messages"][:number]}
    return replace(request, messages=request.messages[:number], body=body)


def _plain(reply: Reply, request: Request, profile: Profile, cue: Cue) -> JsonObject:
    envelope = replace(request.envelope, stream=False)
    wire = DIALECTS[request.dialect].render(reply, envelope, profile, cue.ids(envelope.created))
    body: JsonObject = json.loads(wire.body)
    if request.dialect == "responses":
        return {"items": [i for i in body["output"] if i["type"] == "reasoning"]}
    text = "".join(part.text for part in reply.parts if isinstance(part, Reasoning))
    message: JsonObject = body["choices"][0]["message"]
    shown = {"reasoning_content": text, "reasoning": text}
    return shown | {"reasoning_details": message.get("reasoning_details")}


def sent_back(rule: ReasoningRule, request: Request, given: Given) -> Iterator[BadRequest]:
    """Say what is wrong with the reasoning in a history."""
    if request.dialect == "responses":
        yield from _items(rule, request, given)
        return
    messages = request.body.get("messages")
    for number, message in enumerate(messages if isinstance(messages, list) else ()):
        if isinstance(message, dict) and message.get("tool_calls"):
            yield from _message(rule, message, number, given(number))


def _message(
    rule: ReasoningRule, message: JsonObject, number: int, said: list[JsonObject]
) -> Iterator[BadRequest]:
    fields = (rule.field,) if rule.field else _FIELDS
    there = [name for name in fields if message.get(name)]
    param = f"messages.[{number}].{rule.field or (there or fields)[0]}"
    if rule.sent == "absent":
        if there:
            yield BadRequest(f"Unknown parameter: '{param}'.", param=param)
        return
    if not there:
        if said or rule.field:
            text = f"The `{fields[0]}` in the thinking mode must be passed back to the API."
            yield BadRequest(text, param=param)
    elif rule.sent == "equal" and said and not any(_equal(each, message, there) for each in said):
        text = f"messages.{number}.content.0: Invalid `signature` in `thinking` block"
        yield BadRequest(text, param=param)


def _equal(said: JsonObject, message: JsonObject, fields: list[str]) -> bool:
    return all(_same(said[name], message[name]) for name in fields)


def _items(rule: ReasoningRule, request: Request, given: Given) -> Iterator[BadRequest]:
    """Look at the reasoning items of Responses: one has to stand in each turn that calls."""
    sent = request.body.get("input")
    thoughts = [i for i in sent or () if isinstance(i, dict) and i.get("type") == "reasoning"]
    if rule.sent == "absent":
        for item in thoughts:
            yield _unreadable(item)
        return
    for number, message in enumerate(request.messages):
        wanted = given(number) if message.calls else []
        for item in wanted[0]["items"] if wanted else ():
            found = [i for i in thoughts if _same(item["id"], i.get("id", item["id"]))]
            found = [i for i in found if i.get("encrypted_content") or "id" in i]
            if not found:
                what = message.calls[0].id
                text = (
                    f"Item '{what}' of type 'function_call' was provided without its required "
                    f"'reasoning' item: '{item['id'].replace(HOLE_MARK, '')}'."
                )
                yield BadRequest(text, param="input")
            elif not any(i.get("encrypted_content") for i in found):
                yield BadRequest(_NOT_KEPT.format(id=found[0]["id"]), status=404, param="input")
            elif rule.sent == "equal" and not any(_opaque(w, i) for w in wanted for i in found):
                yield _unreadable(found[0])


def _opaque(said: JsonObject, item: JsonObject) -> bool:
    """Whether an item is one of those that were said, as far as only its maker can read it."""
    name = "encrypted_content"
    return any(_same(each.get(name), item.get(name)) for each in said["items"])


def _unreadable(item: JsonObject) -> BadRequest:
    text = _UNREADABLE.format(id=item.get("id"))
    return BadRequest(text, param="input", code="invalid_encrypted_content")


def _same(said: Json, sent: Json) -> bool:
    """Compare what was said, with a hole where the nonce was, to what is sent back."""
    if isinstance(said, list) and isinstance(sent, list):
        said, sent = _joined(said), _joined(sent)
    pattern = _NONCE.join(map(re.escape, compact(said).split(HOLE_MARK)))
    return re.fullmatch(pattern, compact(sent)) is not None


def _joined(details: list[Json]) -> Json:
    """Join the pieces of ``reasoning_details`` that a stream sent, and put their keys in order."""
    made: list[JsonObject] = []
    for detail in details:
        if not isinstance(detail, dict):
            return details
        last = made[-1] if made else {}
        same = made and all(detail.get(k) == last.get(k) for k in ("type", "index"))
        if not same:
            made.append(dict(detail))
            continue
        for key, value in detail.items():
            grows = key in {"text", "summary", "data"} and isinstance(value, str)
            last[key] = f"{last.get(key) or ''}{value}" if grows else value
    return [dict(sorted(each.items())) for each in made]
