"""Personality as people show it: by self report, in interviews, in choices; and as assigned."""
