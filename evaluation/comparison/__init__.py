"""Runs side by side: two or more models or methods on the same items and the same people."""
