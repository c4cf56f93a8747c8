"""What a call costs."""

from simulacra.domain.call import Usage
from simulacra.settings import Price

BATCH_SHARE = 0.5
"""A call in a batch costs this part of the price."""


def halved(price: Price) -> Price:
    """The price of calls in a batch."""
    parts = price.model_dump(exclude_none=True)
    return Price(**{part: BATCH_SHARE * value for part, value in parts.items()})


def cost_of(usage: Usage, price: Price) -> float:
    """US dollars for the tokens of a call; cached ones cost as all do where they have no price."""
    fresh = usage.tokens_in - usage.tokens_cached
    cached = price.input if price.cached_input is None else price.cached_input
    return (
        fresh * price.input + usage.tokens_cached * cached + usage.tokens_out * price.output
    ) / 1e6
