"""What goes to support holds nobody: name, number, card, phone and face are planted everywhere, and none comes out."""

import base64
import os
import re
import socket
from datetime import UTC, datetime

import cv2
import numpy as np
import pytest
import trustme

from loanapp.client.drafts import Draft
from loanapp.commands import main
from loanapp.commands.language import text
from loanapp.domain.errors import ErrorCode
from loanapp.help.diagnosis import Check, CheckState, network, processes
from loanapp.help.redaction import Redactor
from loanapp.help.support_bundle import SupportReport, known_of, support_text
from tests.loanapp.help.diagnosis.test_findings import sentences
from tests.loanapp.help.diagnosis.test_interception import answering, known

NAME, NUMBER, CARD, PHONE = "欧阳晓雨", "11010519491231002X", "6222021234567890128", "13800138000"
EVERYTHING = f"{NAME} {NUMBER} {CARD} {PHONE}"
KNOWN = (NAME, NUMBER, CARD, PHONE)
NOW = datetime(2026, 11, 26, 4, 0, tzinfo=UTC)


def say(language):
    return lambda key, **values: text(language, key, **values)


def nobody_in(written):
    """Asserts that nothing planted is left, however it is set apart, and no picture."""
    bare = re.sub(r"[\s\-.·]", "", written).lower()
    for secret in (NAME, "晓雨", NUMBER, NUMBER[6:14], CARD, CARD[-6:], PHONE, PHONE[3:]):
        assert secret.lower() not in bare, secret
    assert not re.search(r"[A-Za-z0-9+/=]{80,}", written)
    assert "ouyang" not in bare
    assert len(written) < 20_000


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_check_says_who_somebody_is_whatever_it_found(language):
    """Values that are not on the list are left out; what is on it comes from the program's own lists and measures."""
    from loanapp.help import support_bundle

    checks = []
    for check in sentences():
        free = support_bundle._HARMLESS.get(check.id, frozenset()) | support_bundle._ALWAYS
        checks.append(
            Check(
                check.id,
                check.state,
                check.outcome,
                check.article,
                {key: "7" if key in free else EVERYTHING for key in check.values},
            )
        )
    written = support_text(SupportReport(NOW, checks), say(language))
    assert len(written.splitlines()) > 60
    nobody_in(written[:19_000])
    nobody_in(written[19_000:])


def test_the_list_takes_nothing_that_somebody_has_named():
    """Cameras, folders, hosts, signers and the programs that hold a device are called as people like."""
    from loanapp.help import support_bundle

    named = {"name", "folder", "virtual", "issuer", "signer", "host", "name_zh", "name_en"}
    listed = support_bundle._HARMLESS
    assert {check for check, free in listed.items() if free & named} == set()
    # Names from lists of this program's, and those that makers give to drivers.
    assert {check for check, free in listed.items() if "names" in free} == {
        *("graphics", "input_method", "remote_control"),
    }
    assert named & support_bundle._ALWAYS == set()


def test_what_is_on_the_list_cannot_hold_a_name():
    assert processes.remote_programs([f"anydesk-{NAME}", NAME]) == ["AnyDesk"]


def test_a_certificate_that_names_somebody_is_told_without_the_name(tmp_path):
    own = trustme.CA()
    with answering(trustme.CA(organization_name=f"{NAME} {PHONE}")) as port:
        known(tmp_path, port, own)
        check = network.interception(tmp_path)
    assert NAME in check.values["issuer"]
    nobody_in(support_text(SupportReport(NOW, [check]), say("zh")))


@pytest.mark.attack("words-are-kept-and-persons-taken-out")
@pytest.mark.parametrize(
    "words",
    [
        f"我叫{NAME}，身份证{NUMBER}，卡号{CARD}，手机{PHONE}",
        f"姓名：{NAME} 证件 110105 19491231 002X 卡 6222 0212 3456 7890 128 电话 138-0013-8000",
        "电话１３８００１３８０００，卡６２２２０２１２３４５６７８９０１２８",
        "电话 +86 138.0013.8000，一三八零零一三八零零零",
        "我是欧 阳 晓 雨，欧阳·晓雨",
        "My name is Ouyang Xiaoyu, OUYANG XIAO YU, ouyangxiaoyu",
        "Xiaoyu Ouyang, xiao-yu ou yang 13800138000",
        "晓雨打的电话，Xiao-Yu Ouyang",
        f"a{PHONE}b {NUMBER.lower()} ({CARD})",
        "验证码 123456 写信到 ouyang.xiaoyu@example.com",
    ],
)
def test_words_are_kept_and_persons_taken_out(words):
    written = support_text(SupportReport(NOW, [], words=words + "。摄像头打不开"), say("zh"), KNOWN)
    nobody_in(written)
    assert "摄像头打不开" in written
    assert "123456" not in written


