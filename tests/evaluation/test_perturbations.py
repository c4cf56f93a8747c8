"""Perturbations change what they say and nothing else."""

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.robustness.base import NOT_ENGLISH, Given, Wordings
from evaluation.robustness.perturbations import Perturbed, chosen, perturb, unused
from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.survey import Instrument, Item, Kind, Option, Row
from simulacra.errors import InputError, UnknownName
from simulacra.survey.orders import Draw
from simulacra.survey.parse import read_reply
from simulacra.survey.present import present
from simulacra.survey.unroll import unrolled

AGREE = tuple(
    Option(code=str(code), label=label)
    for code, label in enumerate(("Disagree", "Rather disagree", "Rather agree", "Agree"), start=1)
)
FRUIT = (
    Option(code="a", label="Apple"),
    Option(code="p", label="Pear"),
    Option(code="q", label="Quince"),
    Option(code="n", label="None of these", fixed=True, exclusive=True),
)
DONT_KNOW = Option(code="9", label="Don't know", missing=-96)
NAMES = tuple(one.name for one in chosen())


def rating(text: str = "I am fond of trams.", **changes: Any) -> Item:
    return Item(**{"id": "r", "kind": Kind.RATING, "text": text, "options": AGREE, **changes})


def choice(**changes: Any) -> Item:
    said = {"id": "c", "kind": Kind.SINGLE, "text": "Which fruit do you like?", "options": FRUIT}
    return Item(**{**said, **changes})


def changed(name: str, item: Item, *, seed: int = 0, **more: Any) -> Perturbed:
    language = more.pop("language", "en")
    instrument = Instrument(id="x", items=(item,), language=language)
    return perturb(instrument, chosen(name)[0], Given(seed, language=language, **more))


def put(name: str, item: Item, **more: Any) -> Item:
    made = changed(name, item, **more)
    assert made.changed == (item.id,) and not made.spared
    return made.instrument.items[0]


def why_not(name: str, item: Item, **more: Any) -> str:
    made = changed(name, item, **more)
    assert made.changed == () and made.instrument.items == (item,)
    return made.spared[item.id]


def codes(item: Item) -> str:
    return "".join(option.code for option in item.options)


def test_options_move_and_those_that_are_fixed_stay() -> None:
    assert codes(put("options_reversed", choice())) == "qpan"
    orders = {codes(put("options_shuffled", choice(), seed=seed)) for seed in range(20)}
    assert "apqn" not in orders and len(orders) > 2
    assert all(order.endswith("n") for order in orders)
    two = choice(options=FRUIT[:2])
    assert codes(put("options_shuffled", two)) == "pa"


def test_a_scale_turned_round_keeps_each_label_with_its_code() -> None:
    turned = put("scale_reversed", rating(options=(*AGREE, DONT_KNOW)))
    assert codes(turned) == "43219"
    labels = {one.code: one.label for one in AGREE}
    assert all(one.label == labels[one.code] for one in turned.options[:4])


@pytest.mark.parametrize(
    ("name", "item", "why"),
    [
        ("options_reversed", rating(), "its options are a scale"),
        ("scale_reversed", choice(), "no scale"),
        ("options_reversed", choice(shuffle=True), "an order of their own"),
        ("options_reversed", choice(options=FRUIT[:1]), "fewer than two"),
        ("numbers", Item(id="t", kind=Kind.SHORT_TEXT, text="Why?"), "no options"),
        ("letters", choice(), "its codes are letters"),
        ("numbers", rating(options=tuple(Option(code=c, label=c) for c in "123")), "such already"),
        (
            "numbers",
            choice(options=(Option(code="2", label="Yes"), Option(code="n", label="No"))),
            "taken for others",
        ),
        ("dont_know_offered", rating(options=(*AGREE, DONT_KNOW)), "already"),
        ("dont_know_withheld", rating(), "offers no"),
        ("typos", rating("Am I so?"), "no word of four letters"),
        ("polarity", choice(), "no rating"),
        ("polarity", rating(options=FRUIT), "no numbers"),
        ("polarity", rating("Trams please me."), "no negation is certain"),
    ],
)
def test_what_an_item_is_spared_is_said(name: str, item: Item, why: str) -> None:
    assert why in why_not(name, item)


