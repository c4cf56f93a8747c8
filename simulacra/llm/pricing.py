"""What a call costs."""

from simulacra.domain.call import Usage
from simulacra.settings import Price


def cost_of(usage: Usage, price: Price) -> float:
    """US dollars for the tokens of a call; cached prompt tokens have their own price."""
    fresh = usage.tokens_in - usage.tokens_cached
    return (
        fresh * price.input
        + usage.tokens_cached * price.cached_input
        + usage.tokens_out * price.output
    ) / 1e6