def test_a_name_that_nobody_told_the_program_is_found_where_it_is_introduced():
    for words in ("我叫李小明，打不开", "姓名：李小明", "my name is Li Xiaoming and it fails"):
        taken = Redactor().taken_out(words)
        assert "小明" not in taken
        assert "Xiaoming" not in taken


def test_figures_that_name_nobody_stay():
    assert Redactor().taken_out("等了 45 分钟，借 10,000 元，分 12 期") == "等了 45 分钟，借 10,000 元，分 12 期"


def test_what_the_draft_knows_is_known():
    draft = Draft(
        values={"identity_document": {"name": NAME, "number": NUMBER}, "terms": {"purpose": "medical", "months": "12"}},
        phone=PHONE,
        readings={"front": {"address": ["北京市朝阳区某路 1 号"]}},
    )
    assert set(known_of(draft)) == {NAME, NUMBER, PHONE, "北京市朝阳区某路 1 号"}
    written = support_text(SupportReport(NOW, [], words="北京市朝阳区某路1号"), say("zh"), known_of(draft))
    assert "朝阳" not in written


def test_the_command_shows_all_of_it_and_saves_the_same(capsys, monkeypatch, tmp_path):
    home = tmp_path / f"{NAME}-{PHONE}"
    home.mkdir(mode=0o700)
    (home / "lender.log").write_text(EVERYTHING, encoding="utf-8")
    (home / "face.jpg").write_bytes(base64.b64encode(EVERYTHING.encode() * 50))
    monkeypatch.setenv("LOANAPP_HOME", str(home))
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USER", NAME)
    monkeypatch.setenv("LANGUAGE", "zh_CN")
    out = tmp_path / "support.txt"
    assert main(["support", f"我叫{NAME}，电话{PHONE}，一直转圈", "--out", str(out)]) == 0
    shown, saved = capsys.readouterr().out, out.read_text(encoding="utf-8")
    assert saved in shown
    assert "一直转圈" in saved
    assert "[disk/good]" in saved
    nobody_in(saved)
    nobody_in(shown)
    assert os.name != "posix" or not out.stat().st_mode & 0o077


def test_nothing_of_what_lies_in_the_home_or_the_account_comes_out(capsys, monkeypatch, tmp_path):
    """A picture of a face and every secret, in each file a program or a person might leave there, and in its names."""
    face = np.zeros((480, 640, 3), np.uint8)
    cv2.ellipse(face, (320, 240), (110, 150), 0, 0, 360, (150, 170, 220), -1)
    picture = cv2.imencode(".jpg", face + np.random.default_rng(6).integers(0, 30, face.shape, np.uint8))[1].tobytes()
    home = tmp_path / NAME
    for place in ("draft.bin", "drafts/1.json", "updates/state.json", "support/queue.json", "lender.log", "crash.log",
                  f"{PHONE}.log", f"{CARD}/contract.pdf", "lender/evidence.db", "receipts.json"):  # fmt: skip
        file = home / place
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_bytes(EVERYTHING.encode() + picture + base64.b64encode(picture))
    for name in ("face.jpg", f"{NAME}.jpg"):
        (home / name).write_bytes(picture)
    for variable in ("HOME", "LOANAPP_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(variable, str(home))
    for variable in ("USER", "LOGNAME", "USERNAME", "HOSTNAME", "EMAIL"):
        monkeypatch.setenv(variable, EVERYTHING)
    monkeypatch.setattr(socket, "gethostname", lambda: f"{NAME}的电脑")
    monkeypatch.chdir(home)
    out = tmp_path / "support.txt"
    assert main(["support", f"{EVERYTHING} 画面是黑的", "--out", str(out)]) == 0
    for written in (out.read_text(encoding="utf-8"), capsys.readouterr().out):
        assert "画面是黑的" in written
        nobody_in(written)
        for start in range(0, len(picture) - 24, 24):
            piece = picture[start : start + 24]
            assert base64.b64encode(piece).decode() not in written
            assert piece.hex() not in written


def test_a_place_that_cannot_be_written_is_told(capsys, tmp_path):
    assert main(["support", "--out", str(tmp_path / "none" / "file.txt")]) == 2
    assert capsys.readouterr().err.strip()


def test_page_and_codes_are_told():
    written = support_text(
        SupportReport(NOW, [Check("disk", CheckState.GOOD, "good", "draft-and-disk", {"free": "9", "enough": "1"})],
                      page="bank_card", errors=[ErrorCode.CARD_MISMATCH]),
        say("en"),
    )  # fmt: skip
    assert "bank_card" in written
    assert "card_mismatch" in written
    assert "12:00" in written, "the time in China"
