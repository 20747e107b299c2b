"""A whole loan by listening alone: the real program, the real lender, a real client of the accessibility bus."""

import sys

import pytest

from loanapp.domain.liveness import Action
from tests.accessibility.desk import desk, developer
from tests.accessibility.listening_borrower import ListeningBorrower
from tests.accessibility.screen_reader import ScreenReader
from ui.translations import tr

URGENT = 2

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="AT-SPI is how Linux speaks to screen readers"),
    pytest.mark.timeout(420),
]


@pytest.fixture(scope="module")
def heard(tmp_path_factory) -> list[dict[str, object]]:
    """Everything a screen reader was told on the way from the price to the loan."""
    if missing := developer().missing_for_reader():
        pytest.fail(
            f"no screen reader can be tried here. Run:\n  sudo apt-get install {' '.join(missing)}", pytrace=False
        )
    home = tmp_path_factory.mktemp("listening")
    with desk() as place:
        program = place.start_program(home)
        reader = ScreenReader(place)
        try:
            reader.find_program("LoanApp")
            ListeningBorrower(reader).walk()
            assert program.poll() is None, "the program ended"
            reader.listen()
        except Exception as error:
            error.add_note(place.told())
            raise
        return reader.spoken


def events(heard: list[dict[str, object]], event: str) -> list[dict[str, object]]:
    return [told for told in heard if told["event"] == event]


def test_a_loan_is_taken_out_from_the_price_to_the_money_by_listening_alone(heard):
    # The walk itself is the test: it looked at every page, and it ended on the loan.
    assert tr("my_loan.title") in " ".join(str(told["text"]) for told in events(heard, "announcement"))


def test_whatever_had_the_focus_said_what_it_is(heard):
    nameless = [told for told in events(heard, "focused") if not told["name"]]
    assert nameless == []
    assert len(events(heard, "focused")) > 30


def test_the_prompts_of_the_camera_are_said_at_once_and_the_rest_in_turn(heard):
    prompts = {tr(f"voice.action.{action.value}") for action in Action}
    said = [told for told in events(heard, "announcement") if told["text"] in prompts]
    assert len(said) >= 2
    assert {told["urgency"] for told in said} == {URGENT}
    titles = [told for told in events(heard, "announcement") if str(told["text"]).startswith(tr("cost.title"))]
    assert {told["urgency"] for told in titles} == {1}


def test_what_is_said_is_said_in_chinese(heard):
    foreign = [told["text"] for told in events(heard, "announcement") if str(told["text"]).isascii()]
    assert foreign == []
