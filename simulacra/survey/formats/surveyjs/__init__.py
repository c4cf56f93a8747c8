"""SurveyJS survey definitions."""
