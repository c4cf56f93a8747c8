"""Frozen values that everything else passes on."""
