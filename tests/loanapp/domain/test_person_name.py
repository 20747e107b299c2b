import pytest

from loanapp.domain.person_name import LONGEST, is_name, tidy_name

DOTS = "•‧∙⋅・･●◦·．。."


@pytest.mark.parametrize("dot", DOTS)
def test_every_dot_of_a_keyboard_or_a_card_is_the_one_dot(dot):
    assert tidy_name(f" 阿卜杜拉{dot}买买提 ") == "阿卜杜拉·买买提"
    assert tidy_name(f"阿卜杜拉 {dot} 买买提") == "阿卜杜拉·买买提"


@pytest.mark.parametrize(
    "name",
    [
        *("王伟", "䶮㛃𬱖", "𠮷𠈓", "王\U00031350", "欧阳娜娜", "Aygul"),
        *("古丽努尔·艾尼瓦尔·买买提明", "买买提·吐尔逊·阿不都热合曼", "迪丽" * 20),
    ],
)
def test_names_that_people_have(name):
    assert is_name(tidy_name(name))


@pytest.mark.parametrize(
    "name", ["", "王", "·王伟", "王伟·", "王··伟", "王1", "王 伟", "王伟!", "王😀", "王" * (LONGEST + 1), "王·"]
)
def test_what_is_no_name(name):
    assert not is_name(tidy_name(name))


def test_a_composed_and_a_decomposed_name_are_the_same():
    assert tidy_name("Zoë") == tidy_name("Zoe\u0308")
