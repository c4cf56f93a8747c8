"""Populations: many people at once, to margins or from microdata, with a report of how they fit."""
