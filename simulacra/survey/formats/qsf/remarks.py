"""What a file says beyond its questions, and what no question here can hold: reported, and kept."""

from typing import Any

from simulacra.domain.survey import Kind
from simulacra.survey.formats.qsf.document import Json, mapping, text
from simulacra.survey.formats.qsf.targets import Reading, Target
from simulacra.survey.formats.qsf.wording import wording

_UNASKED = {
    "Timing": "how long a page takes is not measured",
    "Meta": "simulated respondents have no browser",
    "Captcha": "simulated respondents need not prove that they are human",
}
_QUESTION_PARTS = {
    "DefaultChoices": ("default answer", "nothing is chosen beforehand"),
    "GradingData": ("scores", "they are kept; scales are scored by their keys"),
    "ChoiceGroups": ("groups of choices", "the choices are shown without the groups' headings"),
    "AnalyzeChoices": ("choices left out of reports", "they count as ordinary answers"),
    "DynamicChoicesData": (
        "copies of choices carried forward",
        "the choices are read at their source",
    ),
}
_ELSEWHERE = {
    "QO": ("quota", "quotas of the file are not kept to: give the study its own"),
    "QGO": ("group of quotas", "quotas of the file are not kept to: give the study its own"),
    "NT": ("note of the authors", "respondents do not see it"),
    "RB": ("block of another survey", "its questions are not in the file"),
    "CJ": ("conjoint", "conjoint tasks are drawn by a service"),
    "TR": ("trigger", "no message is sent"),
}


def note_question(reading: Reading, target: Target) -> None:
    """Report everything of a question that its items do not hold."""
    question, name = target.question, reading.shown(target)
    kind = text(question.get("QuestionType"))
    if target.shape.kind is None:
        why = _UNASKED.get(kind, "it has nothing that could be answered in words")
        reading.note(
            name, f"{kind or 'question'} {text(question.get('Selector'))}".strip(), why, question
        )
    script = text(question.get("QuestionJS")).strip()
    if script not in ("", "true", "false"):
        reading.note(name, "JavaScript", "no script runs here", script)
    said = wording(text(question.get("QuestionText")))
    if said.pictures:
        why = "pictures, sounds and frames are shown as what they are called"
        reading.note(name, "picture in the text", why, list(said.pictures))
    if said.scripts:
        reading.note(name, "script in the text", "no script runs here", said.scripts)
    demanded = [one.payload for one in target.choices if _demands(one.payload)]
    if demanded and target.shape.kind is not Kind.FORM:
        why = "what is said with a choice is not checked"
        reading.note(name, "validation of words with a choice", why, demanded)
    for key, (what, why) in _QUESTION_PARTS.items():
        value = question.get(key)
        if isinstance(value, dict | list) and value:
            reading.note(name, what, why, value)
    if isinstance(question.get("Language"), dict) and question["Language"]:
        languages = ", ".join(question["Language"])
        why = "the labels of options are known, and all is kept; it is asked in one language"
        reading.note(name, f"other languages: {languages}", why, question["Language"])


def _demands(choice: Json) -> bool:
    return text(choice.get("TextEntryValidation")) not in ("", "None")


def note_survey(reading: Reading) -> None:
    """Report what stands beside questions, blocks and flow."""
    for kind, (what, why) in _ELSEWHERE.items():
        for payload in reading.document.others.get(kind, []):
            if payload:
                reading.note("", what, why, payload)
    for payload in map(mapping, reading.document.others.get("SO", [])):
        for key in ("Header", "Footer"):
            if said := text(payload.get(key)).strip():
                reading.note("", key.lower(), "it is not shown with each page", said)
        if css := text(mapping(payload.get("CustomStyles")).get("customCSS")).strip():
            reading.note("", "style sheet", "looks play no part", css)
    for payload in map(mapping, reading.document.others.get("SCO", [])):
        if payload.get("ScoringCategories"):
            why = "they are kept; scales are scored by their keys"
            reading.note("", "scoring categories", why, payload["ScoringCategories"])


def extra_of(reading: Reading) -> Json:
    """Names of rows and values, scores and translations, by item: kept with the instrument."""
    extra: dict[str, dict[str, Any]] = {}
    parts = {
        "ChoiceDataExportTags": "row_names",
        "VariableNaming": "value_names",
        "GradingData": "scores",
        "Language": "translations",
    }
    for target in reading.targets.values():
        for key, name in parts.items():
            value = target.question.get(key)
            if target.id and isinstance(value, dict | list) and value:
                extra.setdefault(name, {})[target.id] = value
    scoring = [
        one
        for one in reading.document.others.get("SCO", [])
        if mapping(one).get("ScoringCategories")
    ]
    return {**extra, **({"scoring": scoring} if scoring else {})}
