"""An observer report through the engine: answered, rated, resumed, repeated."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from evaluation.asking import Asking
from evaluation.observer.finding import found
from evaluation.observer.result import ObserverResult
from evaluation.observer.scenarios import first
from evaluation.observer.section import section_of
from evaluation.observer.study import ROLES, Observation
from evaluation.raters.forms import Form, read_forms
from evaluation.report.evaluation import alone, as_csv, page
from simulacra.domain.call import Request
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.errors import FatalModelError, InputError
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.observers import FIRST, PLAYER, SECOND, judge, model, play, whole
from tests.support.robustness import crowd


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=PLAYER))
    for one in crowd(3):
        opened.personas.save(one)
    opened._models[PLAYER] = model(PLAYER, play)
    opened._models[FIRST] = model(FIRST, judge())
    opened._models[SECOND] = model(SECOND, judge(way="manner"))
    yield opened
    opened.close()


def observation(
    workspace: Workspace,
    *raters: str,
    people: tuple[str, ...] = ("person-0",),
    scenarios: int = 10,
    **more: Any,
) -> Observation:
    asking = Asking(
        people=tuple(PersonaRef(id=one, version=1) for one in people),
        mechanism=Mechanism(method="profile"),
        model=PLAYER,
        seed=1,
        replicates=more.pop("replicates", 1),
    )
    return Observation(workspace, first(scenarios), asking, raters, **more)


async def measured(workspace: Workspace, *raters: str, **more: Any) -> ObserverResult:
    one = observation(workspace, *raters, **more)
    return found(workspace, one, await one.gather())


async def test_one_person_with_two_raters(workspace: Workspace) -> None:
    result = await measured(workspace, FIRST, SECOND)
    (person,) = result.people
    assert person.name == "Person 0" and person.other in ("Person 1", "Person 2")
    assert [one.of for one in person.descriptions] == ["Person 0"] * 2 + [person.other] * 2
    assert person.found.fit.value == 60 and person.found.fit.n == 2
    assert result.overall.similarity.n == 10 and result.overall.similarity.interval
    assert not result.player_rates and result.unanswered == 0 and result.unjudged == 0
    # Both raters judge both expected answers; the variants stand beside the first of them.
    assert {one.ratings for one in result.raters} == {10 * (2 + 3) + 4}
    roles = {one.role: one for one in result.agreement}
    assert roles["similarity"].targets == 10 * 3 and roles["similarity"].raters == 2
    assert (roles["similarity"].alpha.value or 0) > 0.8
    assert (roles["similarity"].single.value or 0) < (roles["similarity"].mean.value or 0)
    assert len(result.domains) == 5 and {one.scenarios for one in result.domains} == {2}
    assert {(one.rater, one.variant) for one in result.probe} == {
        (rater, variant)
        for rater in (FIRST, SECOND, "all raters")
        for variant in ("padded", "flattered", "other")
    }
    assert ObserverResult.model_validate_json(result.model_dump_json()) == result


async def test_raters_are_never_told_whose_answers_they_judge(workspace: Workspace) -> None:
    asked: list[Request] = []
    workspace._models[FIRST] = model(FIRST, judge(), asked)
    await measured(workspace, FIRST, scenarios=3)
    by_role: dict[str, list[str]] = {}
    for one in asked:
        by_role.setdefault(one.agent, []).append(whole(one))
    assert set(by_role) == {"describe", "expect", "fit", "similarity"}
    for role in ("describe", "similarity"):
        assert not any("Person 0" in text or "counted the stairs" in text for text in by_role[role])
    for role in ("expect", "fit"):
        assert all("counted the stairs" in text for text in by_role[role])
        assert not any("that is how I am" in text for text in by_role[role])


async def test_what_was_stopped_goes_on_and_a_retest_is_bought_anew(workspace: Workspace) -> None:
    asked: list[Request] = []
    good = judge()

    def dies(request: Request) -> str:
        if len(asked) > 8:
            raise FatalModelError("the key was withdrawn")
        return good(request)

    workspace._models[FIRST] = model(FIRST, dies, asked)
    with pytest.raises(FatalModelError):
        await measured(workspace, FIRST, scenarios=3)
    played: list[Request] = []
    workspace._models[PLAYER] = model(PLAYER, play, played)
    again: list[Request] = []
    workspace._models[FIRST] = model(FIRST, good, again)
    result = await measured(workspace, FIRST, scenarios=3)
    once = 2 + 3 + 2 + 3 * 4
    assert not played and len(again) == once - 8
    assert result.calls == 6 + once
    retest = await measured(workspace, FIRST, scenarios=3)
    assert retest.measurement != result.measurement and retest.runs != result.runs
    assert len(played) == 6 and len(again) == once - 8 + once
    assert {one.score for one in retest.judgements if one.role == "fit"} == {60}


async def test_equal_seeds_give_equal_results_in_another_workspace(
    workspace: Workspace, tmp_path: Path
) -> None:
    mine = await measured(workspace, FIRST, scenarios=4)
    with Workspace.open(tmp_path / "other", settings=Settings(model=PLAYER)) as other:
        for one in crowd(3):
            other.personas.save(one)
        other._models.update({PLAYER: model(PLAYER, play), FIRST: model(FIRST, judge())})
        theirs = await measured(other, FIRST, scenarios=4)
    assert theirs.judgements == mine.judgements and theirs.overall == mine.overall


async def test_where_the_player_rates_every_table_and_the_section_say_so(
    workspace: Workspace,
) -> None:
    good = judge()

    def both(request: Request) -> str:
        rating = request.agent in ("describe", "expect", "fit", "similarity")
        return good(request) if rating else play(request)

    workspace._models[PLAYER] = model(PLAYER, both)
    result = await measured(workspace, PLAYER, SECOND, scenarios=5)
    assert result.player_rates and [one.rater.is_player for one in result.raters] == [True, False]
    section = section_of(result)
    assert "The rater is the player" in section.warnings[0]
    assert all("The rater is the player" in one.note for one in section.tables)
    assert all("The rater is the player" in one.base for one in section.drawings)
    assert "player (the player)" in as_csv(section.tables[1])
    other = section_of(await measured(workspace, FIRST, SECOND, scenarios=5))
    assert not any("is the player" in text for text in other.warnings)
    assert not any("is the player" in one.note for one in other.tables)


async def test_a_planted_bias_for_length_is_found_and_said(workspace: Workspace) -> None:
    workspace._models[FIRST] = model(FIRST, judge(lambda text: len(text.split())))
    result = await measured(workspace, FIRST, SECOND, scenarios=12)
    marked = {one.rater for one in result.probe if one.flagged and one.variant == "padded"}
    assert FIRST in marked and SECOND not in marked
    section = section_of(result)
    assert any("by first changed by +" in one and "padding" in one for one in section.findings)
    assert any("distorted" in one and "second" not in one for one in section.warnings)


async def test_three_people_are_each_others_control(workspace: Workspace) -> None:
    everybody = ("person-0", "person-1", "person-2")
    result = await measured(workspace, FIRST, people=everybody, scenarios=4, replicates=2)
    assert [one.other for one in result.people] == ["Person 1", "Person 2", "Person 0"]
    assert result.overall.similarity.n == 3  # the interval is over people
    assert result.people[0].found.similarity.n == 4
    section = section_of(result)
    assert [one.name for one in section.drawings] == ["parts", "people", "probe"]
    assert section.tables[0].rows[-1][0] == "all"
    assert "<svg" in page(alone(section, model=PLAYER, people=("Person 0",)))


async def test_a_rater_who_always_says_the_same_is_named(workspace: Workspace) -> None:
    workspace._models[FIRST] = model(
        FIRST, lambda r: judge()(r) if r.agent != "similarity" else '{"reason":"x","similarity":1}'
    )
    section = section_of(await measured(workspace, FIRST, SECOND, scenarios=3))
    (said,) = [one for one in section.warnings if one.startswith("One and the same number")]
    assert FIRST in said and SECOND not in said


async def test_unreadable_judgements_are_missing_with_their_reason(workspace: Workspace) -> None:
    good = judge()
    workspace._models[FIRST] = model(
        FIRST, lambda r: "a lot" if r.agent == "similarity" else good(r)
    )
    result = await measured(workspace, FIRST, scenarios=3)
    missing = [one for one in result.judgements if one.score is None]
    assert len(missing) == 12 and all("no usable Rating" in one.why for one in missing)
    assert result.raters[0].missing == 12 and result.overall.similarity.value is None
    assert result.unjudged == 12
    section = section_of(result)
    assert any(one.name == "missing" for one in section.tables)
    assert "judged by nobody" in " ".join(section.warnings)


async def test_without_anybody_else_there_is_no_control(tmp_path: Path) -> None:
    with Workspace.open(tmp_path / "alone", settings=Settings(model=PLAYER)) as workspace:
        workspace.personas.save(crowd(1)[0])
        workspace._models.update({PLAYER: model(PLAYER, play), FIRST: model(FIRST, judge())})
        result = await measured(workspace, FIRST, scenarios=3)
    assert result.overall.similarity_other.value is None
    assert "no control" in " ".join(section_of(result).warnings)


async def test_people_rate_in_two_rounds_beside_a_model(
    workspace: Workspace, tmp_path: Path
) -> None:
    one = observation(workspace, FIRST, scenarios=2, keep_open=True)
    got = await one.gather()
    forms = {form.role: form for form in got.forms}
    assert len(forms["similarity"].tasks) == 8 and len(forms["describe"].tasks) == 2
    scored = tmp_path / "ana.csv"
    lines = [f"{got.measurement},similarity,{task.id},{50 + n},Ana"
             for n, task in enumerate(forms["similarity"].tasks[:5])]  # fmt: skip
    written = [f'{got.measurement},expect,{task.id},"I wait. So I do.",Ben'
               for task in forms["expect"].tasks]  # fmt: skip
    scored.write_text("\n".join(["measurement,role,task,similarity,rater", *lines]))
    told = tmp_path / "ben.csv"
    told.write_text("\n".join(["measurement,role,task,text,rater", *written]))
    filled = read_forms([scored, told], ROLES)
    two = observation(workspace, FIRST, scenarios=2, forms=filled, keep_open=True)
    more = await two.gather()
    assert more.run_id == got.run_id and more.measurement == got.measurement
    result = found(workspace, two, more)
    names = {one.rater.name: one for one in result.raters}
    assert set(names) == {FIRST, "Ana", "Ben"} and names["Ana"].ratings == 5
    assert names["Ana"].missing == 0 and names["Ben"].ratings == 0
    assert result.unjudged == 0  # the model judged what Ben wrote as well
    assert {form.role: len(form.tasks) for form in more.forms}["similarity"] == 10
    done = observation(workspace, FIRST, scenarios=2, forms=filled)
    await done.gather()
    assert (await measured(workspace, FIRST, scenarios=2)).measurement != got.measurement


def filled_in(folder: Path, form: Form, rater: str) -> Path:
    """A form as somebody filled it in: every task, with a text or a number by its place."""
    path = folder / f"{form.role}-{rater}.csv"
    rows = [
        f"{form.measurement},{form.role},{task.id},{rater},{rater} says {place}.,{place},{place}"
        for place, task in enumerate(form.tasks)
    ]
    path.write_text("\n".join(["measurement,role,task,rater,text,fit,similarity", *rows]))
    return path


async def test_people_alone_rate_in_two_rounds(workspace: Workspace, tmp_path: Path) -> None:
    one = observation(workspace, scenarios=3, keep_open=True)
    first_round = await one.gather()
    assert "Nobody has judged" in section_of(found(workspace, one, first_round)).findings[0]
    forms = {form.role: form for form in first_round.forms}
    assert {role: len(form.tasks) for role, form in forms.items()} == {"describe": 2, "expect": 3}
    filled_in(tmp_path, forms["describe"], "Ana")
    filled_in(tmp_path, forms["expect"], "Cleo")
    two = observation(
        workspace, scenarios=3, forms=read_forms([tmp_path], ROLES), keep_open=True
    )
    forms = {form.role: form for form in (await two.gather()).forms}
    assert (len(forms["fit"].tasks), len(forms["similarity"].tasks)) == (2, 12)
    for rater in ("Ana", "Bob"):
        filled_in(tmp_path, forms["similarity"], rater)
    filled_in(tmp_path, forms["fit"], "Cleo")
    three = observation(workspace, scenarios=3, forms=read_forms([tmp_path], ROLES))
    result = found(workspace, three, await three.gather())
    assert result.calls == 6 and result.unjudged == 0 and not result.player_rates
    assert {result.overall.fit.value, result.overall.fit_other.value} == {0, 1}
    (agreed,) = result.agreement
    assert agreed.role == "similarity" and agreed.targets == 6 and agreed.alpha.value == 1


async def test_forms_that_do_not_belong_here_are_refused(
    workspace: Workspace, tmp_path: Path
) -> None:
    def form(*rows: str) -> Path:
        path = tmp_path / "form.csv"
        path.write_text("\n".join(["measurement,role,task,fit,similarity,text,rater", *rows]))
        return path

    strange = read_forms([form("observer-x-1,fit,fit-1,5,,,Ana")], ROLES)
    with pytest.raises(InputError, match="no measurement of this kind here"):
        observation(workspace, FIRST, forms=strange)
    sides = form("observer-x-1,fit,fit-1,5,,,Ana", "observer-x-1,similarity,s-1,,5,,Ana")
    with pytest.raises(InputError, match="both sides"):
        observation(workspace, FIRST, forms=read_forms([sides], ROLES))
    got = await observation(workspace, FIRST, scenarios=2, keep_open=True).gather()
    later = read_forms([form(f"{got.measurement[:-1]}2,fit,fit-1,5,,,Ana")], ROLES)
    with pytest.raises(InputError, match="no measurement of this kind here"):
        observation(workspace, FIRST, scenarios=2, forms=later)
    unknown = read_forms([form(f"{got.measurement},fit,fit-1,5,,,Ana")], ROLES)
    with pytest.raises(InputError, match=r"line 2: the task fit-1 is not one of observer-"):
        await observation(workspace, FIRST, scenarios=2, forms=unknown).gather()
    with pytest.raises(InputError, match="nobody rates"):
        observation(workspace)


async def test_the_size_is_what_is_then_bought(workspace: Workspace) -> None:
    one = observation(workspace, FIRST, SECOND, scenarios=4)
    asked, rated = one.size()
    result = found(workspace, one, await one.gather())
    assert asked.cells == 8 and rated + 8 == result.calls
    assert json.loads(result.model_dump_json())["calls"] == result.calls
