"""A local mock server and test harness for tool-calling LLM clients."""

__version__ = "0.1.0"
