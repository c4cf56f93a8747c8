import pytest
from hypothesis import given
from hypothesis import strategies as st

from personas.attributes.pools import load_pools
from personas.population.meanings import ages_of, joined, kind_of, meaning_of
from simulacra.errors import InputError

POOLS = load_pools()


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("41", 41, 41), ("18-29", 18, 29), ("18–29", 18, 29), ("30 to 44", 30, 44),
        ("65+", 65, 100), ("65 and over", 65, 100), ("75 or older", 75, 100), (">=60", 60, 100),
        ("over 60", 61, 100), ("> 60", 61, 100), ("under 18", 0, 17), ("<30", 0, 29),
        ("17 and under", 0, 17), ("aged 18-24", 18, 24), ("85 plus", 85, 100),
        ("18-29 years", 18, 29), ("90-120", 90, 100),
    ],
)  # fmt: skip
def test_ages(text, first, last):
    assert ages_of(text) == frozenset(range(first, last + 1))


@pytest.mark.parametrize("text", ["young", "44-30", "18-", "", "18/29", "130", "1-2-3"])
def test_words_that_are_no_age(text):
    assert ages_of(text) is None
    with pytest.raises(InputError, match="write a single age, or a range"):
        meaning_of("age", text, POOLS)


@given(st.text(max_size=12))
def test_an_age_is_read_or_not(text):
    found = ages_of(text)
    assert found is None or found <= frozenset(range(1000))


@pytest.mark.parametrize(
    ("variable", "category", "field", "values"),
    [
        ("gender", "Women", "gender", {"female"}),
        ("sex", "M", "gender", {"male"}),
        ("Education", "ISCED 3-4", "isced", {3, 4}),
        ("education", "5", "isced", {5}),
        ("education", "Bachelor's degree or higher", "isced", {6, 7, 8}),
        ("education", "doctorate", "isced", {8}),
        ("education", "Tertiary", "isced", {5, 6, 7, 8}),
        ("country", "germany", "country", {"Germany"}),
        ("place", "Kraków", "city", {"Kraków"}),
        ("culture", "Igbo", "culture", {"Igbo"}),
        ("marital status", "Never married", "marital_status", {"single"}),
        ("children", "3+", "children", {3, 4, 5, 6, 7, 8}),
        ("children", "none", "children", {0}),
        ("household", "alone", "household", {"alone"}),
        ("income", "medium", "income", {"middle"}),
        ("employment", "Retired", "activity", {"retired"}),
        ("occupation", "Managers", "major", {"1"}),
        ("occupation", "2221", "occupation", {"registered nurse"}),
        ("occupation", "students", "occupation", None),
    ],
)
def test_what_the_pools_know(variable, category, field, values):
    meaning = meaning_of(variable, category, POOLS)
    if values is None:
        assert not meaning.known
    else:
        assert meaning.wish.allowed[field] == values


def test_words_stay_as_they_stand():
    assert meaning_of("sex", "Women", POOLS).labels == {"gender": "Women"}
    assert meaning_of("education", "Degree or so", POOLS).labels == {"education": "Degree or so"}
    assert meaning_of("Region", "Nord-Est", POOLS).attributes == {"Region": "Nord-Est"}
    assert meaning_of("age", "18-29", POOLS).attributes == {"age_group": "18-29"}
    assert meaning_of("age", "33", POOLS).attributes == {}
    assert meaning_of("marital", "Wed", POOLS).attributes == {
        "marital_status": None,
        "marital": "Wed",
    }


def test_kinds_have_several_names():
    assert kind_of("Age_Group") == "age"
    assert kind_of("employment_status") == "employment"
    assert kind_of("party") is None


def test_an_occupation_of_somebody_out_of_work_is_kept_in_words():
    both = [
        meaning_of("occupation", "baker", POOLS),
        meaning_of("employment", "keeping house", POOLS),
    ]
    meaning = joined(both)
    assert meaning.wish.allowed == {"activity": frozenset(["homemaker"])}
    assert meaning.wish.fixed["isco"] is None
    assert meaning.labels == {"occupation": "baker"}
