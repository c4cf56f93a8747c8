"""Who answers: characters with lives, where they come from, and how they are kept in files."""
