"""
The providers' manners over the two formats, as data.

A dialect is code, a profile is data: whatever two providers of one format do differently is a field
here. Adding a provider is one value and one line in ``PROFILES``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from mockrouter.ids import BASE36, HEX, IdShape


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """
    How one provider speaks.

    Attributes:
        name: As in ``--profile`` and ``when: {profile: …}``.

        base: Path prefix of its API.

        api_key_env: Environment variable in which its own SDK looks for the key.

        chat_id: Shape of a chat completion's id.

        response_id: Shape of a Responses object's id.

        call_id: Shape of a tool call's id.

        message_id, function_call_id, reasoning_id: Shapes of Responses items' ids.

        provider: ``provider`` in chat objects; None leaves the field out.

        native_finish_reason: Whether choices carry ``native_finish_reason``.

        chat_start: Where the role of a chat stream stands: ``merged`` into the first content where
            there is one part, a ``separate`` first chunk, or in ``every`` delta, with the content.

        call_index: Whether calls in a plain chat reply carry ``index``.

        call_content: ``message.content`` beside tool calls when there is no text.

        system_fingerprint: Value in plain chat replies; ``False`` leaves the field out.

        stream_fingerprint: The same in chunks.

        service_tier: Value of ``service_tier``; None leaves it out of chat objects.

        logprobs: Whether choices carry ``logprobs: null``.

        message_extras: Whether plain messages carry ``refusal: null`` and ``annotations: []``.

        stream_usage: ``always``, or only ``on_request`` by ``stream_options.include_usage``.

        usage_choices: ``choices`` of the usage chunk: ``empty``, or the finish ``repeated``.

        cost: ``full`` with OpenRouter's details, ``plain`` number, or ``none``.

        obfuscation: Whether deltas carry random padding.

        chat_reasoning: Whether chat shows ``reasoning`` and ``reasoning_details``.

        reasoning_events: Which events Responses streams reasoning in.

        event_lines: Whether Responses streams have ``event:`` lines.

        responses_done: Whether a Responses stream ends with ``data: [DONE]``.

        name_in_arguments_done: Whether ``response.function_call_arguments.done`` has ``name``.

        keep_alive: SSE comment sent while the client waits; None for none.

        integer_codes: Whether ``error.code`` is the HTTP status as an integer.

        stateful: Whether ``store`` and ``previous_response_id`` work.

        model_rows: Whether ``GET /models`` has OpenAI's rows or OpenRouter's.

        request_id: Header that names the exchange, and the shape of its value.

        headers: On every response.

        default_model: Named in replies to requests that name none; None refuses such requests.
    """

    name: str
    base: str
    api_key_env: str
    chat_id: IdShape
    response_id: IdShape
    call_id: IdShape = IdShape("call_", 24)
    message_id: IdShape
    function_call_id: IdShape
    reasoning_id: IdShape
    provider: str | None = None
    native_finish_reason: bool = False
    chat_start: Literal["merged", "separate", "every"] = "separate"
    call_index: bool = False
    call_content: Literal[""] | None = None
    system_fingerprint: str | Literal[False] | None = False
    stream_fingerprint: str | Literal[False] | None = False
    service_tier: str | None = None
    logprobs: bool = False
    message_extras: bool = False
    stream_usage: Literal["always", "on_request"] = "always"
    usage_choices: Literal["empty", "repeated"] = "empty"
    cost: Literal["full", "plain", "none"] = "none"
    obfuscation: bool = False
    chat_reasoning: bool = False
    reasoning_events: Literal["summary", "text"] = "summary"
    event_lines: bool = True
    responses_done: bool = False
    name_in_arguments_done: bool = False
    keep_alive: str | None = None
    integer_codes: bool = True
    stateful: bool = False
    model_rows: Literal["openai", "openrouter"] = "openrouter"
    request_id: tuple[str, IdShape] = ("x-request-id", IdShape("req_", 32, HEX))
    headers: tuple[tuple[str, str], ...] = ()
    default_model: str | None = None

    @property
    def id_shapes(self) -> tuple[IdShape, ...]:
        """Every shape of id that this provider gives, for reading ids back."""
        return (
            self.call_id,
            self.chat_id,
            self.response_id,
            self.message_id,
            self.function_call_id,
            self.reasoning_id,
        )


OPENAI = Profile(
    name="openai",
    base="/v1",
    api_key_env="OPENAI_API_KEY",
    chat_id=IdShape("chatcmpl-", 29),
    response_id=IdShape("resp_", 50, HEX),
    message_id=IdShape("msg_", 50, HEX),
    function_call_id=IdShape("fc_", 50, HEX),
    reasoning_id=IdShape("rs_", 50, HEX),
    system_fingerprint="fp_44709d6fcb",
    stream_fingerprint="fp_44709d6fcb",
    service_tier="default",
    chat_start="merged",
    logprobs=True,
    message_extras=True,
    stream_usage="on_request",
    usage_choices="empty",
    obfuscation=True,
    integer_codes=False,
    model_rows="openai",
    stateful=True,
    headers=(
        ("openai-version", "2020-10-01"),
        ("openai-processing-ms", "100"),
        ("x-ratelimit-limit-requests", "500"),
        ("x-ratelimit-limit-tokens", "200000"),
        ("x-ratelimit-remaining-requests", "499"),
        ("x-ratelimit-remaining-tokens", "199000"),
        ("x-ratelimit-reset-requests", "120ms"),
        ("x-ratelimit-reset-tokens", "3ms"),
    ),
)

OPENROUTER = Profile(
    name="openrouter",
    base="/api/v1",
    api_key_env="OPENROUTER_API_KEY",
    chat_id=IdShape("gen-", 20, dated=True),
    response_id=IdShape("gen-", 20, dated=True),
    message_id=IdShape("msg_tmp_", 11, BASE36),
    function_call_id=IdShape("fc_tmp_", 11, BASE36),
    reasoning_id=IdShape("rs_tmp_", 11, BASE36),
    provider="mockrouter",
    native_finish_reason=True,
    chat_start="every",
    call_index=True,
    call_content="",
    system_fingerprint=None,
    service_tier="default",
    stream_usage="always",
    usage_choices="repeated",
    cost="full",
    chat_reasoning=True,
    reasoning_events="text",
    event_lines=False,
    responses_done=True,
    name_in_arguments_done=True,
    keep_alive="OPENROUTER PROCESSING",
    request_id=("x-generation-id", IdShape("gen-", 20, dated=True)),
    default_model="openrouter/auto",
)

SOLROUTER = Profile(
    name="solrouter",
    base="/ai",
    api_key_env="SOLROUTER_API_KEY",
    chat_id=IdShape("chatcmpl_", 29),
    response_id=IdShape("resp_", 50, HEX),
    message_id=IdShape("msg_", 50, HEX),
    function_call_id=IdShape("fc_", 50, HEX),
    reasoning_id=IdShape("rs_", 50, HEX),
    cost="plain",
    name_in_arguments_done=True,
    system_fingerprint="fp_44709d6fcb",
)

PROFILES: dict[str, Profile] = {p.name: p for p in (OPENAI, OPENROUTER, SOLROUTER)}
"""Every profile by its name."""
