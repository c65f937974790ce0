"""Reading scenario files: YAML with places, and every mistake in its author's words."""
