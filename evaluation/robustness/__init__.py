"""Robustness: whether answers stay what they are when an item is put another way."""
