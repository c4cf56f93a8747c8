from datetime import date
from pathlib import Path
from shutil import rmtree

from personas.library import library
from simulacra.domain.memory import Memory
from simulacra.domain.persona import Episode, Persona, Personality, Profile, Span, Trait
from simulacra.settings import Settings
from tests.support.pages import opened, shown
from ui import library_seed, state, widgets
from ui.library_seed import open_seeded

HOSTILE = "<img src=x onerror=alert(1)> ![i](http://192.0.2.1/i.png) **bold** :smile: $x$"


def person(name: str = "Ada Example", **changes: object) -> Persona:
    story = "She was born.\n\nShe went to sea."
    facts: dict[str, object] = {
        "id": "ada-example",
        "name": name,
        "source": "import",
        "profile": Profile(gender="female", age=30, date_of_birth=date(1996, 1, 1),
                           occupation="sailor", attributes={"pets": "two cats"}),
        "personality": Personality(traits=(Trait(text="I keep watch."),)),
        "biography": "A sailor.",
        "story": story,
        "episodes": (Episode(id="e01", title="Birth", when="1996", age=0,
                             span=Span(start=0, end=13)),),
        "memories": (Memory(id="m01", content="The smell of tar.", summary="Tar"),
                     Memory(id="m02", content="The first storm.", summary="Storm")),
        **changes,
    }  # fmt: skip
    return Persona.model_validate(facts)


def keep(folder: Path, *people: Persona) -> None:
    with open_seeded(Settings(workspace=folder)) as workspace:
        for one in people:
            workspace.personas.save(one)


def test_people_shows_the_library_and_the_first_of_them(environment):
    test = opened()
    assert len(test.dataframe[0].value) == len(library())
    html = shown(test)
    first = test.dataframe[0].value["name"][0]
    assert f"<h1>{first}</h1>" in html
    assert html.count("<li>") > 25  # the timeline
    assert html.count('class="memory"') >= 25
    assert [tab.label for tab in test.tabs] == [
        "Profile", "Personality", "Life", "Story", "Memories"
    ]  # fmt: skip
    assert len(test.get("vega_lite_chart")) == 1


def test_people_finds_by_name_and_by_address(environment):
    keep(environment, person())
    test = opened()
    test.text_input(key="name").set_value("ada ex").run()
    assert list(test.dataframe[0].value["name"]) == ["Ada Example"]
    assert "<h1>Ada Example</h1>" in shown(test)
    assert "two cats" in shown(test)
    assert "<h1>Ada Example</h1>" in shown(opened(person="ada-example"))


def test_people_says_when_nobody_fits(environment):
    test = opened()
    test.text_input(key="name").set_value("zzzz").run()
    assert [one.value for one in test.info] == ["Nobody fits these filters."]


def test_filters_narrow_the_list(environment):
    keep(environment, person())
    test = opened()
    test.multiselect(key="source").set_value(["import"]).run()
    assert list(test.dataframe[0].value["name"]) == ["Ada Example"]


def test_memories_can_be_searched(environment):
    keep(environment, person())
    test = opened(person="ada-example")
    test.text_input(key="memory_search").set_value("storm").run()
    assert "1 of 2" in [one.value for one in test.caption]
    assert shown(test).count('class="memory"') == 1


def test_an_empty_workspace_says_how_to_begin(environment, monkeypatch):
    rmtree(environment)
    monkeypatch.setattr(library_seed, "seed_library", lambda _workspace: 0)
    for page in ("people", "chat"):
        test = opened(page)
        assert "Nobody is here yet." in shown(test)
        assert "persona import" in test.markdown[0].value


def test_a_workspace_that_cannot_be_opened_is_one_sentence(environment):
    rmtree(environment)
    environment.write_text("a file", encoding="utf-8")
    test = opened()
    assert 'role="alert"' in shown(test)
    assert str(environment) in shown(test)


