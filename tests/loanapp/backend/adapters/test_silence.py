"""A source that gives no answer: told apart from one that says no, asked again, and spared while it is down."""

import dataclasses
import socket
import threading
import time

import pytest
from fastapi import FastAPI, Response
from fastapi.responses import JSONResponse, StreamingResponse

from loanapp.backend.adapters.calling import Caller
from loanapp.backend.adapters.ports import DebitRefusedError, SourceDownError
from loanapp.backend.adapters.simulated_line import SimulatedLine, read_mark
from loanapp.backend.policy.sources import SourceName, SourcePolicy
from tests.loanapp.backend.adapters.conftest import (
    KNOWN,
    POLICIES,
    SECRET,
    http_sources,
    identities,
    over_tls,
    simulators,
)
from tests.loanapp.backend.walk import MovableClock

ONE = KNOWN["测试甲"]


class Source:
    """Fails as often as it is told to, then answers."""

    def __init__(self, failures, error=None):
        self.failures, self.error, self.asked = failures, error or SourceDownError(3), 0

    def __call__(self):
        self.asked += 1
        if self.asked <= self.failures:
            raise self.error
        return "answer"


class TestAskingAgain:
    def test_a_source_that_fails_twice_answers_the_third_time(self, patience):
        one, source = patience(pause=0.2, longest_pause=2.0), Source(2)
        assert one.caller.call(source) == "answer"
        assert one.pauses == [0.1, 0.2]  # half of 0.2 and of 0.4: full jitter, luck at one half

    def test_pauses_have_an_end(self, patience):
        one = patience(tries=6, pause=0.2, longest_pause=0.5, failures=99)
        with pytest.raises(SourceDownError):
            one.caller.call(Source(99))
        assert one.pauses == [0.1, 0.2, 0.25, 0.25, 0.25]

    def test_luck_is_drawn_anew_for_every_pause(self):
        rules = POLICIES.sources.rules[SourceName.REGISTRY].model_copy(update={"tries": 9, "failures": 99})
        pauses = []
        caller = dataclasses.replace(Caller.by(rules), sleep=pauses.append)
        with pytest.raises(SourceDownError):
            caller.call(Source(99))
        assert len(set(pauses)) == 8
        assert all(0 <= pause < rules.longest_pause for pause in pauses)

    def test_an_answer_that_is_a_refusal_is_not_asked_for_again(self, patience):
        one, source = patience(), Source(1, DebitRefusedError())
        with pytest.raises(DebitRefusedError):
            one.caller.call(source)
        assert source.asked == 1


class TestBreaker:
    def test_it_spares_a_source_that_is_down_and_lets_one_question_try(self, patience):
        one, source = patience(tries=1, failures=3, open_for=20.0), Source(4)
        for _time in range(3):
            with pytest.raises(SourceDownError):
                one.caller.call(source)
        with pytest.raises(SourceDownError) as told:
            one.caller.call(source)
        assert (source.asked, told.value.retry_after_seconds) == (3, 20)
        one.now = 21.0
        with pytest.raises(SourceDownError):
            one.caller.call(source)  # the trial fails, and it opens anew
        with pytest.raises(SourceDownError):
            one.caller.call(source)
        assert source.asked == 4
        one.now = 42.0
        assert one.caller.call(source) == "answer"
        assert one.caller.call(source) == "answer"

    def test_while_one_tries_the_others_are_turned_away(self, patience):
        one = patience(tries=1, failures=1)
        with pytest.raises(SourceDownError):
            one.caller.call(Source(1))
        one.now = 30.0
        inside, go = threading.Event(), threading.Event()

        def slow():
            inside.set()
            go.wait(10)
            return "answer"

        trial = threading.Thread(target=one.caller.call, args=(slow,))
        trial.start()
        assert inside.wait(10)
        other = Source(0)
        with pytest.raises(SourceDownError):
            one.caller.call(other)
        go.set()
        trial.join(10)
        assert other.asked == 0
        assert one.caller.call(other) == "answer"

    def test_a_trial_that_ends_in_another_way_lets_the_next_one_try(self, patience):
        one = patience(tries=1, failures=1)
        with pytest.raises(SourceDownError):
            one.caller.call(Source(1))
        one.now = 30.0
        with pytest.raises(ZeroDivisionError):
            one.caller.call(lambda: 1 / 0)
        assert one.caller.call(Source(0)) == "answer"


class TestSimulators:
    def test_down_for_one_person_and_for_nobody_else(self, tmp_path):
        people = identities(lines={SourceName.BUREAU: "down:2"})
        sources = simulators(tmp_path, MovableClock(), people)
        for _time in range(2):
            with pytest.raises(SourceDownError):
                sources.bureau.query("a", ONE.identity_number)
            assert sources.bureau.query("b", KNOWN["测试丁"].identity_number).open_loans > 5
        assert sources.bureau.query("a", ONE.identity_number).score == 742
        sources.bank.close()

    def test_a_share_of_the_questions_fails(self, tmp_path):
        sources = simulators(tmp_path, MovableClock(), failing={SourceName.REGISTRY: 0.5})
        failed = 0
        for _time in range(200):
            try:
                sources.registry.confirm(ONE.name, ONE.identity_number)
            except SourceDownError:
                failed += 1
        assert 70 < failed < 130
        sources.bank.close()

    def test_one_slower_than_its_timeout_never_answers(self, watch):
        line = SimulatedLine(9.0, timeout=0.05, retry_seconds=3, failing=0.0, chance=lambda: 1.0)
        with pytest.raises(SourceDownError):
            line.reach("anybody")
        assert watch() < 2

    @pytest.mark.parametrize("mark", ["", "down:", "down:x", "off", "up:1"])
    def test_a_mark_that_means_nothing_is_refused(self, mark):
        with pytest.raises(ValueError, match="no state of a line"):
            read_mark(mark)


