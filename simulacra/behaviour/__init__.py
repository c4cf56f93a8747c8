"""Simulated respondents with known traits, against which every analysis can be tested."""
