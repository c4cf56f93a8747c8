"""Replies are read for certain or not at all."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from simulacra.domain.answer import Answer, Missing, MissingCode, Reply
from simulacra.domain.survey import Kind, Option, Question
from simulacra.survey.parse import read_reply

UNREADABLE, DONT_KNOW = MissingCode.UNREADABLE, MissingCode.DONT_KNOW
REFUSED, SKIPPED = MissingCode.REFUSED, MissingCode.SKIPPED


def options(*labels: str, codes: str = "") -> tuple[Option, ...]:
    names = codes.split() or [str(place) for place in range(1, len(labels) + 1)]
    return tuple(Option(code=c, label=label) for c, label in zip(names, labels, strict=True))


def question(kind: Kind, shown: tuple[Option, ...] = (), **more: object) -> Question:
    return Question(item_id="q", kind=kind, text=str(more.pop("text", "?")), options=shown, **more)


AGREE = options(
    "Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"
)
YES_NO = options("Yes", "No", codes="yes no")
WALK = options("Running", "A walk", "Swimming", "Cycling", codes="run walk swim bike")
PETS = options("Dog", "Cat", "Fish", "Bread and butter fish", "Bird", "None of these")


def read(asked: Question, text: str) -> object:
    """Codes, number or text of an answer; the missing code of anything else."""
    response = read_reply(asked, Reply(text=text))
    if isinstance(response, Missing):
        return response.code
    if response.number is not None:
        return response.number
    return response.text if response.text is not None else response.codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Agree", "4"),
        ("agree.", "4"),
        ("**Agree**", "4"),
        ("“Strongly agree”", "5"),
        ("4", "4"),
        ("4.0", "4"),
        ("four", "4"),
        ("Four.", "4"),
        ("4/5", "4"),
        ("4 out of 5", "4"),
        ("4 = Agree", "4"),
        ("4. Agree", "4"),
        ("Agree (4)", "4"),
        ("Agree = 4", "4"),
        ("Option 4", "4"),
        ("d)", "4"),
        ("(d)", "4"),
        ("D.", "4"),
        ("D", "4"),
        ("d) Agree", "4"),
        ("Answer: Agree", "4"),
        ("My answer is: strongly agree.", "5"),
        ("I agree", "4"),
        ("I strongly agree with that.", "5"),
        ("I disagree.", "2"),
        ("I would say that I agree.", "4"),
        ("Well, I'd say I strongly disagree.", "1"),
        ("I neither agree nor disagree", "3"),
        ("Agree, because people are kind to me.", "4"),
        ("Agree - it suits me", "4"),
        ("4. I like a full house.", "4"),
        ("I'd give it a 4.", "4"),
        ("As someone who loves company, I would have to say agree.", "4"),
        ("I think agree fits me best.", "4"),
        ("Agree. I have always liked a full house.", "4"),
        ("I have always liked a full house.\nAgree", "4"),
        ("Disagree, I do not like noise.", "2"),
        ("Unlike those who strongly agree, I disagree.", "2"),
        ("Agree 👍", "4"),
        ("I agree, I think.", "4"),
        ('{"answer": "4"}', "4"),
        ('{"answer": 4}', "4"),
        ('{"answer": 4.0}', "4"),
        ('{"answer": "Agree"}', "4"),
        ('{"answer": ["4"]}', "4"),
        ('```json\n{"answer": "4"}\n```', "4"),
        ('{"reason": "kind", "answer": "4"}', "4"),
    ],
)
def test_one_option_named(text: str, code: str) -> None:
    assert read(question(Kind.RATING, AGREE), text) == (code,)


@pytest.mark.parametrize(
    "text",
    [
        "I do not agree",
        "I don't agree",
        "I can't say I strongly agree",
        "not agree",
        "Agree? Not at all.",
        "Agree?",
        "Agree. No, wait, disagree.",
        "Agree. Not really.",
        "Agree, but I could be wrong",
        "Agree or strongly agree",
        "agree/disagree",
        "agree and disagree",
        "Agree. Strongly agree.",
        "somewhere between 2 and 3",
        "between agree and strongly agree",
        "2 or 3",
        "2-3",
        "2 - Strongly agree",
        "Agree (2)",
        "3.5",
        "three and a half",
        "6",
        "0",
        "-4",
        "f)",
        "4/10",
        "4 out of 7",
        "4, maybe 5",
        "Those who know me would agree that I am loud",
        "My brother would strongly agree",
        "unlike those who strongly agree",
        "I never agree",
        "Everyone should agree",
        "",
        "   \n ",
        "...",
        "{",
        '{"answer": "',
        '{"answer": null}',
        '{"answer": true}',
        '{"answer": {}}',
        '{"answer": ["4", "5"]}',
        '{"answer": []}',
        '{"answer": "9"}',
        "As an AI language model, I agree.",
        "I am an AI and have no opinions.",
        "agree" + " and so on" * 1000,
    ],
)
def test_nothing_named_for_certain(text: str) -> None:
    assert read(question(Kind.RATING, AGREE), text) == UNREADABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Yes", ("yes",)),
        ("Yes, I do.", ("yes",)),
        ("No.", ("no",)),
        ("No, I have never been there.", ("no",)),
        ("Nobody asked me that", UNREADABLE),
        ("No one asked me that", UNREADABLE),
        ("Yes and no", UNREADABLE),
        ("Yes. No.", UNREADABLE),
        ("not yes", UNREADABLE),
        ("Yes, not that I like it", UNREADABLE),
        ("nothing", UNREADABLE),
        ("I know", UNREADABLE),
        ("b)", ("no",)),
        ("a", ("yes",)),
        ("y", UNREADABLE),
        ("1", UNREADABLE),
    ],
)
def test_yes_and_no(text: str, expected: object) -> None:
    assert read(question(Kind.SINGLE, YES_NO), text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A walk", ("walk",)),
        ("a walk.", ("walk",)),
        ("A walk, because the air is good", ("walk",)),
        ("A", ("run",)),
        ("b", ("walk",)),
        ("b) A walk", ("walk",)),
        ("a) A walk", UNREADABLE),
        ("A stroll", UNREADABLE),
        ("A swim", UNREADABLE),
        ("I saw a walk and a run", UNREADABLE),
        ("After a walk I went swimming", UNREADABLE),
        ("walk", ("walk",)),
    ],
)
def test_the_article_is_no_letter(text: str, expected: object) -> None:
    assert read(question(Kind.SINGLE, WALK), text) == expected


def test_letters_follow_the_order_shown() -> None:
    turned = question(Kind.SINGLE, WALK[::-1])
    assert read(turned, "a") == ("bike",)
    assert read(turned, "B)") == ("swim",)


def test_letters_that_are_codes_mean_codes() -> None:
    shown = options("Bread", "Rice", "Corn", codes="C A B")
    assert read(question(Kind.SINGLE, shown), "a") == ("A",)
    assert read(question(Kind.SINGLE, shown), "c)") == ("C",)
    blood = options("A", "B", "AB", "0")
    assert read(question(Kind.SINGLE, blood[::-1]), "A") == ("1",)
    sexes = options("Female", "Male", codes="F M")
    assert read(question(Kind.SINGLE, sexes), "a") == UNREADABLE
    assert read(question(Kind.SINGLE, sexes), "f") == ("F",)


def test_labels_that_hold_other_labels() -> None:
    shown = options("Yes", "Yes, often", "Yes, often and gladly", "No")
    asked = question(Kind.SINGLE, shown)
    assert read(asked, "Yes, often") == ("2",)
    assert read(asked, "Yes, often, because I must") == ("2",)
    assert read(asked, "yes, often and gladly!") == ("3",)
    assert read(asked, "Yes") == ("1",)
    male = options("Male", "Female")
    assert read(question(Kind.SINGLE, male), "I am female") == ("2",)
    assert read(question(Kind.SINGLE, male), "I'm male.") == ("1",)


def test_a_code_that_is_another_ones_label_is_ambiguous_in_words_and_clear_in_structure() -> None:
    shown = options("0", "1", "2")
    asked = question(Kind.SINGLE, shown)
    assert read(asked, "1") == UNREADABLE
    assert read(asked, "0") == ("1",)
    assert read(asked, '{"answer": "1"}') == ("1",)


def test_a_label_in_another_language_counts() -> None:
    shown = (
        Option(code="1", label="Yes", translations=("Ja", "Oui")),
        Option(code="0", label="No", translations=("Nein", "Non")),
    )
    asked = question(Kind.SINGLE, shown)
    assert read(asked, "Ja.") == ("1",)
    assert read(asked, "non") == ("0",)
    assert read(asked, "Ja, nein") == UNREADABLE


def test_labels_of_signs_and_pictures() -> None:
    asked = question(Kind.SINGLE, options("🙂", "🙁", "+", "-"))
    assert read(asked, "🙂") == ("1",)
    assert read(asked, "+") == ("3",)
    assert read(asked, "🙃") == UNREADABLE


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("I don't know", DONT_KNOW),
        ("Don't know.", DONT_KNOW),
        ("no idea", DONT_KNOW),
        ("I have no idea, really.", DONT_KNOW),
        ("I haven't the faintest idea.", DONT_KNOW),
        ("I’m not sure", DONT_KNOW),
        ("Not really sure about that.", DONT_KNOW),
        ("Sorry, I can't remember that.", DONT_KNOW),
        ("Hard to say.", DONT_KNOW),
        ("dunno", DONT_KNOW),
        ("Honestly, I couldn't tell you.", DONT_KNOW),
        ("I don't know. Nobody ever told me.", DONT_KNOW),
        ("I'd rather not say", REFUSED),
        ("I would rather not answer that question.", REFUSED),
        ("I prefer not to say.", REFUSED),
        ("Prefer not to disclose", REFUSED),
        ("I don't want to talk about that.", REFUSED),
        ("I'm not comfortable answering that.", REFUSED),
        ("No comment.", REFUSED),
        ("That's none of your business!", REFUSED),
        ("I refuse to answer.", REFUSED),
        ("I won't tell you my age, sorry.", REFUSED),
        ("That's private.", REFUSED),
        ("Sorry, I'd rather keep that to myself.", REFUSED),
        ("I'd rather skip this one", UNREADABLE),
        ("skip", UNREADABLE),
        ("I don't know how to cook", UNREADABLE),
        ("I refuse to eat meat", UNREADABLE),
        ("My private life is calm", UNREADABLE),
    ],
)
@pytest.mark.parametrize("kind", [Kind.SINGLE, Kind.MULTI, Kind.NUMERIC])
def test_declining(kind: Kind, text: str, expected: object) -> None:
    shown = PETS if kind.closed else ()
    assert read(question(kind, shown), text) == expected
    assert read(question(kind, shown), json.dumps({"answer": text})) == expected


@pytest.mark.parametrize("text", ["skip", "Skip this question.", "pass", "n/a", "I'll pass"])
@pytest.mark.parametrize("kind", list(Kind))
def test_only_what_is_not_required_can_be_skipped(kind: Kind, text: str) -> None:
    shown = AGREE if kind.closed else ()
    assert read(question(kind, shown, required=False), text) == SKIPPED
    if kind.closed:
        assert read(question(kind, shown), text) == UNREADABLE


@pytest.mark.parametrize("kind", list(Kind))
def test_an_empty_reply_is_unreadable_whatever_is_required(kind: Kind) -> None:
    shown = AGREE if kind.closed else ()
    for text in ("", " \n", "—", '{"answer": ""}'):
        assert read(question(kind, shown, required=False), text) == UNREADABLE


def test_declining_beside_an_option_is_unreadable() -> None:
    asked = question(Kind.RATING, AGREE)
    assert read(asked, "I don't know, agree I guess") == UNREADABLE
    assert read(asked, "Agree. I don't know.") == UNREADABLE


def test_missing_options() -> None:
    shown = (
        *options("Yes", "No"),
        Option(code="8", label="Cannot choose", missing=-96),
        Option(code="9", label="No answer", missing=-97),
    )
    asked = question(Kind.SINGLE, shown)
    assert read(asked, "Cannot choose") == DONT_KNOW
    assert read(asked, '{"answer": "9"}') == REFUSED
    assert read(asked, "No") == ("2",)
    chosen = read_reply(asked, Reply(text="", selection=("8",)))
    assert chosen == Missing(code=DONT_KNOW, detail="Cannot choose")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Dog, Cat", ("1", "2")),
        ("cat and dog", ("1", "2")),
        ("Dog, Cat, and Bird.", ("1", "2", "5")),
        ("- Dog\n- Cat", ("1", "2")),
        ("1. Cat\n2. Bird", ("2", "5")),
        ("I choose:\n- Cat\n- Bird", ("2", "5")),
        ("2. Dog", UNREADABLE),
        ("2. Dog\n1. Cat", UNREADABLE),
        ("Dog. Cat.", ("1", "2")),
        ("Dog\nCat", ("1", "2")),
        ("a, b, e", ("1", "2", "5")),
        ("A and C", ("1", "3")),
        ("a c e", ("1", "3", "5")),
        ("a) Dog, b) Cat", ("1", "2")),
        ("1, 2", ("1", "2")),
        ("Bread and butter fish and cat", ("2", "4")),
        ("Bread and butter fish", ("4",)),
        ("I choose Dog and Cat. They are good company.", ("1", "2")),
        ("Dog", ("1",)),
        ("dog; dog; cat", ("1", "2")),
        ("My answers are: dog, cat", ("1", "2")),
        ("all of them", ("1", "2", "3", "4", "5")),
        ("None of them.", ("6",)),
        ("none", ("6",)),
        ('{"answer": ["2", "1"]}', ("1", "2")),
        ('{"answer": ["Dog", "5"]}', ("1", "5")),
        ('{"answer": "Dog, Cat"}', ("1", "2")),
        ("dogs but not cats", UNREADABLE),
        ("Dog, not Cat", UNREADABLE),
        ("Dog. Not Cat.", UNREADABLE),
        ("everything except Dog", UNREADABLE),
        ("Dog or Cat", UNREADABLE),
        ("Dog, Cat, Unicorn", UNREADABLE),
        ("Dog, None of these", UNREADABLE),
        ("7", UNREADABLE),
        ("I have a Dog and my sister has a Cat", UNREADABLE),
        ("not all of them", UNREADABLE),
        ("", UNREADABLE),
        ('{"answer": ["Dog", "Unicorn"]}', UNREADABLE),
        ('{"answer": [["1"]]}', UNREADABLE),
        ("a " * 1500, UNREADABLE),
        ("i think " * 240, UNREADABLE),
        ("dog, " * 300 + "dogs", UNREADABLE),
    ],
)
def test_several_options(text: str, expected: object) -> None:
    shown = (*PETS[:5], PETS[5].model_copy(update={"exclusive": True}))
    assert read(question(Kind.MULTI, shown), text) == expected


def test_none_of_them_without_such_an_option_is_nothing_chosen() -> None:
    asked = question(Kind.MULTI, PETS[:5])
    assert read_reply(asked, Reply(text="None of them")) == Answer(codes=())
    assert read(question(Kind.MULTI, PETS[:5], choose=(1, 5)), "none of them") == UNREADABLE


def test_how_many_to_choose() -> None:
    asked = question(Kind.MULTI, PETS[:5], choose=(3, 3))
    assert read(asked, "dog, cat, fish") == ("1", "2", "3")
    assert read(asked, "dog, cat") == UNREADABLE
    assert read(asked, "all of them") == UNREADABLE
    assert read(asked, '{"answer": ["1", "2", "3", "4"]}') == UNREADABLE
    chosen = read_reply(asked, Reply(text="x", selection=("3", "1", "2", "1")))
    assert chosen == Answer(codes=("1", "2", "3"))


def test_a_selection_is_checked_against_the_question() -> None:
    asked = question(Kind.SINGLE, AGREE)
    assert read_reply(asked, Reply(text="Disagree", selection=("4",))) == Answer(codes=("4",))
    for selection in (("9",), ("4", "5")):
        response = read_reply(asked, Reply(text="Agree", selection=selection))
        assert isinstance(response, Missing)
        assert response.code == UNREADABLE
        assert response.detail


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("42", 42),
        ("forty-two", 42),
        ("Forty two.", 42),
        ("I am forty-two years old.", 42),
        ("I'm 47, born and raised in Cusco.", 47),
        ("about 40", 40),
        ("roughly forty", 40),
        ("40 or so", 40),
        ("1,234", 1234),
        ("1 234", 1234),
        ("3.5", 3.5),
        (".5", 0.5),
        ("two point five", 2.5),
        ("three and a half", 3.5),
        ("1.5 million", 1_500_000),
        ("a hundred", 100),
        ("one hundred and five", 105),
        ("-5", -5),
        ("−5", -5),
        ("minus five", -5),
        ("40%", 40),
        ("40 percent", 40),
        ("$1,200", 1200),
        ("1200 euros a month", 1200),
        ("2k", 2000),
        ('{"answer": 42}', 42),
        ('{"answer": "42"}', 42),
        ('{"answer": "forty-two"}', 42),
        ("0", 0),
        ("zero", 0),
        ("**42**", 42),
        ("Answer: 42", 42),
        ("I think it's 42.", 42),
        ("40-45", UNREADABLE),
        ("40 to 45", UNREADABLE),
        ("somewhere between 2 and 3", UNREADABLE),
        ("two or three", UNREADABLE),
        ("over 40", UNREADABLE),
        ("at least 3", UNREADABLE),
        ("40+", UNREADABLE),
        ("40s", UNREADABLE),
        ("forty something", UNREADABLE),
        ("not 40", UNREADABLE),
        ("a few", UNREADABLE),
        ("My brother is 42", UNREADABLE),
        ("42. No, 43.", UNREADABLE),
        ("I was born in 1984.", UNREADABLE),
        ("12/05/1984", UNREADABLE),
        ("10:30", UNREADABLE),
        ("5'11", UNREADABLE),
        ("12,34", UNREADABLE),
        ("1e5", UNREADABLE),
        ("nan", UNREADABLE),
        ("inf", UNREADABLE),
        ('{"answer": NaN}', UNREADABLE),
        ('{"answer": true}', UNREADABLE),
        ("No one", UNREADABLE),
        ("one day", 1),
        ("old", UNREADABLE),
        ("9" * 400, UNREADABLE),
    ],
)
def test_numbers(text: str, expected: object) -> None:
    assert read(question(Kind.NUMERIC), text) == expected


def test_numbers_in_bounds() -> None:
    asked = question(Kind.NUMERIC, minimum=0, maximum=120)
    assert read(asked, "120") == 120
    assert read(asked, "121") == UNREADABLE
    assert read(asked, "minus one") == UNREADABLE
    assert read(asked, '{"answer": 500}') == UNREADABLE
    assert read(asked, "None") == 0
    assert read(question(Kind.NUMERIC, minimum=1), "None") == UNREADABLE


def test_numbers_in_other_languages() -> None:
    german = question(Kind.NUMERIC, language="de")
    assert read(german, "3,5") == 3.5
    assert read(german, "1.234,5") == 1234.5
    assert read(german, "zweiundvierzig") == 42
    assert read(question(Kind.NUMERIC, language="fr"), "vingt-deux") == 22


def test_a_year_of_birth_where_birth_is_asked_for() -> None:
    asked = question(Kind.NUMERIC, text="In which year were you born?")
    assert read(asked, "I was born in 1984.") == 1984
    assert read(asked, "In 1984.") == 1984


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('"Cusco"', "Cusco"),
        ("Answer: Cusco", "Cusco"),
        ("Answer: “Cusco”", "Cusco"),
        ("  Cusco,\n Peru ", "Cusco, Peru"),
        ('{"answer": "Cusco"}', "Cusco"),
        ("I don't know", DONT_KNOW),
        ("I'd rather not say.", REFUSED),
        ("Sorry. I'd rather not say. Thank you.", REFUSED),
        ("I don't know, maybe Lima", "I don't know, maybe Lima"),
        ("Nothing", "Nothing"),
        ("No", "No"),
        ("As an AI language model, I have no birthplace.", UNREADABLE),
        ("As an AI researcher, I work in Lima", "As an AI researcher, I work in Lima"),
        ("{curly} words", "{curly} words"),
        ('{"answer": "Cus', UNREADABLE),
        ('""', UNREADABLE),
    ],
)
def test_short_texts(text: str, expected: object) -> None:
    assert read(question(Kind.SHORT_TEXT), text) == expected


def test_long_texts_stand_as_they_are() -> None:
    story = '  "I don\'t know who I was then," she said.\n\nI kept the key: all of it. '
    assert read(question(Kind.LONG_TEXT), story) == story.strip()
    assert read(question(Kind.LONG_TEXT), "I have no idea.") == DONT_KNOW
    assert read(question(Kind.LONG_TEXT), "42") == "42"


NAMES = ["red apple", "green pear", "plum", "quince or medlar", "fig (dried)", "St. John's wort"]


@settings(deadline=None)
@given(st.permutations(options(*NAMES, codes="10 20 30 -4 x5 sixth")), st.data())
def test_every_spelling_alone_names_its_option_in_any_order(
    shown: list[Option], data: st.DataObject
) -> None:
    asked = question(Kind.SINGLE, tuple(shown))
    place = data.draw(st.integers(0, len(shown) - 1))
    option, letter = shown[place], "abcdef"[place]
    forms = [option.code, option.label, option.label.upper(), f'"{option.label}".']
    forms += [letter, letter.upper(), f"{letter})", f"({letter})", f"{letter.upper()}."]
    forms += [f"{letter}) {option.label}", f"{option.code} = {option.label}"]
    forms += [f"I'd say {option.label}", json.dumps({"answer": option.code})]
    text = data.draw(st.sampled_from(forms))
    assert read(asked, text) == (option.code,)
    assert read(question(Kind.MULTI, tuple(shown)), text) == (option.code,)


@settings(deadline=None)
@given(st.permutations(options(*NAMES)), st.sets(st.sampled_from(range(6)), min_size=1), st.data())
def test_every_list_of_options_names_them(
    shown: list[Option], places: set[int], data: st.DataObject
) -> None:
    chosen = [shown[place] for place in sorted(places)]
    separator = data.draw(st.sampled_from([", ", "; ", "\n", " and ", "\n- "]))
    text = separator.join(option.label for option in chosen)
    codes = tuple(option.code for option in chosen)
    assert read(question(Kind.MULTI, tuple(shown)), text) == codes


WORDS = st.sampled_from(
    """agree Strongly disagree not no I 4 2 or , . a b) yes {"answer": } don't know skip forty and
    point 🙂 - ( ? "" 1,5 minus of""".split(" ")  # noqa: SIM905
)
NOISE = st.one_of(st.text(), st.lists(WORDS).map(" ".join))


@settings(deadline=None)
@given(NOISE, st.sampled_from(list(Kind)))
def test_noise_never_raises_and_never_yields_what_is_not_offered(text: str, kind: Kind) -> None:
    asked = question(kind, AGREE if kind.closed else (), minimum=0, maximum=50)
    response = read_reply(asked, Reply(text=text))
    if isinstance(response, Answer):
        assert set(response.codes) <= {"1", "2", "3", "4", "5"}
        assert len(response.codes) == 1 or kind not in (Kind.SINGLE, Kind.RATING)
        assert response.number is None or 0 <= response.number <= 50
    else:
        assert response.code in (UNREADABLE, DONT_KNOW, REFUSED)


@settings(deadline=None)
@given(st.sampled_from(["not", "never", "don't", "hardly"]), st.sampled_from(AGREE))
def test_a_negated_label_is_never_that_label(word: str, option: Option) -> None:
    for text in (f"I {word} {option.label}", f"{word} {option.label.lower()}"):
        assert read(question(Kind.RATING, AGREE), text) == UNREADABLE


@settings(deadline=None)
@given(st.lists(st.sampled_from(AGREE), min_size=2, max_size=2, unique=True))
def test_two_options_are_none(pair: list[Option]) -> None:
    for joint in (" and ", " or ", ", ", ". ", " / ", "\n", " but maybe "):
        text = joint.join(option.label for option in pair)
        assert read(question(Kind.SINGLE, AGREE), text) == UNREADABLE


@settings(deadline=None)
@given(st.integers(-999_999, 999_999))
def test_every_whole_number_is_read(number: int) -> None:
    for text in (str(number), f"{number:,}", f"{number} years", f"It is {number}."):
        assert read(question(Kind.NUMERIC), text) == number
