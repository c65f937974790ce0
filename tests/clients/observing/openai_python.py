"""The openai SDK: its stream helpers, and the loop that its guide shows around them."""

from __future__ import annotations

from typing import Any

from openai import AsyncOpenAI

from clients.observing.talking import FUNCTION, MODEL, QUESTION, ROUNDS, Case, Told, main


async def play(case: Case, told: Told) -> str | None:
    """Hold one conversation."""
    async with AsyncOpenAI(base_url=case["url"], api_key="any") as client:
        talk = _chat if case["dialect"] == "chat" else _responses
        return await talk(client, told, stream=case["stream"])


async def _chat(client: AsyncOpenAI, told: Told, *, stream: bool) -> str | None:
    history: list[Any] = [{"role": "user", "content": QUESTION}]
    asked: Any = {"model": MODEL, "tools": [{"type": "function", "function": FUNCTION}]}
    message = None
    for _ in range(ROUNDS):
        if stream:
            async with client.chat.completions.stream(messages=history, **asked) as events:
                completion: Any = await events.get_final_completion()
        else:
            completion = await client.chat.completions.create(messages=history, **asked)
        message = completion.choices[0].message
        if not message.tool_calls:
            break
        history.append(message)
        for call in message.tool_calls:
            content = told.run(call.function.name, call.function.arguments)
            history.append({"role": "tool", "tool_call_id": call.id, "content": content})
    return message.content if message else None


async def _responses(client: AsyncOpenAI, told: Told, *, stream: bool) -> str | None:
    history: list[Any] = [{"role": "user", "content": QUESTION}]
    asked: Any = {"model": MODEL, "tools": [{"type": "function", "strict": False, **FUNCTION}]}
    text = None
    for _ in range(ROUNDS):
        if stream:
            async with client.responses.stream(input=history, **asked) as events:
                response: Any = await events.get_final_response()
        else:
            response = await client.responses.create(input=history, **asked)
        text = response.output_text
        calls = [item for item in response.output if item.type == "function_call"]
        if not calls:
            break
        history += response.output
        for call in calls:
            output = told.run(call.name, call.arguments)
            history.append(
                {"type": "function_call_output", "call_id": call.call_id, "output": output}
            )
    return text


if __name__ == "__main__":
    main(play)
