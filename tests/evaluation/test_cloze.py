import pytest

from evaluation.cloze import matches

RIGHT = [
    ("Haley Collins", "Haley Collins"),
    ("Haley Collins", "My name is Haley Collins."),
    ("Haley Collins", "haley  COLLINS!"),
    ("Haley Collins", "I'm Haley Collins, and I am 46 years old."),
    ("Haley Collins", "Haley Collins, 46"),
    ("female", "Female."),
    ("female", "I am a woman."),
    ("Male", "male"),
    ("non-binary", "I'm nonbinary."),
    ("46", "46"),
    ("46", "forty-six"),
    ("46", "I'm forty six years old."),
    ("46", "I am 46, born on September 21, 1977."),
    ("46", "Well, I turned 46 and have 12 cousins."),
    ("1977-09-21", "September 21, 1977"),
    ("1977-09-21", "I was born on the 21st of September 1977, in 1977-09-21 notation."),
    ("1977-09-21", "1977-09-21"),
    ("electrical equipment repairer", "I work as an electrical equipment repairer."),
    ("electrical equipment repairer", "Electrical-equipment repairer"),
    ("Software developer", "I'm the software developer of a bank"),
    ("cook and cleaner", "A cook and cleaner."),
    ("male nurse", "I am a male nurse."),
]
WRONG = [
    ("male", "female"),
    ("male", "I am female."),
    ("female", "male"),
    ("male", "male or female"),
    ("male", "I am not male."),
    ("male nurse", "I am a man."),
    ("Haley Collins", "Haley"),
    ("Haley Collins", "Haley Collinson"),
    ("Haley Collins", "Haley Collins or Kevin Kelly"),
    ("Haley Collins", "Haley Collins, Kevin Kelly, Robert Scott"),
    ("Haley Collins", "I am not Haley Collins."),
    ("Haley Collins", ""),
    ("46", "47"),
    ("46", "460"),
    ("46", "46 or 47"),
    ("46", "forty-six or forty-seven"),
    ("46", "between 40 and 46"),
    ("46", "46.5"),
    ("46", "1946"),
    ("46", "I am not 46."),
    ("46", "old enough"),
    ("1977-09-21", "September 21"),
    ("1977-09-21", "1977"),
    ("1977-09-21", "1977-09-21 or 1977-09-22"),
    ("1977-09-21", "09-21-1978"),
    ("software developer", "developer"),
    ("software developer", "software developer / teacher"),
    ("software developer", "teacher, software developer"),
    ("software developer", "I never was a software developer"),
    ("", "anything"),
]


@pytest.mark.parametrize(("value", "reply"), RIGHT)
def test_a_whole_value_counts(value: str, reply: str) -> None:
    assert matches(reply, [value])


@pytest.mark.parametrize(("value", "reply"), WRONG)
def test_anything_else_does_not(value: str, reply: str) -> None:
    assert not matches(reply, [value])


def test_further_accepted_values_count() -> None:
    assert matches("I am an electrician", ["electrical fitter", "electrician"])
    assert not matches("I am a plumber", ["electrical fitter", "electrician"])
