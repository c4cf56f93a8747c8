"""What can be wrong with a character, as findings that point at their passages."""
