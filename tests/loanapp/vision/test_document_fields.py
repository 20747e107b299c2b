"""Rules from text to fields, without reading a picture."""

from datetime import date

import numpy as np
import pytest

from loanapp.vision.document_fields import is_specimen, read_back, read_front, side_scores
from loanapp.vision.text_reading import TextBox, into_rows, lies_on_its_side

TODAY = date(2026, 11, 22)
NUMBER = "11010519491231002X"


def box(text, left, top, right, bottom, score=0.99, degrees=0.0):
    corners = np.array([[left, top], [right, top], [right, bottom], [left, bottom]], np.float32)
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    return TextBox(text, score, corners @ turn.T)


def front(**changes):
    texts = {
        "name": "姓名欧阳明",
        "sex": "性别女",
        "group": "民族汉",
        "birth": "出生1949年12月31日",
        "address": "住址北京市朝阳区模拟路1号",
        "more": "2号楼303室",
        "label": "公民身份号码",
        "number": NUMBER,
    } | changes
    places = {
        "name": (60, 80, 300, 130),
        "sex": (60, 160, 240, 205),
        "group": (290, 160, 470, 205),
        "birth": (60, 240, 560, 285),
        "address": (60, 320, 650, 365),
        "more": (180, 375, 400, 420),
        "label": (60, 560, 320, 605),
        "number": (350, 555, 1000, 610),
    }
    return [box(text, *places[key]) for key, text in texts.items() if text]


def fields(boxes):
    return {key: reading.value for key, reading in read_front(into_rows(boxes), TODAY).items()}


def test_front_is_read_label_by_label():
    assert fields(front()) == {
        "name": "欧阳明",
        "sex": "female",
        "ethnic_group": "汉",
        "birth": "1949-12-31",
        "address": "北京市朝阳区模拟路1号2号楼303室",
        "identity_number": NUMBER,
    }


@pytest.mark.parametrize("beside", [{"sex": "性另"}, {"birth": "出生19 9年2月日"}, {"birth": "", "sex": ""}])
def test_birth_and_sex_come_from_the_number_where_they_are_not_plainly_read(beside):
    read = fields(front(**beside))
    assert (read["sex"], read["birth"]) == ("female", "1949-12-31")


@pytest.mark.parametrize(
    "beside", [{"sex": "性别男"}, {"birth": "出生1999年1月1日"}, {"birth": "出生 1949 年 12 月 3 日"}]
)
def test_number_that_birth_or_sex_contradicts_is_not_given(beside):
    read = fields(front(**beside))
    assert read["identity_number"] == read["birth"] == read["sex"] == ""
    assert read["name"] == "欧阳明"


@pytest.mark.parametrize("number", ["110105194912310021", "1101051949123100", "", "测试"])
def test_number_that_does_not_hold_is_not_given(number):
    read = fields(front(number=number))
    assert read["identity_number"] == read["birth"] == read["sex"] == ""


@pytest.mark.parametrize("printed", ["11O1O5I949I23IOO2X", "11010519491231002x", "110105 19491231 002X"])
def test_letters_that_look_like_digits_are_mended_when_the_checksum_then_holds(printed):
    assert fields(front(number=printed))["identity_number"] == NUMBER


def test_number_behind_its_label_in_one_piece():
    assert fields(front(label="", number=f"公民身份号码{NUMBER}"))["identity_number"] == NUMBER


@pytest.mark.parametrize(
    ("printed", "name"),
    [
        ("姓名买买提·艾合买提", "买买提·艾合买提"),
        ("姓名买买提•艾合买提", "买买提·艾合买提"),
        ("姓名 测试 甲", "测试甲"),
        ("姓各测试甲", "测试甲"),
        ("性名测试甲", "测试甲"),
        ("名测试甲", "测试甲"),
        ("姓名䶮", "䶮"),
        ("姓名𬱖", "𬱖"),
    ],
)
def test_names(printed, name):
    assert fields(front(name=printed))["name"] == name


