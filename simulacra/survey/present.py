"""An item of an instrument becomes the question that one respondent sees."""

from collections.abc import Mapping, Sequence

from simulacra.domain.answer import Response
from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.survey.condition import parse_condition
from simulacra.survey.orders import Draw, balanced
from simulacra.survey.piping import fill
from simulacra.survey.values import truth


def present(
    item: Item,
    instrument: Instrument,
    draw: Draw,
    responses: Mapping[str, Response],
    *,
    lead: Sequence[str] = (),
) -> Question:
    """The question as shown: earlier answers filled in, options that apply, in their order.

    Where the item shuffles, orders are balanced over the study's respondents. Options that are
    fixed, exclusive or stand for a missing answer keep their place; a rating keeps its direction or
    is turned round as a whole, so that neighbours stay neighbours. Where only some options are to
    be shown, each is shown equally often over the study. ``lead`` are the texts shown
    since the last question.
    """
    items = {one.id: one for one in instrument.items} if _pipes(item, lead) else {}

    def filled(text: str) -> str:
        return fill(text, items, responses, seed=draw.respondent)

    options = [
        option.model_copy(update={"label": filled(option.label)})
        for option in item.options
        if option.condition is None or truth(parse_condition(option.condition).value(responses))
    ]
    shown = _ordered(item, options, draw) if item.shuffle or item.show else options
    return Question(
        item_id=item.id,
        kind=item.kind,
        lead="\n\n".join(filled(text) for text in lead),
        text=filled(item.text),
        options=tuple(shown),
        minimum=item.minimum,
        maximum=item.maximum,
        step=item.step,
        choose=_can_be_chosen(item, len(shown)),
        total=item.total,
        low=filled(item.low),
        high=filled(item.high),
        required=item.required,
        language=instrument.language,
        instructions=filled(f"{instrument.instructions} {item.help}".strip()),
    )


def _pipes(item: Item, lead: Sequence[str]) -> bool:
    """Whether any of the texts may hold a pipe."""
    texts = (item.text, item.help, item.low, item.high, *lead)
    return any("${" in text for text in (*texts, *(option.label for option in item.options)))


def _can_be_chosen(item: Item, shown: int) -> tuple[int, int] | None:
    """How many options to choose: no more than there are where only some are shown."""
    if item.choose is None or item.show is None:
        return item.choose
    least, most = item.choose
    return min(least, shown), min(most, shown)


def _ordered(item: Item, options: list[Option], draw: Draw) -> list[Option]:
    """The options in this respondent's order, as many of the movable ones as are to be shown."""
    movable = [option for option in options if not _stays(option)]
    drawn = balanced(movable, draw, f"options {item.id}")[: item.show]
    if not item.shuffle or item.kind == Kind.RATING:
        drawn = [option for option in movable if option in drawn]
    if item.shuffle and item.kind == Kind.RATING:
        turned = balanced((False, True), draw, f"direction {item.id}")[0]
        drawn = drawn[::-1] if turned else drawn
    following = iter(drawn)
    placed = (option if _stays(option) else next(following, None) for option in options)
    return [option for option in placed if option is not None]


def _stays(option: Option) -> bool:
    return option.fixed or option.exclusive or option.missing is not None
