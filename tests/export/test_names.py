"""Names for SPSS and Stata: legal, unique, and of bounded length, whatever they are made from."""

import re

from hypothesis import given
from hypothesis import strategies as st

from simulacra.export.names import (
    SPSS_SIZE,
    STATA_SIZE,
    spss_name,
    stata_name,
    unique_names,
)

NAMES = st.lists(st.text(min_size=1, max_size=80), max_size=12)
LIKELY = st.lists(st.sampled_from(["if", "To", "q_1", "Q_1", "q.1", "x" * 70, "str4"]), max_size=12)


@given(NAMES | LIKELY)
def test_names_of_stata(names: list[str]) -> None:
    made = unique_names(map(stata_name, names), size=STATA_SIZE)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_]*", name) for name in made)
    assert all(len(name) <= STATA_SIZE for name in made)
    assert len({name.casefold() for name in made}) == len(names)


@given(NAMES | LIKELY)
def test_names_of_spss(names: list[str]) -> None:
    made = unique_names(map(spss_name, names), size=SPSS_SIZE)
    assert all(re.fullmatch(r"[A-Za-z][A-Za-z0-9_.$#@]*", name) for name in made)
    assert all(len(name.encode()) <= SPSS_SIZE and not name.endswith(".") for name in made)
    assert len({name.casefold() for name in made}) == len(names)


@given(st.lists(st.sampled_from(["a", "A", "a_2", "a_2_2"]), max_size=12))
def test_names_of_other_files_keep_their_case(names: list[str]) -> None:
    made = unique_names(names)
    assert len(set(made)) == len(names)
    assert all(one.startswith(name) for one, name in zip(made, names, strict=True))
    assert len(set(names)) < len(names) or made == names
