"""Answers of simulated people held against those of real ones, by item and by person."""
