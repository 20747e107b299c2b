"""A field's own help: by the sign beside it and by F1 from inside it."""

import pytest
from PySide6.QtCore import Qt

from loanapp.help import article
from loanapp.journey.pages import Page
from tests.ui.test_window_keys import press, shown
from ui.components.buttons import LinkButton
from ui.components.fields import HELP_ARTICLE, Field

__all__ = ["press", "shown"]

FIELDS = {
    Page.SIGN_IN: {"phone-number", "one-time-code"},
    Page.BANK_CARD: {"bank-card-number", "bank-card-check"},
    Page.ABOUT_YOU: {"borrow-sensibly"},
    Page.TERMS: {"amount-and-term"},
    Page.IDENTITY_DOCUMENT: {"document-reading", "identity-number", "document-expired"},
}


def typed_into(page):
    return [field for field in page.findChildren(Field) if field.property(HELP_ARTICLE)]


@pytest.mark.parametrize("page", FIELDS)
def test_a_field_names_an_article_that_is_there(shown, page):
    window = shown(page)
    named = {field.property(HELP_ARTICLE) for field in typed_into(window.page)}
    assert named == FIELDS[page]
    assert all(article(name, language).title for name in named for language in ("zh", "en"))


def test_the_sign_opens_the_fields_article_and_is_told_by_its_field(shown):
    window = shown(Page.SIGN_IN, help_open=False)
    field = window.page.code
    (sign,) = field.findChildren(LinkButton)
    assert field.caption.text() in sign.accessibleName()
    sign.click()
    assert window.help_open
    assert window._help_article == "one-time-code"
    assert window.help_panel.isVisible()


def test_f1_in_a_field_opens_its_article_and_elsewhere_the_pages(shown, press):
    window = shown(Page.SIGN_IN)
    window.page.code.editor.setFocus()
    press(Qt.Key.Key_F1)
    assert window._help_article == "one-time-code"
    press(Qt.Key.Key_Escape)
    assert window.page.code.editor.hasFocus()
    window.page.scaffold.primary.setFocus()
    press(Qt.Key.Key_F1)
    assert window._help_article == "page-sign_in"
