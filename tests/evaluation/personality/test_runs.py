"""An evaluation of traits through the engine, and what is told of it."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from evaluation.asking import Asking
from evaluation.instruments import find_instrument
from evaluation.personality.materials import interview, scenarios
from evaluation.personality.result import METHODS, Method, TraitsResult
from evaluation.personality.runs import FEW_NOTE, TraitsStudy
from evaluation.personality.section import section_of
from evaluation.report.evaluation import alone, page, write_evaluation
from simulacra.domain.persona import DOMAINS, FACETS, Personality
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.domain.survey import Instrument
from simulacra.errors import FatalModelError, InputError, UnknownName
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.survey.formats import read_instrument
from simulacra.workspace import Workspace
from tests.support.personality import Observer, Truthful, population

PLAYER, RATER, OTHER = "player", "rater", "other"
PEOPLE = population(4, seed=4)
FEW: Sequence[Method] = ("self", "interview")


def shipped(name: str) -> Instrument:
    return read_instrument(find_instrument(name))[0]


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=PLAYER))
    for one in PEOPLE:
        opened.personas.save(one)
    yield opened
    opened.close()


def seat(workspace: Workspace, spec: str, replies: Any) -> Any:
    info = ModelInfo(spec=spec, name=spec, default_temperature=1.0)
    workspace._models[spec] = ScriptedModel(replies, info=info)
    return replies


def study(
    workspace: Workspace,
    methods: Sequence[Method] = METHODS,
    *,
    people: int = len(PEOPLE),
    asked: str = "mini_ipip",
    raters: Sequence[str] = (RATER,),
    model: str = PLAYER,
    **choices: Any,
) -> TraitsStudy:
    asking = Asking(
        people=tuple(PersonaRef(id=one.id, version=1) for one in PEOPLE[:people]),
        mechanism=Mechanism(method="profile"), model=model, concurrency=1, **choices,
    )  # fmt: skip
    return TraitsStudy(workspace, shipped(asked), asking, methods, raters)


def cast(workspace: Workspace, asked: str = "mini_ipip") -> tuple[Truthful, Observer]:
    return (
        seat(workspace, PLAYER, Truthful(PEOPLE, shipped(asked))),
        seat(workspace, RATER, Observer(PEOPLE)),
    )


def told_alike(result: TraitsResult, out: Path) -> None:
    """The section and its files tell what the result does."""
    assert TraitsResult.model_validate_json(result.model_dump_json()) == result
    section = section_of(result)
    assert section.calls == result.calls and section.runs == result.runs
    names = [one.name for one in section.tables]
    assert names[:4] == ["mtmm", "convergent", "recovery_domains", "profiles"]
    assert {"functions", "acquiescence", "raters", "matrix", "facet_levels"} <= set(names)
    matrix = next(one for one in section.tables if one.name == "matrix")
    assert len(matrix.rows) == 15 and len(matrix.columns) == 16
    assert {"mtmm", "convergent", "recovery_facets", "functions"} <= {
        one.name for one in section.drawings
    }
    assert all("n = " in one.base or "a person" in one.base for one in section.drawings)
    assert any("more than people ever show" in one for one in section.warnings)
    report = alone(section, model=PLAYER, people=("Person",))
    assert page(report) == page(report)
    write_evaluation(report, out)
    assert (out / "traits_matrix.csv").is_file()


async def test_truthful_people_come_back_by_every_method(
    workspace: Workspace, tmp_path: Path
) -> None:
    player, rater = cast(workspace)
    asked = study(workspace)
    result = await asked.measure()
    assert list(result.runs) == [
        "self", "interview", "scenario", *(f"functions-{one.id}" for one in PEOPLE),
    ]  # fmt: skip
    assert asked.size().calls == len(player.requests) == 4 * (20 + 10 + 60 + 40)
    assert len(rater.requests) == asked.ratings == 4 * 5
    assert result.calls == len(player.requests) + len(rater.requests)
    by = {(one.person, one.method): one for one in result.levels}
    for person in PEOPLE:
        assert by[person.id, "interview"].facets == person.personality.facets
        assert by[person.id, "assigned"].domains == person.personality.domain_levels()
        near = by[person.id, "scenario"].facets
        assert all(abs(near[f] - level) <= 1 for f, level in person.personality.facets.items())
        assert by[person.id, "self"].facets == {} and len(by[person.id, "self"].domains) == 5
    assert [one.method for one in result.recovery] == ["self", "interview", "scenario"]
    rated = result.recovery[1]
    assert [one.r.value for one in rated.domains] == pytest.approx([1.0] * 5)
    assert rated.profile_mean.value == pytest.approx(1.0)
    assert result.functions and result.functions.balanced.value == 1.0
    assert result.mtmm and result.mtmm.people == 4
    assert result.mtmm.reliabilities["interview"] == {}  # the Mini-IPIP has no facets
    assert set(result.missing.values()) == {0}
    assert result.acquiescence and abs(result.acquiescence.mean.value or 0) < 0.2
    told_alike(result, tmp_path / "out")


async def test_a_rater_sees_answers_and_nothing_else_of_the_person(workspace: Workspace) -> None:
    _, rater = cast(workspace)
    await study(workspace, ["interview"]).measure()
    for request in rater.requests:
        text = "\n".join(message.text for message in request.messages)
        assert "Person 0" not in text and "female" not in text
        assert "I bear the mark" in text and interview().items[0].text in text


async def test_the_player_as_rater_is_said_everywhere(workspace: Workspace) -> None:
    both = Truthful(PEOPLE, shipped("mini_ipip")), Observer(PEOPLE)
    seat(workspace, PLAYER, lambda r: both[r.prompt_name == "rate_interview"](r))
    result = await study(workspace, ["self", "interview"], raters=()).measure()
    assert result.player_rates
    section = section_of(result)
    assert any("not valid" in one for one in section.warnings)
    assert all("The rater is the model that played" in one.note for one in section.tables)
    raters = next(one for one in section.tables if one.name == "raters")
    assert raters.rows[0] == ("rater", "player (the player)")
    assert result.model_dump(mode="json")["observers"]["raters"][0]["is_player"] is True
    cast(workspace)
    other = await study(workspace, ["self", "interview"]).measure()
    assert not other.player_rates
    assert not any("not valid" in one for one in section_of(other).warnings)
    assert not any("The rater is" in one.note for one in section_of(other).tables)


async def test_several_raters_are_averaged_and_what_is_unseen_is_missing(
    workspace: Workspace,
) -> None:
    cast(workspace)
    seat(workspace, OTHER, Observer(PEOPLE, off=1, blind=["anxiety", "anger", "trust"]))
    result = await study(workspace, ["interview"], raters=(RATER, OTHER)).measure()
    level = next(one for one in result.levels if one.method == "interview").facets
    given = PEOPLE[0].personality.facets
    assert level["anxiety"] == given["anxiety"]  # one rater saw it
    assert level["modesty"] == (given["modesty"] + min(5, given["modesty"] + 1)) / 2
    seen = result.observers
    assert seen and seen.ratings == 4 * 30 * 2 and seen.unseen == 4 * 3
    assert seen.icc_single.value and 0.5 < seen.icc_single.value < 0.95
    assert seen.icc_panel.value and seen.icc_panel.value > seen.icc_single.value
    blind = seat(workspace, RATER, Observer(PEOPLE, blind=["anxiety", "anger"]))
    alone_ = await study(workspace, ["interview"]).measure()
    first = next(one for one in alone_.levels if one.method == "interview")
    assert "anxiety" not in first.facets and "neuroticism" not in first.domains
    assert blind.requests and "extraversion" in first.domains


async def test_ratings_that_cannot_be_read_are_missing_with_the_reason(
    workspace: Workspace,
) -> None:
    cast(workspace)
    seat(workspace, RATER, lambda _: "I would say quite high.")
    result = await study(workspace, ["self", "interview"]).measure()
    assert result.observers and len(result.observers.unrated) == 4 * 5
    assert {one.method for one in result.levels} == {"assigned", "self"}
    assert any("could not be rated" in one for one in section_of(result).warnings)


async def test_interrupted_it_goes_on_where_it_stopped(workspace: Workspace) -> None:
    player, rater = cast(workspace)
    player.dies_after = 50
    with pytest.raises(FatalModelError):
        await study(workspace, FEW).measure()
    player.dies_after, rater.dies_after = None, 7
    with pytest.raises(FatalModelError):
        await study(workspace, FEW).measure()
    assert len(player.requests) == 4 * 30  # all runs are done; ratings are still to be bought
    rater.dies_after = None
    first = await study(workspace, FEW).measure()
    assert len(rater.requests) == 4 * 5 and len(player.requests) == 4 * 30
    assert first.calls == 4 * 30 + 4 * 5
    second = await study(workspace, FEW).measure()  # complete: this one is a retest
    assert set(first.runs.values()).isdisjoint(second.runs.values())
    assert len(rater.requests) == 2 * 4 * 5 and len(player.requests) == 2 * 4 * 30
    seat(workspace, OTHER, Observer(PEOPLE))
    await study(workspace, FEW, raters=(OTHER,)).measure()
    assert len(player.requests) == 3 * 4 * 30  # other raters make another measurement


async def test_one_person_has_profiles_and_no_matrix(workspace: Workspace) -> None:
    cast(workspace, "ipip_neo_120")
    result = await study(workspace, ["self"], people=1, asked="ipip_neo_120").measure()
    assert result.mtmm is None and result.notes == (FEW_NOTE,)
    assert result.recovery[0].profiles[0].r.value == pytest.approx(1.0)
    section = section_of(result)
    assert FEW_NOTE in section.warnings
    assert any("over the facets" in one for one in section.findings)
    assert any("too few people answered for an interval" in one for one in section.findings)
    assert section.sample.startswith("1 person, 1 interview each")
    assert "profiles" in {one.name for one in section.drawings}


async def test_people_without_assigned_traits_are_measured_all_the_same(
    workspace: Workspace,
) -> None:
    bare = PEOPLE[0].model_copy(update={"personality": Personality(), "version": 2})
    workspace.personas.save(bare)
    cast(workspace)
    seat(workspace, PLAYER, Truthful(PEOPLE, shipped("mini_ipip")))
    asking = Asking(
        people=(PersonaRef(id=bare.id, version=2),), mechanism=Mechanism(method="profile"),
        model=PLAYER, concurrency=1,
    )  # fmt: skip
    found = TraitsStudy(workspace, shipped("mini_ipip"), asking, ["self"])
    result = await found.measure()
    assert result.recovery[0].profiles == () and len(result.levels) == 1
    with pytest.raises(InputError, match="order of the eight functions"):
        TraitsStudy(workspace, shipped("mini_ipip"), asking, ["functions"])


def test_what_cannot_be_measured_is_refused(workspace: Workspace) -> None:
    with pytest.raises(InputError, match="leave out interview"):
        study(workspace, model="behavioural")
    with pytest.raises(UnknownName, match="There is no model 'nobody'"):
        study(workspace, raters=("nobody",))
    seat(workspace, RATER, Observer(PEOPLE))
    with pytest.raises(InputError, match="named twice"):
        study(workspace, raters=(RATER, RATER))
    with pytest.raises(InputError, match="cannot rate an interview"):
        study(workspace, raters=("behavioural",))
    asking = Asking(people=(PersonaRef(id=PEOPLE[0].id, version=1),), model="behavioural")
    with pytest.raises(InputError, match="has no scales of the Big Five"):
        TraitsStudy(workspace, interview(), asking, ["self"])


def test_two_situations_for_every_facet() -> None:
    told = scenarios()
    assert [one.facet for one in told.scenarios] == [f for f in FACETS for _ in range(2)]
    texts = [text for one in told.scenarios for text in (one.text, one.low, one.middle, one.high)]
    assert len(set(texts)) == 4 * 60
    assert all(len(text.split()) <= 32 for text in texts)
    assert len(interview().items) == 2 * len(DOMAINS)
    items = told.instrument().items
    assert {tuple(option.code for option in item.options) for item in items} == {("1", "3", "5")}
    assert all(item.shuffle for item in items)
