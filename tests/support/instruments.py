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

_NAMES = tuple("abcdefgh")
_PLAIN = st.text("abc XYZ ä漢?!.,;:'-", min_size=1, max_size=12).map(str.strip).filter(bool)
_PIPED = st.builds("{} ${{{}{}}}".format, _PLAIN, st.sampled_from(_NAMES),
                   st.sampled_from(["", "|code", "|unchosen", "|text", "|part:1"]))  # fmt: skip
_KINDS = st.sampled_from([
    kind for kind in Kind if kind not in (Kind.MATRIX, Kind.FORM, Kind.FIELD, Kind.INFO)
])  # fmt: skip


def _choices(draw: st.DrawFn) -> tuple[Option, ...]:
    codes = draw(st.lists(st.sampled_from(["1", "2", "x", "y z", "-1", "oth"]), min_size=1,
                          max_size=4, unique=True))  # fmt: skip
    return tuple(
        Option(
            code=code,
            label=draw(_PLAIN),
            exclusive=draw(st.booleans()),
            fixed=draw(st.booleans()),
            text_entry=draw(st.booleans()),
            missing=draw(st.sampled_from([None, None, -96])),
            condition=draw(st.sampled_from([None, None, "a = 1", "not answered(b)"])),
        )
        for code in codes
    )


def _item(draw: st.DrawFn, at: int) -> Item:
    """An item of any kind, with everything that may be said of it."""
    kind = draw(_KINDS | st.sampled_from([Kind.MATRIX, Kind.FORM, Kind.INFO]))
    cells = draw(_KINDS) if kind == Kind.MATRIX else None
    rows = ()
    if kind.rowed:
        rows = tuple(
            Row(
                code=code,
                label=draw(_PLAIN),
                opposite=draw(st.sampled_from(["", "", "cold"])),
                kind=draw(st.sampled_from([None, None, Kind.NUMERIC])) if cells is None else None,
                condition=draw(st.sampled_from([None, None, "a = 1"])),
            )
            for code in draw(st.sampled_from([("1",), ("1", "2"), ("r_1", "r2", "3")]))
        )
    earlier = _NAMES[: at + 1]
    conditions = st.builds("{} {} 1".format, st.sampled_from(earlier), st.sampled_from("=<>"))
    targets = st.sampled_from([*_NAMES[at + 1 :], "end_of_block", "end_of_survey"])
    numeric = (cells or kind).numeric
    return Item(
        id=_NAMES[at],
        kind=kind,
        cells=cells,
        text=draw(_PLAIN | _PIPED),
        options=_choices(draw) if (cells or kind).optioned else (),
        rows=rows,
        required=draw(st.booleans()),
        condition=draw(st.none() | conditions) if at else None,
        constraint=draw(st.sampled_from([None, None, f"{_NAMES[at]} > 1"])),
        skips=tuple(draw(st.lists(st.builds(Skip, condition=conditions, to=targets), max_size=1))),
        help=draw(st.just("") | _PLAIN),
        minimum=draw(st.sampled_from([None, 0.0, -5.0])) if numeric else None,
        maximum=draw(st.sampled_from([None, 100.0])) if numeric else None,
        step=draw(st.sampled_from([None, 1.0, 0.5])) if numeric else None,
        total=100.0 if kind == Kind.CONSTANT_SUM else None,
        choose=draw(st.sampled_from([None, (1, 1)])) if kind == Kind.MULTI else None,
        shuffle=draw(st.booleans()),
        shuffle_rows=draw(st.booleans()),
        show=draw(st.sampled_from([None, None, 1])),
    )


@st.composite
def whole_instruments(draw: st.DrawFn) -> Instrument:
    """Instruments of eight items in four blocks, with a flow of every kind of step."""
    items = [_item(draw, at) for at in range(len(_NAMES))]
    blocks = []
    for at in range(4):
        own = _NAMES[2 * at : 2 * at + 2]
        pages = draw(st.sampled_from([(own,), tuple((one,) for one in own)]))
        block = Block(id=f"block{at}", title=draw(st.just("") | _PLAIN), pages=pages)
        changes: dict[str, Any] = draw(st.sampled_from([
            {}, {}, {"shuffle": True}, {"show": 1}, {"shuffle": True, "fixed": own[:1]},
            {"loop": Loop(rounds=(Round(key="1"), Round(key="2")))},
            {"loop": Loop(rounds=(Round(key="x", fields={"n": "X"}), Round(key="y",
             condition="a = 1")), shuffle=True)},
        ]))  # fmt: skip
        blocks.append(block.model_copy(update=changes))
    shows = [Show(block=block.id) for block in blocks]
    condition = draw(st.sampled_from(["a = 1", "not (a = 1 or answered(b))", "count(a, b) > 1"]))
    flow = draw(st.sampled_from([
        (),
        (shows[0], Branch(condition=condition, then=tuple(shows[1:3]), otherwise=(End(),)),
         shows[3]),
        (shows[0], Randomise(id="r", steps=(shows[1], Group(title="G", steps=(shows[2], shows[3]))),
                             show=1)),
        (Randomise(id="r", steps=tuple(shows), record="F"),),
        (shows[0], SetField(field="F", text="x ${a}"), Group(title="G", steps=(
            Group(steps=(shows[1], Branch(condition=condition, then=(shows[2],)))), shows[3]))),
        (shows[0], Branch(condition=condition, then=(SetField(field="F", expression="a"),),
                          otherwise=(SetField(field="F", text="no"),)), *shows[1:], shows[0]),
        (shows[0], shows[1], End(message="Bye", screened=True), shows[2], shows[3]),
    ]))  # fmt: skip
    return Instrument(
        id="whole", items=(*items, Item(id="F", kind=Kind.FIELD)), blocks=tuple(blocks), flow=flow
    )
