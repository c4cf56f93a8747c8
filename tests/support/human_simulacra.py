"""A small folder in the Human Simulacra layout, with people made up for the tests."""

import json
from pathlib import Path
from typing import Any

NAME, OTHER = "Ines Duarte", "Olaf Berg"
TRAITS = "- I count steps - always up, never down. - I never lend tools. - As a child, I hid."
STORY = (
    "Ines Duarte was born on 3 April 1990 in Setubal. Her uncle rowed the midwife over.\n"
    "She sold snails by the bucket. \n"
    "\n"
    "On 5 May 2001 and again on 6 May 2001 the bridge was closed.\n"
    "On 1 January 1980 nothing of hers had begun.\n"
)


def profile(name: str, **changes: Any) -> dict[str, Any]:
    return {
        "ID": "101",
        "Gender": "female",
        "Name": name,
        "Age": 34,
        "Date_of_birth": "1990-04-03",
        "Photo": "NULL",
        "Occupation": "net mender",
        "Traits": TRAITS,
        "Hobbies": "rowing, crosswords, tin toys",
        "Family": "low-income, extended family",
        "Education": "have completed high school",
        "Short-term_goals": "sleeping more, learning to weld, visiting Faro",
        "Long-term_goal": "owning a boat",
        "Shoe_size": 39,
        **changes,
    }


def memory(number: int) -> dict[str, Any]:
    return {
        "Memory_Summary": f"Summary {number}.",
        "Memory": {
            "Memory Content": f"I mended net number {number}.",
            "Thinking": f"Nets are patience, times {number}.",
            "Emotion": "Calm.",
        },
    }


QUESTIONS: dict[str, list[dict[str, Any]]] = {
    "Cloze.json": [
        {"type": "Cloze", "question": "Your name?", "options": [""], "answer": [NAME]},
        {"type": "Cloze", "question": "Your boat?", "options": [""], "answer": ["Gaivota"]},
    ],
    "Single_choice.json": [
        {
            "type": "Single_choice",
            "question": "Your family?",
            "options": ["A. high-income, nuclear family", "B. low-income, extended family"],
            "answer": ["B"],
            "difficulty": "easy",
        },
        {
            "type": "Single_choice",
            "question": "What did you sell?",
            "options": ["A. Snails", "B. A. B. Smith's maps", "C) Nothing"],
            "answer": "A",
        },
    ],
    "Multiple_choices.json": [
        {
            "type": "Multiple_choices",
            "question": "Your hobbies?",
            "options": [
                "A. rowing",
                "B. chess",
                "C. tin toys",
                "D. golf",
                "E. crosswords",
                "F. go",
            ],
            "answer": ["A", "C", "E"],
        }
    ],
}


def write(folder: Path, path: str, value: Any) -> None:
    file = folder / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(value if isinstance(value, str) else json.dumps(value), encoding="utf-8")


def human_simulacra_folder(folder: Path) -> Path:
    """Two characters, whole."""
    names = (NAME, OTHER)
    write(folder, "character_profiles.json", [profile(name) for name in names])
    introductions = [
        {
            "ID": "101",
            "Name": name,
            "Personality_traits": profile(name)["Traits"],
            "Basic_infos": f"Name: {name}",
            "Extra": {"note": "left-handed"},
            "Content": f"{name} mends nets.\n\nAnd rows.",
        }
        for name in names
    ]
    write(folder, "character_introductions.json", introductions)
    for name in names:
        write(folder, f"Stories/{name}/{name}.txt", STORY)
        memories = {f"{number:03d}": memory(number) for number in range(1, 6)}
        write(folder, f"Memories/{name}/long_memory.json", memories)
        index = {key: one["Memory_Summary"] for key, one in memories.items()}
        write(folder, f"Memories/{name}/index.json", index)
        for file, questions in QUESTIONS.items():
            write(folder, f"Questions/{name}/{file}", questions)
    return folder