@pytest.mark.parametrize(
    ("printed", "group"),
    [
        ("民族汉", "汉"),
        ("民族维吾尔", "维吾尔"),
        ("民族维吾", "维吾尔"),
        ("民族哈萨兑", "哈萨克"),
        ("民族漢", "汉"),
        ("民族", ""),
        ("民族!!", ""),
    ],
)
def test_ethnic_group_is_one_of_the_56_or_nothing(printed, group):
    assert fields(front(group=printed))["ethnic_group"] == group


def test_sex_and_group_in_one_piece():
    assert fields(front(sex="", group="性别女民族土家"))["ethnic_group"] == "土家"


def test_address_without_its_label_begins_below_the_birth():
    assert fields(front(address="北京市朝阳区模拟路1号"))["address"] == "北京市朝阳区模拟路1号2号楼303室"


@pytest.mark.parametrize("printed", ["上海市模拟区样例街178号", "：上海市模拟区样例街178号"])
def test_address_is_kept_that_resembles_the_specimen_mark(printed):
    assert fields(front(address=f"住址{printed}"))["address"] == "上海市模拟区样例街178号2号楼303室"


def test_text_over_the_portrait_and_the_specimen_mark_belong_to_no_field():
    mark = box("模拟样张 非真实证件", 720, 30, 1000, 76)
    other = box("NASA", 800, 330, 900, 370)
    rows = into_rows([*front(), mark, other])
    assert read_front(rows, TODAY)["address"].value == "北京市朝阳区模拟路1号2号楼303室"
    assert is_specimen(rows)
    assert not is_specimen(into_rows(front()))


@pytest.mark.parametrize("degrees", [-12, -5, 5, 12])
def test_rows_of_a_tilted_card(degrees):
    angle = np.deg2rad(degrees)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]], np.float32)
    tilted = [TextBox(one.text, one.score, one.corners @ turn.T) for one in front()]
    assert fields(tilted)["address"] == "北京市朝阳区模拟路1号2号楼303室"


def test_confidence_is_that_of_the_weakest_piece():
    boxes = front(more="")
    boxes.append(box("2号楼303室", 180, 375, 400, 420, score=0.6))
    read = read_front(into_rows(boxes), TODAY)
    assert read["address"].confidence == pytest.approx(0.6)
    assert read["identity_number"].confidence == pytest.approx(0.99)


def back(authority="签发机关北京市公安局朝阳分局", validity="有效期限2018.05.10-2038.05.10"):
    return into_rows(
        [
            box("中华人民共和国", 400, 80, 900, 150),
            box("居民身份证", 400, 180, 900, 280),
            box(authority, 200, 470, 800, 520),
            box(validity, 200, 560, 800, 610),
        ]
    )


@pytest.mark.parametrize(
    ("printed", "until"),
    [
        ("有效期限2018.05.10-2038.05.10", "2038-05-10"),
        ("有效期限2018.05.10-长期", "long_term"),
        ("有效期限20180510一长期", "long_term"),
        ("有效期限2018,05.10 2038.05,10", "2038-05-10"),
        ("有效期艰2018.05.10-2038.05.10", "2038-05-10"),
        ("2018.05.10-2038.05.10", "2038-05-10"),
        ("有效期限2018.05.10-2038.15.10", ""),
        ("有效期限2038.05.10-2018.05.10", ""),
        ("有效期限", ""),
    ],
)
def test_validity(printed, until):
    assert read_back(back(validity=printed))["valid_until"].value == until


@pytest.mark.parametrize(
    "printed", ["签发机关北京市公安局朝阳分局", "签友机关北京市公安局朝阳分局", "北京市公安局朝阳分局"]
)
def test_authority(printed):
    assert read_back(back(authority=printed))["authority"].value == "北京市公安局朝阳分局"


def test_sides_tell_themselves_apart():
    front_score, back_score = side_scores(into_rows(front()))
    assert front_score > 4 > 1 >= back_score
    front_score, back_score = side_scores(back())
    assert back_score == 4 > front_score
    assert side_scores([]) == (0, 0)


def test_a_picture_on_its_side_is_noticed():
    assert not lies_on_its_side(front())
    upright = [TextBox(one.text, one.score, one.corners[[0, 3, 2, 1], ::-1].copy()) for one in front()]
    assert lies_on_its_side(upright)
    assert not lies_on_its_side([])
    assert into_rows([]) == []
