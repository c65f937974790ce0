"""The Agents SDK sends traces to OpenAI, wherever its models are; not from these tests."""

from agents import set_tracing_disabled

set_tracing_disabled(disabled=True)
