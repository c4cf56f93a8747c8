"""Raters: models or people who judge what they are shown, and nothing else."""
