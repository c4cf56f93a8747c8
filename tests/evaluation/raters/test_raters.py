"""Models as raters: what they see, what they give, and what is bought once."""

import asyncio
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, ClassVar

import pytest

from evaluation.raters.base import Rated, RaterInfo, Rating, Scale, Unrated, View
from evaluation.raters.model import ModelRater, reply_schema, room_of
from evaluation.raters.panel import Panel, mean_score
from simulacra.domain.call import Request
from simulacra.errors import FatalModelError, InputError, UnknownName
from simulacra.llm.port import ModelInfo
from simulacra.llm.scripted import ScriptedModel
from simulacra.settings import Settings
from simulacra.workspace import Workspace

MODEL = "rater"
FIT = Scale(name="fit", asks="How well does it fit?", anchors=((0, "not at all"), (100, "wholly")))
PROMPT = "# user\nJudge this: {{ thing }}\n\n{{ scales }}\n"


class Thing(View):
    role: ClassVar[str] = "thing"
    prompt: ClassVar[str] = "thing"
    thing: str

    @property
    def scales(self) -> tuple[Scale, ...]:
        return (FIT,)


class Tale(View):
    role: ClassVar[str] = "tale"
    prompt: ClassVar[str] = "tale"
    writes: ClassVar[bool] = True
    thing: str


@pytest.fixture(autouse=True)
def _prompts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "thing.md").write_text(PROMPT, encoding="utf-8")
    (folder / "tale.md").write_text("# user\nTell of {{ thing }}\n", encoding="utf-8")
    for view in (Thing, Tale):
        monkeypatch.setattr(view, "folder", folder)


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    opened = Workspace.open(tmp_path / "w", settings=Settings(model=MODEL))
    yield opened
    opened.close()


def rater(
    workspace: Workspace, replies: Callable[[Request], str], account: str = "one", **more: Any
) -> tuple[ModelRater, list[Request]]:
    asked: list[Request] = []

    def reply(request: Request) -> str:
        asked.append(request)
        return replies(request)

    info = ModelInfo(spec=MODEL, name=MODEL, **more)
    workspace._models[MODEL] = ScriptedModel(reply, info=info)
    return ModelRater.open(workspace, account, MODEL), asked


def good(request: Request) -> str:
    return json.dumps({"reason": "It does.", "fit": 70})


async def test_a_rating_has_a_number_on_each_scale_and_the_reason(workspace: Workspace) -> None:
    one, asked = rater(workspace, good)
    assert await one.rate(Thing(thing="a tram")) == Rating(scores={"fit": 70}, reason="It does.")
    text = asked[0].messages[0].text
    assert "a tram" in text and "0 to 100" in text and "- 100: wholly" in text


async def test_what_was_rated_is_never_bought_again_but_a_retest_is(workspace: Workspace) -> None:
    one, asked = rater(workspace, good)
    first = await one.rate(Thing(thing="a tram"))
    assert await one.rate(Thing(thing="a tram")) == first
    assert len(asked) == 1 == len(workspace.authoring.calls("one"))
    again, asked = rater(workspace, good, "two")
    await again.rate(Thing(thing="a tram"))
    assert len(asked) == 1


@pytest.mark.parametrize("said", ["fine", '{"reason":"x","fit":101}', '{"reason":" ","fit":3}'])
async def test_an_unreadable_rating_is_asked_for_once_more_and_then_missing(
    workspace: Workspace, said: str
) -> None:
    one, asked = rater(workspace, lambda _: said)
    found = await one.rate(Thing(thing="a tram"))
    assert isinstance(found, Unrated) and "no usable Rating" in found.why
    assert len(asked) == 2 and "a tram" in asked[1].messages[0].text
    assert isinstance(await one.rate(Thing(thing="a tram")), Unrated)
    assert len(asked) == 2  # the two replies are kept as well


