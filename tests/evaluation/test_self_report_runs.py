"""A self report through the engine: resumable, costed, and never read from another one."""

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from evaluation.asking import Asking
from evaluation.self_report.runs import SelfReportStudy
from simulacra.domain.call import Request
from simulacra.domain.persona import Persona
from simulacra.domain.run import Mechanism, PersonaRef
from simulacra.errors import FatalModelError, InputError
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace
from tests.support.self_report import person

MODEL = "planted"
PEOPLE = ("ada", "bo")
METHODS = (Mechanism(method="blank"), Mechanism(method="profile"))


class Planted:
    """Chooses the first options on offer, and gives the second value of a cloze."""

    def __init__(self) -> None:
        self.requests: list[Request] = []
        self.dies_after: int | None = None

    def __call__(self, request: Request) -> str:
        if self.dies_after is not None and len(self.requests) >= self.dies_after:
            raise FatalModelError("the key was withdrawn")
        self.requests.append(request)
        if request.output is None:
            return "Value 2"
        several = "items" in json.dumps(request.output.definition)
        return json.dumps({"answer": list("ABC") if several else "A"})


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=MODEL))
    for name in PEOPLE:
        opened.personas.save(person(name))
    yield opened
    opened.close()


def plant(workspace: Workspace) -> Planted:
    planted = Planted()
    info = ModelInfo(spec=MODEL, name=MODEL, default_temperature=1.0)
    workspace._models[MODEL] = ScriptedModel(planted, info=info)
    return planted


def study(
    workspace: Workspace,
    who: Sequence[str] = PEOPLE,
    methods: Sequence[Mechanism] = METHODS,
    replicates: int = 2,
) -> SelfReportStudy:
    people = tuple(PersonaRef(id=one, version=1) for one in who)
    asking = Asking(people=people, model=MODEL, replicates=replicates, concurrency=1)
    return SelfReportStudy(workspace, asking, methods)


async def test_people_and_methods_side_by_side(workspace: Workspace) -> None:
    planted = plant(workspace)
    asked = study(workspace)
    assert list(asked.specs) == ["ada blank", "ada profile", "bo blank", "bo profile"]
    assert asked.size().cells == 2 * 2 * 2 * 15
    assert planted.requests == []
    results = await asked.measure()
    assert [one.personas for one in results] == [("ada",), ("bo",)]
    assert [one.method for one in results[0].methods] == ["blank", "profile"]
    for one in results:
        assert one.replicates == 2
        for method in one.methods:
            assert method.kinds["cloze"].points == 2  # the one whose value is the second
            assert (method.calls, len(method.answers)) == (30, 2)
            assert method.usage.tokens_in > 0
        assert one.differences[0].score.value == 0
        assert set(one.runs) == {"blank", "profile"}
    assert len(planted.requests) == 4 * 30


async def test_interrupted_it_goes_on_and_complete_it_is_a_new_one(workspace: Workspace) -> None:
    planted = plant(workspace)
    planted.dies_after = 50
    with pytest.raises(FatalModelError):
        await study(workspace).measure()
    planted.dies_after = None
    first = await study(workspace).measure()
    assert len(planted.requests) == 4 * 30
    second = await study(workspace).measure()
    assert len(planted.requests) == 8 * 30
    assert set(first[0].runs.values()).isdisjoint(second[0].runs.values())
    assert [one.methods for one in first] != []


async def test_a_measurement_of_others_is_not_taken_for_a_part_of_this(
    workspace: Workspace,
) -> None:
    planted = plant(workspace)
    await study(workspace, ("ada",), METHODS[:1]).measure()
    await study(workspace).measure()
    assert len(planted.requests) == 30 + 4 * 30


def test_what_cannot_be_measured_is_refused(workspace: Workspace) -> None:
    plant(workspace)
    for methods in ([], [METHODS[0], METHODS[0]]):
        with pytest.raises(InputError, match="each only once"):
            study(workspace, methods=methods)
    silent: Persona = workspace.personas.save(person("cy", questions=[]))
    with pytest.raises(InputError, match="Cy has no self-report questions"):
        study(workspace, (silent.id,))
