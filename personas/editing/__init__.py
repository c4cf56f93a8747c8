"""Changing a character: what was changed, what depends on it, refreshing it, going back."""
