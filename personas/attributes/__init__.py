"""Attributes of people: pools and constraints as data, and how one person is drawn from them."""
