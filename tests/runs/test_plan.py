from simulacra.domain.elicitation import Elicitation
from simulacra.domain.run import PersonaRef
from simulacra.runs.plan import estimate, item_seed, plan
from simulacra.seeds import seed_of
from tests.support.studies import spec


def test_interviews_go_persona_by_persona_then_by_replicate() -> None:
    interviews = plan(spec(2, replicates=2))
    assert [one.id for one in interviews] == [
        "p000.v1.r1",
        "p000.v1.r2",
        "p001.v1.r1",
        "p001.v1.r2",
    ]
    assert [one.position for one in interviews] == [0, 1, 2, 3]
    assert [one.replicate for one in interviews] == [1, 2, 1, 2]


def test_seeds_follow_from_seed_persona_item_and_replicate_alone() -> None:
    planned = spec(2, replicates=2, seed=5)
    interviews = plan(planned)
    assert [one.seed for one in interviews] == [
        seed_of(5, name, replicate) for name in ("p000", "p001") for replicate in (1, 2)
    ]
    assert item_seed(planned, interviews[1], "q1") == seed_of(5, "p000", "q1", 2)
    assert plan(spec(3, replicates=2, seed=5, concurrency=99))[:4] == interviews
    assert plan(spec(2, replicates=2, seed=6)) != interviews


def test_somebody_named_twice_is_interviewed_once() -> None:
    twice = (PersonaRef(id="a", version=1), PersonaRef(id="b", version=1)) * 2
    planned = spec(personas=twice)
    assert [one.persona.id for one in plan(planned)] == ["a", "b"]
    assert estimate(planned).interviews == 2


def test_two_versions_of_somebody_are_two_respondents() -> None:
    both = (PersonaRef(id="a", version=1), PersonaRef(id="a", version=2))
    assert len({one.id for one in plan(spec(personas=both))}) == 2


def test_the_estimate_counts_cells_and_calls() -> None:
    assert estimate(spec(4, 5, replicates=3)) == (12, 60, 60)
    assert estimate(spec(4, 5, replicates=3, method="cognitive")) == (12, 60, 180)


def test_the_estimate_counts_the_calls_of_an_elicitation() -> None:
    def calls(elicit: str, **changes: object) -> int:
        return estimate(spec(4, 5, elicit=Elicitation.named(elicit), **changes)).calls

    assert calls("stated") == 4 * 5
    assert calls("draws:7") == 4 * 5 * 7
    assert calls("logprobs") == 4 * 5 * 3 + 5 * 3  # three options in three orders, and priors
    assert calls("draws:7", method="cognitive") == 4 * 5 * (2 + 7)
    assert calls("logprobs", settings={"elicitation": "score"}) == calls(
        "choice", settings={"elicitation": "score"}
    )