def test_labels_are_explained_and_replies_are_still_read() -> None:
    numbers, letters = put("numbers", rating()), put("letters", rating())
    words = put("words", rating())
    assert [one.label for one in numbers.options] == ["1", "2", "3", "4"]
    assert [one.label for one in letters.options] == ["A", "B", "C", "D"]
    assert [one.label for one in words.options] == ["one", "two", "three", "four"]
    assert letters.help == "A = Disagree, B = Rather disagree, C = Rather agree, D = Agree."
    for item, reply in ((numbers, "3"), (letters, "C"), (words, "three")):
        for said in (reply, f"My answer is {reply}.", "Rather agree"):
            shown = present(item, Instrument(id="x", items=(item,)), Draw(1, 0, 0), {})
            assert read_reply(shown, Reply(text=said)) == Answer(codes=("3",))


def test_dont_know_is_offered_with_a_code_of_its_own_and_withheld() -> None:
    taken = (*AGREE, Option(code="88", label="Maybe"))
    item = put("dont_know_offered", rating(options=taken))
    assert item.options[-1].code == "888"
    shown = present(item, Instrument(id="x", items=(item,)), Draw(1, 0, 0), {})
    told = read_reply(shown, Reply(text="Don't know"))
    assert isinstance(told, Missing) and told.code is MissingCode.DONT_KNOW
    assert codes(put("dont_know_withheld", rating(options=(*AGREE, DONT_KNOW)))) == "1234"


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("I am fond of trams.", "I am not fond of trams."),
        ("I'm not fond of trams.", "I am fond of trams."),
        ("Don't talk a lot.", "Talk a lot."),
        ("I don’t like trams.", "I like trams."),
        ("Am the life of the party.", "Am not the life of the party."),
        ("Have a vivid imagination.", "Do not have a vivid imagination."),
        ("How much is true of you?\nAm not tired.", "How much is true of you?\nAm tired."),
    ],
)
def test_a_statement_turned_round_is_scored_the_other_way(text: str, opposite: str) -> None:
    made = changed("polarity", rating(text))
    item = made.instrument.items[0]
    assert (item.text, item.reverse, item.options) == (opposite, True, AGREE)
    assert made.back["r"] == {"1": "4", "2": "3", "3": "2", "4": "1"}


@pytest.mark.parametrize(
    "text",
    [
        "I am always tired.",  # "not always" is not the opposite of "always"
        "I am not really interested in others.",
        "I don't like anything.",
        "I am tired and cold.",
        "Have frequent mood swings.",
        "I am.",
    ],
)
def test_a_negation_that_is_not_certain_is_not_made(text: str) -> None:
    assert "certain" in why_not("polarity", rating(text))


def test_supplied_wordings_come_first_in_any_language() -> None:
    words = Wordings(paraphrase={"r": "Mag ik trams?"}, negation={"r": "Ik houd niet van trams."})
    for name, text in (
        ("paraphrase", "Mag ik trams?"),
        ("polarity", "Ik houd niet van trams."),
    ):
        assert put(name, rating(), language="nl", wordings=words).text == text
    assert why_not("paraphrase", rating(), language="nl") == NOT_ENGLISH
    assert why_not("distraction", rating(), language="nl") == "it is not in English"
    instrument = Instrument(id="x", items=(rating(),))
    strange = Given(0, Wordings(negation={"r": "No.", "gone": "No."}))
    assert unused(strange, instrument) == ("gone",)


def test_a_paraphrase_keeps_the_words_and_asks_where_something_was_asked() -> None:
    assert put("paraphrase", rating()).text.endswith(": I am fond of trams.")
    asked = put("paraphrase", choice()).text
    assert asked.endswith(": Which fruit do you like?") and "statement" not in asked
    row = put("paraphrase", rating("How true is it?\nAm fond of trams.")).text
    assert row.startswith("How true is it?\n") and row.endswith(": Am fond of trams.")


def test_a_distraction_stands_before_the_item() -> None:
    text = put("distraction", rating()).text
    assert text.endswith(". I am fond of trams.") and len(text) > 30


