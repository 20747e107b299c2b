from loanapp.domain.text_change import LineChange, changes


def test_only_what_changed_is_told():
    before = "授权\n\n谁：甲\n多久：7 天\n可以撤回\n"
    now = "授权\n谁：甲和乙\n多久：7 天\n可以撤回\n还有一条\n"
    assert changes(before, now) == (LineChange("谁：甲", "谁：甲和乙"), LineChange("", "还有一条"))


def test_what_is_gone_is_told_too():
    assert changes("a\nb\nc", "a\nc") == (LineChange("b", ""),)


def test_white_space_is_no_change():
    assert changes("a\n\n b ", "\na\nb\n") == ()
