"""How well the answers fit the people who gave them."""
