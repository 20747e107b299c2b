"""Money, percent, dates and times as the borrower reads them: the written forms of the language in force."""

from typing import Final

from loanapp.domain.written_forms import WrittenForms
from ui.translations import tr


def _say(key: str, /, **values: object) -> str:
    return tr(f"formats.{key}", **values)


FORMS: Final = WrittenForms(_say)
yuan = FORMS.money
yuan_column = FORMS.money_column
around_money = FORMS.around_money
percent = FORMS.percent
day = FORMS.day
short_day = FORMS.short_day
short_month = FORMS.short_month
weekday = FORMS.weekday
clock = FORMS.time
moment = FORMS.moment
sentences = FORMS.sentences
sentence_and_fix = FORMS.sentence_and_fix
