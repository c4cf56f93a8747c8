"""An item of an instrument becomes the question that one respondent sees."""

from collections.abc import Sequence

from simulacra.domain.survey import Instrument, Item, Kind, Option, Question
from simulacra.seeds import seed_of


def present(item: Item, instrument: Instrument, *, seed: int) -> Question:
    """The question as shown; where the item shuffles, the order of options follows from ``seed``.

    Options that are fixed, exclusive or stand for a missing answer keep their place. A rating keeps
    its direction or is turned round as a whole, so that neighbours stay neighbours.
    """
    return Question(
        item_id=item.id,
        kind=item.kind,
        text=item.text,
        options=_ordered(item, seed) if item.shuffle else item.options,
        minimum=item.minimum,
        maximum=item.maximum,
        choose=item.choose,
        required=item.required,
        language=instrument.language,
        instructions=f"{instrument.instructions} {item.help}".strip(),
    )


def _ordered(item: Item, seed: int) -> tuple[Option, ...]:
    movable = [option for option in item.options if not _stays(option)]
    if item.kind == Kind.RATING:
        turned = seed_of("direction", seed, item.id) % 2 == 1
        shown: Sequence[Option] = movable[::-1] if turned else movable
    else:
        shown = sorted(movable, key=lambda option: seed_of("order", seed, item.id, option.code))
    following = iter(shown)
    return tuple(option if _stays(option) else next(following) for option in item.options)


def _stays(option: Option) -> bool:
    return option.fixed or option.exclusive or option.missing is not None
