import pytest
from pydantic import ValidationError

from simulacra.domain.run import PersonaRef
from simulacra.domain.selection import Score, SelectionSpec, Verdict
from simulacra.errors import UnknownName
from simulacra.storage.database import Database
from simulacra.storage.selections import SelectionRepository
from tests.support.candidates import verdict

SPEC = SelectionSpec(
    candidates=(PersonaRef(id="ada", version=1), PersonaRef(id="bo", version=3)),
    keep=1,
    model="scripted",
)


class Clock:
    """Seconds that pass one a look."""

    def __init__(self) -> None:
        self.now = 1_790_000_000.0

    def __call__(self) -> float:
        self.now += 1
        return self.now


@pytest.fixture
def selections(database: Database) -> SelectionRepository:
    return SelectionRepository(database, clock=Clock())


def test_equal_specs_are_one_selection(selections: SelectionRepository) -> None:
    one = selections.begin(SPEC)
    assert selections.begin(SPEC) == one
    other = selections.begin(SPEC.model_copy(update={"seed": 1}))
    assert other.id != one.id
    assert selections.list() == [other, one]
    assert one.spec == SPEC and one.scores == () and one.overrides == ()


def test_scores_come_back_as_they_were(selections: SelectionRepository) -> None:
    started = selections.begin(SPEC)
    said = Verdict.model_validate(verdict(3, 9, "a student at 80 — „wirklich“"))
    scores = (Score(persona_id="bo", verdict=said), Score(persona_id="ada", note="no reply"))
    for score in scores:
        selections.add(started.id, score)
    assert selections.get(started.id).scores == scores


def test_a_score_once_stored_stays(selections: SelectionRepository) -> None:
    started = selections.begin(SPEC)
    first = Score(persona_id="ada", verdict=Verdict.model_validate(verdict(3, 9)))
    selections.add(started.id, first)
    selections.add(started.id, Score(persona_id="ada", note="another"))
    assert selections.get(started.id).scores == (first,)


def test_overrides_are_rows(selections: SelectionRepository) -> None:
    started = selections.begin(SPEC)
    selections.override(started.id, "ada", "keep", by="Eva", reason="a rare life")
    selections.override(started.id, "ada", "drop", by="Jan", reason="twin of Bo")
    found = selections.get(started.id).overrides
    assert [(one.decision, one.by, one.reason) for one in found] == [
        ("keep", "Eva", "a rare life"),
        ("drop", "Jan", "twin of Bo"),
    ]
    assert found[0].at < found[1].at
    assert found[0].at.tzinfo is not None


def test_what_does_not_fit_is_refused(selections: SelectionRepository) -> None:
    started = selections.begin(SPEC)
    with pytest.raises(UnknownName, match="'cy' is no candidate"):
        selections.override(started.id, "cy", "keep", by="Eva", reason="x")
    with pytest.raises(ValidationError, match="reason"):
        selections.override(started.id, "ada", "keep", by="Eva", reason="")
    with pytest.raises(UnknownName, match="no selection 'none'"):
        selections.get("none")
    assert selections.get(started.id).overrides == ()
