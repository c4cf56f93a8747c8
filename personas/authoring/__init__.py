"""How a character is made: outline, biography, story, facts; every call bought once."""