def test_texts_of_people_are_nothing_but_text(environment):
    keep(environment, person(
        HOSTILE, biography=HOSTILE, story=HOSTILE,
        episodes=(Episode(id="e01", title=HOSTILE, when=HOSTILE, span=Span(start=0, end=5)),),
        memories=(Memory(id="m01", content=HOSTILE, thought=HOSTILE, summary=HOSTILE),),
        personality=Personality(traits=(Trait(text=HOSTILE),)),
        profile=Profile(gender=HOSTILE, age=30, occupation=HOSTILE, attributes={HOSTILE: HOSTILE}),
    ))  # fmt: skip
    test = opened(person="ada-example")
    assert "<img" not in shown(test)
    assert "&lt;img src=x" in shown(test)
    labels = [one.value for one in (*test.markdown, *test.caption)]
    labels += [one.label for one in (*test.button, *test.expander)]
    assert not [label for label in labels if "bold" in label]


def test_chat_replies_explains_and_saves(environment):
    test = opened("chat")
    test.chat_input[0].set_value("Where were you born?").run()
    assert not test.exception
    html = shown(test)
    assert "I was born by the sea. &lt;b&gt;bold&lt;/b&gt;" in html
    assert "<b>bold" not in html
    for part in ("What came to mind", "Feeling", "Plan", "Calls to the model"):
        assert f">{part}</h3>" in html
    assert "I will say it plainly." in html
    assert html.count('class="call"') == 4  # marks of a chat program: the reply is read once more
    assert "You are" in html  # the prompt itself
    [conversation] = state.workspace().conversations.list()
    assert conversation.turns == 1
    test.chat_input[0].set_value("And then?").run()
    assert len(test.chat_message) == 4
    assert state.workspace().conversations.list()[0].turns == 2


def test_a_new_choice_starts_a_new_conversation(environment):
    test = opened("chat")
    test.chat_input[0].set_value("Hello").run()
    test.selectbox(key="method").set_value("blank").run()
    assert len(test.chat_message) == 0
    test.chat_input[0].set_value("Hello").run()
    assert "replies in one step" in shown(test)
    methods = [one.method for one in state.workspace().conversations.list()]
    assert sorted(methods) == ["blank", "cognitive"]


def test_a_failing_model_is_said_and_the_conversation_goes_on(environment):
    test = opened("chat")
    test.selectbox(key="method").set_value("blank").run()
    test.chat_input[0].set_value("Fail now").run()
    assert not test.exception
    assert 'role="alert"' in shown(test)
    assert state.workspace().conversations.list() == []
    test.chat_input[0].set_value("Hello").run()
    assert "I was born by the sea." in shown(test)


def test_an_unknown_model_is_one_sentence(environment, monkeypatch):
    monkeypatch.setenv("SIMULACRA_MODEL", "magic:7")
    test = opened("chat")
    assert 'role="alert"' in shown(test)
    assert "magic:7" in shown(test)


def test_talk_leads_to_the_person(environment):
    keep(environment, person())
    test = opened(person="ada-example")
    test.button(key="to_chat").click().run()
    assert not test.exception
    assert test.selectbox(key="person").value == "ada-example"
    assert "<h1>Ada Example</h1>" in shown(test)


def test_the_conversation_stays_while_another_page_is_shown(environment):
    keep(environment, person())
    test = opened("chat")
    test.selectbox(key="person").set_value("ada-example").run()
    test.selectbox(key="method").set_value("profile").run()
    test.chat_input[0].set_value("Hello").run()
    test.switch_page("pages/people.py").run()
    test.switch_page("pages/chat.py").run()
    assert not test.exception
    assert test.selectbox(key="person").value == "ada-example"
    assert test.selectbox(key="method").value == "profile"
    assert len(test.chat_message) == 2


def test_every_text_of_a_memory_is_escaped():
    memory = Memory(id="m01", content=HOSTILE, feeling=HOSTILE, when=HOSTILE)
    assert "<img" not in widgets._memory(memory)