async def test_a_second_reply_that_can_be_read_counts(workspace: Workspace) -> None:
    one, asked = rater(
        workspace, lambda request: "no" if len(request.messages) == 1 else good(request)
    )
    assert isinstance(await one.rate(Thing(thing="a tram")), Rating)
    assert len(asked) == 2


async def test_a_text_is_whole_sentences_and_an_empty_one_is_missing(workspace: Workspace) -> None:
    one, _ = rater(workspace, lambda _: "A tram. It was bl")
    assert await one.rate(Tale(thing="a tram")) == Rating(text="A tram.")
    one, _ = rater(workspace, lambda _: "A tram. It hums. It hums. A bell.", "three")
    assert await one.rate(Tale(thing="a tram")) == Rating(text="A tram. It hums.")
    one, asked = rater(workspace, lambda _: "  ", "two")
    assert isinstance(await one.rate(Tale(thing="a tram")), Unrated)
    assert len(asked) == 2


async def test_a_model_that_fails_stops_the_panel_and_what_was_rated_is_kept(
    workspace: Workspace,
) -> None:
    def fails(request: Request) -> str:
        if "third" in request.messages[0].text:
            raise FatalModelError("the key was withdrawn")
        return good(request)

    one, _ = rater(workspace, fails)
    views = [Thing(thing=name) for name in ("first", "second", "third", "fourth")]
    with pytest.raises(FatalModelError):
        await Panel([one], concurrency=1).rate(views)
    assert len(workspace.authoring.calls("one")) == 2
    one, asked = rater(workspace, good)
    heard: list[tuple[int, int]] = []
    found = await Panel([one]).rate(views, lambda done, of: heard.append((done, of)))
    assert len(asked) == 2 and heard[-1] == (4, 4)
    assert mean_score(found[views[3].id].values(), "fit") == 70
    assert mean_score([Unrated(why="no")], "fit") is None


class Slow:
    """Rates after so many turns of the loop; takes one role or every one."""

    def __init__(self, name: str, turns: int, roles: tuple[str, ...] | None = None) -> None:
        self.info, self._turns = RaterInfo(name=name, roles=roles), turns

    async def rate(self, view: View) -> Rated:
        for _ in range(self._turns):
            await asyncio.sleep(0)
        return Rating(scores={"fit": self._turns})


async def test_ratings_come_in_the_order_of_the_raters_whoever_is_done_first() -> None:
    view = Thing(thing="a tram")
    panel = Panel([Slow("late", 9), Slow("soon", 1), Slow("never", 1, ("tale",))])
    found = await panel.rate([view, view])
    assert list(found[view.id]) == ["late", "soon"]
    assert mean_score(found[view.id].values(), "fit") == 5


def test_a_panel_has_raters_with_names_of_their_own(workspace: Workspace) -> None:
    one, _ = rater(workspace, good)
    with pytest.raises(InputError, match="stands twice"):
        Panel([one, one])
    with pytest.raises(InputError, match="at least one"):
        Panel([])


def test_where_the_player_rates_its_name_says_so(workspace: Workspace) -> None:
    rater(workspace, good)
    played = ModelRater.open(workspace, "one", MODEL, name="r1", player=MODEL)
    assert played.info == RaterInfo(name="r1", is_player=True, reads=60_000)
    assert played.info.label == "r1 (the player)"
    with pytest.raises(UnknownName):
        ModelRater.open(workspace, "one", "nothing:of:the:kind")


def test_a_small_model_gives_no_reasons_and_is_shown_little() -> None:
    assert set(reply_schema((FIT,), reasons=False).model_fields) == {"fit"}
    assert room_of(ModelInfo(spec="a", name="a", detail="brief", context_tokens=4096)) == 500
    assert room_of(ModelInfo(spec="a", name="a")) > 50_000


def test_views_with_other_contents_have_other_ids() -> None:
    assert Thing(thing="a").id == Thing(thing="a").id != Thing(thing="b").id
