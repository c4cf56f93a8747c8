"""Observer report: others judge a person by what they say they would do."""
