"""How far two distributions of answers are apart, and how widely each is spread.

Every function takes shares with the categories on the last axis, so that a whole bootstrap is one
call; where shares are undefined (nobody answered), so is the result.
"""

import numpy as np

from evaluation.intervals import Points


def wasserstein(first: Points, second: Points, values: Points) -> Points:
    """Wasserstein-1, the least mean amount by which answers must move to turn one into the other.

    The area between the distribution functions (Vallender, 1974, Theory of Probability and Its
    Applications 18, 784-786), in units of ``values``, which go from low to high.
    """
    gaps = np.abs(np.cumsum(first - second, axis=-1))[..., :-1]
    found: Points = (gaps * np.diff(values)).sum(axis=-1)
    return found


def jensen_shannon(first: Points, second: Points) -> Points:
    """Jensen-Shannon distance, from 0 to 1: the root of the divergence to base 2.

    Lin (1991, IEEE Transactions on Information Theory 37, 145-151) gives the divergence, Endres
    and Schindelin (2003, the same journal 49, 1858-1860) its root as a distance.
    """
    middle = (first + second) / 2
    divergence = (_relative(first, middle) + _relative(second, middle)) / 2
    found: Points = np.sqrt(np.clip(divergence, 0, 1))
    return found


def total_variation(first: Points, second: Points) -> Points:
    """Half the sum of the absolute differences: the share of answers that would have to change."""
    found: Points = np.abs(first - second).sum(axis=-1) / 2
    return found


def means(shares: Points, values: Points) -> Points:
    """The mean of the answers."""
    found: Points = shares @ values
    return found


def variances(shares: Points, values: Points | None) -> Points:
    """The variance of ordered answers; Gini's index of diversity (1912), 1 - sum p^2, of others.

    For two categories one unit apart the index is twice the variance, so ratios of both agree.
    """
    if values is None:
        index: Points = 1 - (shares**2).sum(axis=-1)
        return index
    centre = means(shares, values)[..., None]
    found: Points = (shares * (values - centre) ** 2).sum(axis=-1)
    return found


def _relative(shares: Points, other: Points) -> Points:
    """Relative entropy in bits (Kullback and Leibler, 1951)."""
    ratio = np.divide(shares, other, out=np.ones_like(shares), where=(shares > 0) & (other > 0))
    terms = shares * np.log2(ratio)
    found: Points = terms.sum(axis=-1)
    return found
