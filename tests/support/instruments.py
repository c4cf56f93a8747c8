"""Any instrument at all, for property tests: every kind, blocks, loops and a flow."""

from typing import Any

from hypothesis import strategies as st

from simulacra.domain.flow import Block, Branch, End, Group, Loop, Randomise, Round, SetField, Show
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row, Skip

TEXT = st.text(st.characters(blacklist_categories=("Cs",)), max_size=20)
SOME_TEXT = TEXT.filter(bool)
CODES = SOME_TEXT.filter(lambda code: code not in {str(n) for n in range(-99, -93)})
CONDITIONS = st.sampled_from(["a = 1", "selected(b, 'x') and not answered(c)"])
IDS = st.from_regex(r"[A-Za-z][A-Za-z0-9_.]{0,8}", fullmatch=True)
KEYS = st.from_regex(r"[A-Za-z0-9_]{1,6}", fullmatch=True)
OPTIONS = st.lists(
    st.builds(
        Option,
        code=CODES,
        label=TEXT,
        exclusive=st.booleans(),
        fixed=st.booleans(),
        missing=st.sampled_from([None, -96, -97]),
        text_entry=st.booleans(),
        condition=st.none() | CONDITIONS,
        translations=st.lists(TEXT, max_size=2).map(tuple),
    ),
    min_size=2,
    max_size=4,
    unique_by=lambda option: option.code,
).map(tuple)
ROWS = st.lists(
    st.builds(Row, code=KEYS, label=TEXT, opposite=TEXT, condition=st.none() | CONDITIONS),
    min_size=1,
    max_size=3,
    unique_by=lambda row: row.code,
).map(tuple)
COMMON: dict[str, Any] = {
    "id": IDS,
    "text": SOME_TEXT,
    "scale": st.none() | TEXT,
    "reverse": st.booleans(),
    "required": st.booleans(),
    "condition": st.none() | CONDITIONS,
    "constraint": st.none() | CONDITIONS,
    "skips": st.lists(st.builds(Skip, condition=CONDITIONS, to=st.just("end_of_block")), max_size=1)
    .map(tuple),
    "help": TEXT,
    "name": TEXT,
    "source": TEXT,
}  # fmt: skip
CLOSED = st.builds(
    Item,
    kind=st.sampled_from([kind for kind in Kind if kind.optioned]),
    options=OPTIONS,
    choose=st.none() | st.tuples(st.integers(0, 2), st.integers(3, 5)),
    shuffle=st.booleans(),
    **COMMON,
)
OPEN = st.builds(
    Item,
    kind=st.sampled_from([kind for kind in Kind if not (kind.optioned or kind.rowed)]),
    minimum=st.none() | st.floats(max_value=0, allow_nan=False, allow_infinity=False),
    maximum=st.none() | st.integers(0, 1000).map(float),
    step=st.none() | st.just(0.5),
    low=TEXT,
    high=TEXT,
    **COMMON,
)
MATRIX = st.builds(
    Item,
    kind=st.just(Kind.MATRIX),
    cells=st.sampled_from([Kind.SINGLE, Kind.MULTI, Kind.RATING]),
    options=OPTIONS,
    rows=ROWS,
    shuffle_rows=st.booleans(),
    **COMMON,
)
FORM = st.builds(Item, kind=st.just(Kind.FORM), rows=ROWS, **COMMON)
ITEMS = st.lists(
    CLOSED | OPEN | MATRIX | FORM, min_size=1, max_size=3, unique_by=lambda item: item.id
).map(tuple)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**9), 10**9) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SOME_TEXT, inner, max_size=3),
    max_leaves=5,
)
_LOOPS = st.builds(
    Loop,
    rounds=st.lists(
        st.builds(
            Round, key=KEYS, condition=st.none() | CONDITIONS, fields=st.dictionaries(KEYS, TEXT)
        ),
        min_size=1,
        max_size=2,
        unique_by=lambda one: one.key,
    ).map(tuple),
    shuffle=st.booleans(),
)


@st.composite
def _placed(draw: st.DrawFn, plain: Instrument) -> Instrument:
    """The instrument with its items in blocks, and a flow over them."""
    blocks = tuple(
        Block(
            id=f"b{number}",
            title=draw(TEXT),
            pages=((item.id,),),
            shuffle=draw(st.booleans()),
            loop=draw(st.none() | _LOOPS),
        )
        for number, item in enumerate(plain.items)
    )
    shows = tuple(Show(block=block.id) for block in blocks)
    around = draw(st.sampled_from(["none", "branch", "random", "group"]))
    if around == "branch":
        ends = (SetField(field="f", text=draw(TEXT)), End(message=draw(TEXT)))
        shows = (Branch(condition=draw(CONDITIONS), then=shows, otherwise=ends),)
    elif around == "random":
        shows = (Randomise(id="r", steps=shows, show=draw(st.none() | st.just(1))),)
    elif around == "group":
        shows = (Group(title=draw(TEXT), steps=shows),)
    return plain.model_copy(update={"blocks": blocks, "flow": shows})


PLAIN = st.builds(
    Instrument,
    id=TEXT,
    title=TEXT,
    version=TEXT,
    notice=TEXT,
    items=ITEMS,
    extra=st.dictionaries(SOME_TEXT, JSON, max_size=2),
)
INSTRUMENTS = PLAIN | PLAIN.flatmap(_placed)
