"""OpenRouter's SDK, which leaves it to its user to put streams together: by index, as it shows."""

from __future__ import annotations

from typing import Any

from openrouter import OpenRouter

from clients.observing.talking import FUNCTION, MODEL, QUESTION, ROUNDS, Case, Told, main


async def play(case: Case, told: Told) -> str | None:
    """Hold one conversation."""
    async with OpenRouter(server_url=case["url"], api_key="any") as client:
        talk = _chat if case["dialect"] == "chat" else _responses
        return await talk(client, told, stream=case["stream"])


async def _chat(client: OpenRouter, told: Told, *, stream: bool) -> str | None:
    history: list[Any] = [{"role": "user", "content": QUESTION}]
    asked: Any = {"model": MODEL, "tools": [{"type": "function", "function": FUNCTION}]}
    said: dict[str, Any] = {}
    for _ in range(ROUNDS):
        if stream:
            chunks: Any = await client.chat.send_async(messages=history, stream=True, **asked)
            async with chunks:
                said = _joined([chunk async for chunk in chunks])
        else:
            result: Any = await client.chat.send_async(messages=history, stream=False, **asked)
            said = result.choices[0].message.model_dump(by_alias=True, exclude_unset=True)
        if not said.get("tool_calls"):
            break
        history.append(said)
        for call in said["tool_calls"]:
            content = told.run(call["function"]["name"], call["function"]["arguments"])
            history.append({"role": "tool", "tool_call_id": call["id"], "content": content})
    return said.get("content")


def _joined(chunks: list[Any]) -> dict[str, Any]:
    calls: dict[int, dict[str, Any]] = {}
    text = ""
    for chunk in chunks:
        if chunk.error is not None:
            raise RuntimeError(chunk.error.message)
        for delta in (choice.delta for choice in chunk.choices):
            text += delta.content if isinstance(delta.content, str) else ""
            for part in delta.tool_calls or ():
                call = calls.setdefault(part.index, {"id": "", "name": "", "arguments": ""})
                call["id"] = part.id or call["id"]
                call["name"] = (part.function and part.function.name) or call["name"]
                call["arguments"] += (part.function and part.function.arguments) or ""
    made = [
        {"id": c["id"], "type": "function", "function": {k: c[k] for k in ("name", "arguments")}}
        for c in calls.values()
    ]
    return {"role": "assistant", "content": text, **({"tool_calls": made} if made else {})}


async def _responses(client: OpenRouter, told: Told, *, stream: bool) -> str | None:
    history: list[Any] = [{"role": "user", "content": QUESTION}]
    asked: Any = {"model": MODEL, "tools": [{"type": "function", "strict": None, **FUNCTION}]}
    text = ""
    for _ in range(ROUNDS):
        if stream:
            events: Any = await client.responses.send_async(input=history, stream=True, **asked)
            async with events:
                response = _final([event async for event in events])
        else:
            response = await client.responses.send_async(input=history, stream=False, **asked)
        items: list[Any] = response.output
        parts = [part for item in items if item.type == "message" for part in item.content]
        text = "".join(getattr(part, "text", "") for part in parts)
        calls = [item for item in items if item.type == "function_call"]
        if not calls:
            break
        history += [item.model_dump(by_alias=True, exclude_unset=True) for item in items]
        for call in calls:
            output = told.run(call.name, call.arguments)
            history.append(
                {"type": "function_call_output", "call_id": call.call_id, "output": output}
            )
    return text


def _final(events: list[Any]) -> Any:  # noqa: ANN401 - one of the SDK's models
    for event in reversed(events):
        if getattr(event, "response", None) is not None and event.type == "response.completed":
            return event.response
    kinds = [getattr(event, "type", type(event).__name__) for event in events[-2:]]
    message = f"no response.completed; the stream ends with {', '.join(map(str, kinds))}"
    raise RuntimeError(message)


if __name__ == "__main__":
    main(play)
