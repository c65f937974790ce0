"""The pytest plugin's room; its fixtures come with the next release."""
