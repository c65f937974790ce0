"""The provider's other endpoints that tool-calling clients touch."""
