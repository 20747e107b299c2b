"""What is kept of what is typed, and that looking never waits."""

import json
import os
import threading
import time

import pytest

from loanapp.client.drafts import DraftFile
from loanapp.client.errors import AnswerUnreadableError, LenderUnreachableError
from loanapp.client.secrets import MemorySecrets, SecretName, SecretsKind
from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from tests.loanapp.client.tls_lender import Reply, problem
from tests.loanapp.journey.scripted import GONE, LENDER, at, save_terms
from tests.loanapp.journey.states import FILLED, answer


class TestTheDraft:
    def test_what_is_typed_survives_a_restart(self, desk):
        journey = at(desk, answer())
        journey.remember(Page.IDENTITY_DOCUMENT, {"name": "测试甲"})
        assert at(desk, answer()).remembered(Page.IDENTITY_DOCUMENT) == {"name": "测试甲"}

    def test_the_open_page_survives_a_restart(self, desk):
        journey = at(desk, answer(**FILLED))
        assert journey.open_page(Page.ABOUT_YOU) is Page.ABOUT_YOU
        again = at(desk, answer(**FILLED))
        assert again.current_page() is Page.ABOUT_YOU
        assert again.finish_page() is Page.CHECK_ANSWERS

    def test_without_a_store_nothing_touches_the_disk(self, desk):
        journey = desk.program(secrets=MemorySecrets())
        desk.says(LENDER)
        journey.resume()
        journey.remember(Page.TERMS, {"amount": "1"})
        assert journey.secrets_kind is SecretsKind.MEMORY
        assert not desk.home.exists()

    def test_one_that_cannot_be_read_is_told_once(self, desk, expect_log):
        expect_log("a draft could not be read")
        at(desk, answer()).remember(Page.TERMS, {"amount": "1"})
        (file,) = desk.home.iterdir()
        file.write_bytes(b"damaged")
        journey = at(desk, answer())
        assert journey.take_notice().code is ErrorCode.DRAFT_UNREADABLE
        assert journey.take_notice() is None

    def test_it_is_open_even_with_the_lender_down(self, desk):
        at(desk, answer()).remember(Page.TERMS, {"amount": "1"})
        journey = desk.program()
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            journey.resume()
        assert journey.remembered(Page.TERMS) == {"amount": "1"}
        desk.says(LENDER, {"applications": [answer()]})
        assert journey.resume() is Page.IDENTITY_DOCUMENT

    def test_typing_never_waits_for_the_lender(self, desk):
        journey = at(desk, answer())
        desk.says(Reply(wait_s=1.0, body=json.dumps(answer()).encode()))
        waiting = threading.Thread(target=journey.refresh)
        waiting.start()
        time.sleep(0.1)
        started = time.monotonic()
        journey.remember(Page.TERMS, {"amount": "1"})
        journey.current_page()
        journey.stepper()
        assert time.monotonic() - started < 0.5
        waiting.join()

    def test_looking_waits_for_neither_disk_nor_credential_store(self, desk, monkeypatch):
        journey = at(desk, answer(**FILLED))
        slow, waiting = threading.Event(), threading.Event()

        def at_the_disk(_handle):
            waiting.set()
            slow.wait(5)

        def at_the_store(_name):
            waiting.set()
            slow.wait(5)

        monkeypatch.setattr(os, "fsync", at_the_disk)
        desk.secrets.delete = at_the_store
        for work in (lambda: journey.open_page(Page.ABOUT_YOU), journey.sign_out):
            waiting.clear()
            slow.clear()
            thread = threading.Thread(target=work)
            thread.start()
            assert waiting.wait(5)
            started = time.monotonic()
            journey.current_page()
            journey.stepper()
            journey.remembered(Page.TERMS)
            assert time.monotonic() - started < 0.5
            slow.set()
            thread.join()

    def test_what_is_typed_meanwhile_is_what_is_saved_last(self, desk):
        journey = at(desk, answer())
        threads = [
            threading.Thread(target=journey.remember, args=(Page.TERMS, {"amount": str(number)})) for number in range(8)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert at(desk, answer()).remembered(Page.TERMS) == journey.remembered(Page.TERMS)

    def test_half_a_character_is_replaced_and_nothing_is_lost(self, desk):
        journey = at(desk, answer())
        journey.remember(Page.ABOUT_YOU, {"employer": "某\ud83d公司\ud83d\ude00"})
        assert at(desk, answer()).remembered(Page.ABOUT_YOU) == {"employer": "某\ufffd公司\U0001f600"}

    @pytest.mark.parametrize("way", ["looked", "resumed"])
    def test_what_was_typed_is_forgotten_whichever_way_the_handing_in_is_learned(self, desk, way):
        journey = at(desk, answer(**FILLED))
        journey.remember(Page.BANK_CARD, {"number": "6222020000000000018"})
        if way == "looked":
            desk.says(answer("verifying"))
            journey.refresh()
        else:
            journey = at(desk, answer("verifying"))
        assert journey.remembered(Page.BANK_CARD) == {}
        kept, _ = DraftFile(desk.home, desk.secrets).load()
        assert kept.values == {}

    def test_what_is_typed_for_the_next_one_is_not_forgotten_with_the_last(self, desk):
        journey = at(desk, answer("declined"))
        journey.start_over()
        journey.remember(Page.TERMS, {"amount": "1"})
        desk.says(answer("declined"))
        journey.refresh()
        assert journey.remembered(Page.TERMS) == {"amount": "1"}

    def test_what_was_typed_is_forgotten_once_handed_in(self, desk):
        journey = at(desk, answer(**FILLED))
        journey.remember(Page.BANK_CARD, {"number": "6222020000000000018"})
        desk.says(answer("submitted"))
        assert journey.submit() is Page.PROGRESS
        assert journey.remembered(Page.BANK_CARD) == {}
        assert at(desk, answer("submitted")).draft.values == {}


class TestActsAreDoneOnce:
    def test_an_act_whose_answer_is_lost_is_repeated_with_the_same_key(self, desk):
        journey = at(desk, answer(**FILLED))
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            journey.submit()
        again = at(desk, answer(**FILLED))  # the program was killed meanwhile
        desk.says(answer("submitted"))
        assert again.submit() is Page.PROGRESS
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]
        assert again.draft.keys == {}

    @pytest.mark.parametrize("reply", [problem(409, "not_allowed_now"), problem(422, "input_invalid")])
    def test_an_act_that_was_refused_gets_a_new_key(self, desk, reply):
        journey = at(desk, answer(**FILLED))
        desk.says(reply, answer("submitted"))
        with pytest.raises(LoanAppError):
            journey.submit()
        journey.submit()
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_an_answer_nobody_can_read_leaves_the_act_open(self, desk):
        journey = at(desk, answer(**FILLED))
        desk.says({"no": "application"}, answer("submitted"))
        with pytest.raises(AnswerUnreadableError):
            journey.submit()
        assert journey.submit() is Page.PROGRESS
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] == second.headers["Idempotency-Key"]

    def test_handing_in_again_after_more_was_asked_for_is_another_act(self, desk):
        journey = at(desk, answer(**FILLED))
        desk.says(GONE)
        with pytest.raises(LenderUnreachableError):
            journey.submit()
        more = answer("needs_more", allowed_actions=["submit"])
        again = at(desk, more)  # it had arrived, and the lender asked for more meanwhile
        desk.says(answer("verifying"))
        again.submit()
        first, second = desk.asked("/v1/applications/ap-1/submit")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_other_terms_are_another_act(self, desk):
        desk.secrets.write(SecretName.ACCESS_TOKEN, "t-1")
        journey = desk.program()
        desk.says(LENDER, {"applications": []}, GONE, answer())
        journey.resume()
        with pytest.raises(LenderUnreachableError):
            save_terms(journey)
        save_terms(journey, "20000.00")
        first, second = (one for one in desk.asked("/v1/applications") if one.method == "POST")
        assert first.headers["Idempotency-Key"] != second.headers["Idempotency-Key"]

    def test_the_key_is_on_disk_before_anything_is_sent(self, desk):
        journey = at(desk, answer(**FILLED))
        original, saved = journey.client.submit, []

        def submit(application_id, key):
            on_disk, _ = DraftFile(desk.home, desk.secrets).load()
            saved.append(key in on_disk.keys.values())
            return original(application_id, key)

        journey.client.submit = submit
        desk.says(answer("submitted"))
        journey.submit()
        assert saved == [True]
