"""Seeds are the same on every machine; these numbers may never change."""

from hypothesis import given
from hypothesis import strategies as st

from simulacra.seeds import seed_of

NAMES = st.lists(st.text(max_size=8) | st.integers(), max_size=5)


def test_known_seeds() -> None:
    assert seed_of(0, "ilka-varga", "q1", 1) == 88718425
    assert seed_of("köttbullar") == 498197386


@given(NAMES)
def test_a_seed_fits_in_31_bits_and_is_stable(names: list[str | int]) -> None:
    assert 0 <= seed_of(*names) < 2**31
    assert seed_of(*names) == seed_of(*names)


def test_every_name_counts_with_its_place_and_type() -> None:
    seeds = [
        seed_of(1, "a"), seed_of("a", 1), seed_of("1", "a"), seed_of("1a"), seed_of(1, "a", ""),
        seed_of(1, "b"), seed_of(),
    ]  # fmt: skip
    assert len(set(seeds)) == len(seeds)


def test_seeds_of_many_cells_do_not_collide_often() -> None:
    seeds = {seed_of(7, f"p{p}", f"q{q}", r) for p in range(50) for q in range(40) for r in (1, 2)}
    assert len(seeds) >= 3_999
