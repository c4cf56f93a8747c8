"""The commands there are; a test of the help compares the list with the program's own."""

COMMANDS = (
    ("demo",), ("doctor",), ("run",), ("export",), ("replicate",), ("compare",), ("chat",), ("ui",),
    ("persona", "list"), ("persona", "show"), ("persona", "import"), ("persona", "export"),
    ("persona", "write"), ("persona", "review"), ("persona", "cost"),
    ("persona", "edit"), ("persona", "questions"),
    ("persona", "remember"), ("persona", "drift"),
    ("persona", "sample"), ("persona", "select"), ("persona", "check"),
    ("survey", "check"), ("survey", "convert"), ("survey", "show"),
    ("runs", "list"), ("runs", "show"), ("runs", "resume"), ("runs", "pause"), ("runs", "cancel"),
    ("worker",),
    ("conversations", "list"), ("conversations", "show"), ("conversations", "export"),
    ("persona", "learned"), ("persona", "reflect"),
    ("evaluate", "moods"), ("evaluate", "robustness"),
    ("evaluate", "self-report"),
)  # fmt: skip
