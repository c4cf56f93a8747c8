"""Experiments on simulated people: each is a file of data, with an analysis that it names."""
