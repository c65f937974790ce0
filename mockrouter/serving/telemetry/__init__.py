"""
What is told to the outside of how a server does: figures for Prometheus, spans for OpenTelemetry.

Both listen to the journal, so that a server without them pays nothing for them.
"""