@given(
    text=st.lists(
        st.sampled_from(["trams", "go", "${q://Q1/x_long}", "Ärger", "well-known", "1234", "aaaa"]),
        min_size=1,
        max_size=40,
    ).map(" ".join),
    seed=st.integers(0, 10_000),
)
def test_typing_errors_stay_within_their_rate_and_out_of_pipes(text: str, seed: int) -> None:
    item = rating(text)
    made = changed("typos", item, seed=seed)
    spelt = made.instrument.items[0].text
    words = [one for one in re.findall(r"\$\{[^}]*\}|[^\W\d_]{4,}", text) if one[0] != "$"]
    if not words:
        assert made.spared and spelt == text
        return
    before, after = text.split(" "), spelt.split(" ")
    assert len(before) == len(after)
    wrong = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
    assert 1 <= len(wrong) <= max(1, round(0.125 * len(words)))
    for old, new in wrong:
        assert not old.startswith("${") and old[0] == new[0] and abs(len(old) - len(new)) <= 1
    assert spelt == changed("typos", item, seed=seed).instrument.items[0].text


@pytest.mark.parametrize("name", NAMES)
def test_ids_order_logic_and_codes_stay(name: str) -> None:
    matrix = Item(
        id="m",
        kind=Kind.MATRIX,
        text="How true is it of you?",
        cells=Kind.RATING,
        options=AGREE,
        rows=(Row(code="1", label="Am tired."), Row(code="2", label="Am awake.", reverse=True)),
    )
    instrument = unrolled(
        Instrument(
            id="x",
            items=(
                Item(id="hello", kind=Kind.INFO, text="Welcome to the trams."),
                choice(condition="r = '1'"),
                rating(scale="trams", options=(*AGREE, DONT_KNOW)),
                matrix,
                Item(id="why", kind=Kind.LONG_TEXT, text="Tell us about trams."),
            ),
        )
    )
    made = perturb(instrument, chosen(name)[0], Given(1))
    assert made.changed
    assert made.instrument.items[0] == instrument.items[0]
    for old, new in zip(instrument.items, made.instrument.items, strict=True):
        assert (old.id, old.kind, old.condition, old.scale) == (
            new.id, new.kind, new.condition, new.scale,
        )  # fmt: skip
        assert (old != new) == (old.id in made.changed)
        assert (old.id in made.changed) + (old.id in made.spared) == old.kind.askable
        if "dont_know" not in name:
            assert sorted(codes(old)) == sorted(codes(new))
        else:
            substantive = [one for one in old.options if one.missing is None]
            assert [one for one in new.options if one.missing is None] == substantive


def test_perturbations_are_chosen_by_name_in_the_order_of_the_file() -> None:
    assert [one.name for one in chosen("typos, paraphrase")] == ["paraphrase", "typos"]
    with pytest.raises(UnknownName, match="no perturbation 'typo'; choose from: paraphrase"):
        chosen("typo")
    with pytest.raises(InputError, match="no perturbation is named"):
        chosen(" , ")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- [", "this is no YAML"),
        ("perturbations: []", "perturbations: "),
        ("other: 1", "perturbations: "),
        ("perturbations: [{name: typos, what: x, change: misspell, rate: 0.9}]", "rate"),
        ("perturbations: [{name: retest, what: x, change: misspell, rate: 0.1}]", "is taken"),
        (
            "perturbations: [{name: p, what: x, change: paraphrase, statement: [a]}]",
            "{text}",
        ),
        ("perturbations: [{name: n, what: x, change: negate, unless: '('}]", "regular expression"),
        ("perturbations: [{name: n, what: x, change: vanish}]", "change"),
    ],
)
def test_a_file_that_holds_no_perturbations_is_refused(
    tmp_path: Path, text: str, told: str
) -> None:
    path = tmp_path / "mine.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match=re.escape(told)):
        chosen(path=path)


def test_wordings_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "words.yaml"
    path.write_text("negation: {r: I shun trams.}\n", encoding="utf-8")
    assert Wordings.read(path).negation == {"r": "I shun trams."}
    path.write_text("negations: {r: I shun trams.}\n", encoding="utf-8")
    with pytest.raises(InputError, match="negations"):
        Wordings.read(path)
    with pytest.raises(InputError, match="cannot be read"):
        Wordings.read(tmp_path / "none.yaml")
