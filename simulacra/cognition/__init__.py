"""The mind: how a person comes to an answer."""
