"""Makes personas/personality/correlations.yaml from open answers to the 30 IPIP-NEO facet scales.

Source: Anglim and Grant (2016), Predicting psychological and subjective well-being from
personality: Incremental prediction from 30 facets over the Big 5, Journal of Happiness Studies
17(1), 59-80, doi 10.1007/s10902-014-9583-7; the data stand in the R package personalityfacets
(github.com/jeromyanglim/personalityfacets). To do it again:

    git clone https://github.com/jeromyanglim/personalityfacets && cd personalityfacets
    Rscript -e 'load("data/facets_data.rda"); write.csv(facets_data, "facets.csv")'
    python tests/reference/facet_correlations.py facets.csv
"""

import argparse
from pathlib import Path

import numpy as np
import pandas as pd

from simulacra.domain.persona import DOMAINS, FACETS

HEADER = """\
# Inter-correlations of the 30 facets: Pearson correlations among the scores of {people} people
# on the IPIP-NEO scales (ten items each), computed from the open data of Anglim & Grant (2016),
# Predicting psychological and subjective well-being from personality: Incremental prediction from
# 30 facets over the Big 5, Journal of Happiness Studies 17(1), 59-80, doi 10.1007/s10902-014-9583-7
# (R package personalityfacets), by tests/reference/facet_correlations.py. The standard error of
# one correlation is at most {error:.3f}.
#
# Row i holds the correlations of a facet with those above it, in hundredths.
people: {people}
hundredths:
"""


def main() -> None:
    """Read the table, print the file."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table", type=Path, help="CSV with columns ipip_n_anxiety and so on")
    table = pd.read_csv(parser.parse_args().table)
    columns = [
        f"ipip_{domain[0]}_{facet}" for domain, facets in DOMAINS.items() for facet in facets
    ]
    matrix = np.corrcoef(table[columns].to_numpy(), rowvar=False)
    print(HEADER.format(people=len(table), error=1 / (len(table) - 1) ** 0.5), end="")
    for place, facet in enumerate(FACETS):
        row = ", ".join(f"{round(100 * value):d}" for value in matrix[place, :place])
        print(f"  {facet}: [{row}]")


if __name__ == "__main__":
    main()
