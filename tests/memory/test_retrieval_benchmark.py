import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from simulacra.domain.memory import Memory
from tests.support.conversations import Case, Keyed, conversations
from tests.support.embedders import HashEmbedder
from tests.support.lived import lives
from tests.support.retrieval import Bench, mean, trials

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
TALK = {
    "speaker_a": "Ada",
    "speaker_b": "Ben",
    "sessions": [
        {
            "number": 1,
            "date_time": "1:56 pm on 8 May, 2023",
            "turns": [
                {"id": "D1:1", "speaker": "Ada", "text": "I planted a quince tree."},
                {"id": "D1:2", "speaker": "Ben", "text": "Look!", "image_caption": "a red kite"},
                {"id": "D1:3", "speaker": "Ada", "text": "Where did you fly it, by the lake?"},
            ],
        }
    ],
    "qa": [
        {"question": "What did Ada plant?", "evidence": ["D1:1"], "category": 4},
        {"question": "What was the kite like?", "evidence": ["D1:2; D9:9"], "category": 1},
        {"question": "What did Ben plant?", "evidence": ["D1:1"], "category": 5},
        {"question": "Who is Cy?", "evidence": [], "category": 4},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "1.json").write_text(json.dumps(TALK), encoding="utf-8")
    return tmp_path


def test_a_turn_is_a_memory_and_only_answerable_questions_count(folder: Path) -> None:
    (case,) = conversations(folder)
    second = case.persona.memories[1]
    assert (second.content, second.speaker, second.when) == (
        "Look! a red kite",
        "Ben",
        "2023-05-08",
    )
    assert [one.evidence for one in case.questions] == [{"D1:1"}, {"D1:2", "D9:9"}]


def test_recall_is_the_share_of_the_evidence_found(folder: Path) -> None:
    bench = Bench(HashEmbedder())
    found = trials(conversations(folder), bench.product())
    assert mean(found) == {1: 0.75, 5: 0.75, 10: 0.75}
    assert mean(trials(conversations(folder), lambda case, question: ["D1:3", "D1:1"]))[5] == 0.5


def test_the_script_ends_with_one_line_of_json(folder: Path) -> None:
    script = [sys.executable, "tests/benchmarks/recall.py", "--data", str(folder), "--json"]
    done = subprocess.run(script, cwd=ROOT, capture_output=True, text=True, check=True)
    (line,) = done.stdout.splitlines()
    printed = json.loads(line)
    assert set(printed) == {"recall", "queries", "ms_per_query"}
    assert printed["queries"] == 2 and printed["recall"] == {"1": 0.75, "5": 0.75, "10": 0.75}


def test_the_keys_name_memories_of_the_library() -> None:
    for case in lives():
        ids = {one.id for one in case.persona.memories}
        assert all(one.evidence <= ids for one in case.questions)
        kinds = [one.category for one in case.questions]
        assert kinds.count("told") + kinds.count("self report") >= 10
        assert kinds.count("paraphrased") >= 5


def test_what_answers_a_question_about_a_life_is_recalled() -> None:
    found = trials(lives(), Bench().product())
    told = mean([one for one in found if one.category == "told"])
    assert told[1] >= 0.8 and told[10] >= 0.95
    assert mean(found)[10] >= 0.9


def test_what_answers_a_question_about_a_conversation_is_recalled(shared_data: Path) -> None:
    recall = mean(trials(conversations(shared_data / "locomo-dev"), Bench().product()))
    assert recall[10] >= 0.8 and recall[1] >= 0.44


def test_a_life_is_remembered_after_five_hundred_new_memories(shared_data: Path) -> None:
    talks = conversations(shared_data / "locomo-dev")
    turns = [one for case in talks for one in case.persona.memories if len(one.content) > 60]
    learned = [one.model_copy(update={"id": f"c{n}"}) for n, one in enumerate(turns[:500])]
    bench = Bench()

    def recall(some: Sequence[Memory]) -> dict[int, float]:
        found = trials(lives(), bench.product(learned=some))
        return mean([one for one in found if one.category != "paraphrased"])

    before, after = recall(()), recall(learned)
    assert len(learned) == 500
    assert all(before[k] - after[k] <= 0.03 for k in (1, 5, 10))


def test_moods_are_those_of_memories_that_answer_and_of_others() -> None:
    memories = tuple(
        Memory(id=f"m{n}", content=f"The boat was {what}.", emotions={feeling: 8})
        for n, (what, feeling) in enumerate([("lost", "sadness"), ("found", "joy")])
    )
    [first, *_] = lives()
    persona = first.persona.model_copy(update={"memories": memories})
    case = Case("boat", persona, (Keyed("What of the boat?", frozenset({"m1"}), "told"),))
    moods = Bench(HashEmbedder()).moods()
    found = {name: search(case, "What of the boat?")[0] for name, search in moods.items()}
    assert found["in the mood of the answer"] == "m1"
    assert found["in the mood of another memory"] == "m0"
