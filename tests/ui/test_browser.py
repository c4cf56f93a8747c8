"""Journeys through the app in a real browser, and the rows and files that they leave behind."""

import csv
import zipfile
from pathlib import Path

from playwright.sync_api import expect

from simulacra.domain.run import RunStatus
from simulacra.settings import Settings
from tests.support.branching import branching
from tests.support.browser import needs_browser, served, visited
from ui.library_seed import open_seeded

pytestmark = needs_browser


def test_a_conversation_in_the_browser(folder: Path, script: str) -> None:
    with served(folder, script) as address, visited(address, "chat") as visit:
        page = visit.page  # by the page's own address, as the first visitor
        page.get_by_test_id("stTopNavLink").get_by_text("People").wait_for()
        box = page.get_by_test_id("stChatInputTextArea")
        box.fill("Where were you born?")
        box.press("Enter")
        page.get_by_text("I was born by the sea. <b>bold</b> ![x]").first.wait_for()
        page.get_by_text("Why this reply").click()
        for part in ("What came to mind", "Feeling", "Plan", "Calls to the model"):
            page.get_by_role("heading", name=part).wait_for()
        page.locator("details.call summary").last.click()
        page.get_by_role("heading", name="system").last.wait_for()
        visit.go("People")
        page.get_by_role("tab", name="Life").click()
        page.locator("ol.timeline summary").first.wait_for()
    assert visit.outside == []
    with open_seeded(Settings(workspace=folder)) as workspace:
        [conversation] = workspace.conversations.list()
        [turn] = workspace.conversations.turns(conversation.id)
    assert turn.text == "Where were you born?"
    assert turn.reply.recalled
    agents = [call.request.agent for call in turn.reply.calls]
    assert agents[-2:] == ["top", "role"]  # marks of a chat program: the reply is read once more


def test_a_newcomer_comes_to_a_first_answer(folder: Path, script: str) -> None:
    with served(folder, script) as address, visited(address) as visit:
        visit.page.get_by_role("button", name="Hear the answer").click()
        visit.page.get_by_text("I was born by the sea.").first.wait_for()
    with open_seeded(Settings(workspace=folder)) as workspace:
        [conversation] = workspace.conversations.list()
        assert conversation.turns == 1


def test_a_survey_is_brought_in_asked_watched_and_downloaded(folder: Path, tmp_path: Path) -> None:
    survey = branching(tmp_path / "branching.qsf")
    with served(folder, "behavioural") as address, visited(address, "surveys") as visit:
        page = visit.page
        page.locator("input[type=file]").set_input_files(str(survey))
        page.locator(".item").first.wait_for()
        page.get_by_text("branching.qsf").first.wait_for()
        page.get_by_role("button", name="Ask people").click()
        page.get_by_role("button", name="Start").click()
        expect(page.locator("dl.facts").last).to_contain_text("done", timeout=90_000)
        page.get_by_role("button", name="Results").click()
        page.get_by_text("Files", exact=True).click()
        page.get_by_role("button", name="Make the files").click()
        with page.expect_download() as download:
            page.get_by_role("button", name="Download").click()
        archive = tmp_path / "study.zip"
        download.value.save_as(archive)
    assert visit.outside == []
    with open_seeded(Settings(workspace=folder)) as workspace:
        [summary] = workspace.runs.list()
        assert summary.status is RunStatus.DONE
        people = {one.id for one in workspace.runs.spec(summary.id).personas}
    with zipfile.ZipFile(archive) as files:
        names = set(files.namelist())
        assert {"branching_wide.csv", "branching_long.csv", "branching_wide.sav"} <= names
        wide = files.read("branching_wide.csv").decode("utf-8-sig").splitlines()
    rows = list(csv.DictReader(wide))
    assert {row["persona_id"] for row in rows} == people
    assert {row["simulated"] for row in rows} == {"1"}