def _drip():
    for _time in range(100):
        yield b" "
        time.sleep(0.1)
    yield b"{}"


def _strange_server():
    """Everything a source may do instead of answering."""
    app = FastAPI()
    answers = {
        "broken": lambda: Response(b"{", media_type="application/json"),
        "list": lambda: JSONResponse([]),
        "unknown_word": lambda: JSONResponse({"answer": "perhaps", "portrait": "same"}),
        "missing": lambda: JSONResponse({}),
        "server_error": lambda: JSONResponse({"answer": "match", "portrait": "same"}, 500),
        "no_such_route": lambda: JSONResponse({"answer": "mismatch", "portrait": "same"}, 404),
        "elsewhere": lambda: Response(status_code=307, headers={"Location": "/right/registry/confirm"}),
        "endless": lambda: StreamingResponse((b" " * 65536 for _part in range(1000)), media_type="application/json"),
        "drip": lambda: StreamingResponse(_drip(), media_type="application/json"),
        "right": lambda: JSONResponse({"answer": "match", "portrait": "not_compared"}),
    }
    for name, answer in answers.items():
        answer.__name__ = name
        app.add_api_route(f"/{name}/registry/confirm", answer, methods=["POST"])
    return app


@pytest.fixture(scope="module")
def strange(authority):
    with over_tls(_strange_server(), authority) as url:
        yield url


class TestHttp:
    @pytest.mark.parametrize(
        "way",
        ["broken", "list", "unknown_word", "missing", "server_error", "endless", "drip"],
    )
    def test_what_is_no_answer_never_becomes_one(self, strange, root, way, watch):
        registry = http_sources(f"{strange}/{way}", root, timeout=1.0).registry
        with pytest.raises(SourceDownError):
            registry.confirm(ONE.name, ONE.identity_number)
        assert watch() < 4

    @pytest.mark.parametrize(("way", "status"), [("no_such_route", 404), ("elsewhere", 307)])
    def test_a_question_of_ours_that_is_refused_says_nothing_about_anybody(
        self, strange, root, expect_log, way, status
    ):
        expect_log(f"a source refuses our question with status {status}")
        with pytest.raises(SourceDownError):
            http_sources(f"{strange}/{way}", root).registry.confirm(ONE.name, ONE.identity_number)

    def test_the_same_server_answers_where_it_is_right(self, strange, root):
        assert http_sources(f"{strange}/right", root).registry.confirm("a", "b").answer == "match"

    def test_nothing_is_said_to_a_server_of_another_root(self, strange, tmp_path):
        import trustme

        other = tmp_path / "other.pem"
        other.write_bytes(trustme.CA().cert_pem.bytes())
        with pytest.raises(SourceDownError):
            http_sources(f"{strange}/right", other).registry.confirm(ONE.name, ONE.identity_number)

    def test_nobody_there(self, root):
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]
        with pytest.raises(SourceDownError):
            http_sources(f"https://127.0.0.1:{port}", root).registry.confirm(ONE.name, ONE.identity_number)

    def test_a_wrong_secret_is_told_to_us_alone(self, authority, root, tmp_path, expect_log):
        from loanapp.backend.adapters.example_server import example_server

        inner = simulators(tmp_path, MovableClock())
        expect_log("a source refuses our question with status 401")
        with over_tls(example_server(inner, SECRET), authority) as url, pytest.raises(SourceDownError):
            http_sources(url, root, secret="another").registry.confirm(ONE.name, ONE.identity_number)
        inner.bank.close()

    def test_a_source_that_is_down_behind_the_server_says_when_to_ask_again(self, authority, root, tmp_path):
        from loanapp.backend.adapters.example_server import example_server

        inner = simulators(tmp_path, MovableClock(), identities(lines={SourceName.SCREENING: "down"}))
        with over_tls(example_server(inner, SECRET), authority) as url, pytest.raises(SourceDownError) as told:
            http_sources(url, root).screening.screen(ONE.name, ONE.identity_number)
        assert told.value.retry_after_seconds == POLICIES.simulation.gateway_retry_seconds
        inner.bank.close()


@pytest.mark.parametrize("change", [{"rules": {}}, {"waits": [-1]}, {"payout": {"looks": [], "refused_again": 1}}])
def test_rules_that_do_not_hold_stop_the_start(change):
    with pytest.raises(ValueError, match="SourcePolicy"):
        SourcePolicy.model_validate(POLICIES.sources.model_dump() | change)
