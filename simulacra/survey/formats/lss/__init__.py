"""LimeSurvey survey files (LSS)."""
