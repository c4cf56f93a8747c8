"""Runs: planned, conducted with bounded concurrency, resumed, watched."""
