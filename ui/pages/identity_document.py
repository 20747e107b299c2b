"""Photos of the identity card, and what was read from them, confirmed by the borrower."""

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtGui import QImage, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout

from loanapp.domain.clock import CHINA
from loanapp.domain.errors import LoanAppError
from loanapp.domain.identity_number import parse_identity_number
from loanapp.domain.person_name import LONGEST, tidy_name
from loanapp.journey.pages import Page
from ui.announce import announce
from ui.components.banner import Banner
from ui.components.card import Card, SectionHeading
from ui.components.error_summary import FieldError
from ui.components.fields import Field
from ui.components.labels import label
from ui.components.number_fields import DateField, IdentityNumberField
from ui.components.photo_side import PhotoSide
from ui.components.test_identity import TestIdentityRow
from ui.components.text_field import TextField
from ui.components.tick_box import TickBox
from ui.formats import day, sentence_and_fix
from ui.messages import Level
from ui.pages.page import JourneyPage
from ui.pages.photos import read_photo, thumbnail
from ui.translations import error_fix, error_sentence, tr

if TYPE_CHECKING:
    from loanapp.client.answers import DocumentReading

Side = Literal["front", "back"]
_SIDES: tuple[Side, Side] = ("front", "back")
_FIELDS = ("name", "identity_number", "ethnic_group", "address", "authority", "valid_from", "valid_until")
_OF_SIDE = {"front": ("name", "identity_number", "ethnic_group", "address"), "back": _FIELDS[4:]}
_WIDTHS = {"identity_number": 260, "ethnic_group": 120, "valid_from": 160, "valid_until": 160}
_HALF_A_LINE = ("identity_number", "valid_from")
# F1 answers in every field; there is room for a sign where nothing stands beside it.
_HELP = {"name": "document-reading", "identity_number": "identity-number", "valid_until": "document-expired"}
# Below this a field is marked: please look closely. OCR confidence of clean synthetic cards lies above .95.
_SURE = 0.9
# Width of the page in px at 100 % below which nothing stands beside another field.
_ROOM_FOR_TWO = 640
_NUMBER_LENGTH = 18
# As the lender's API has it.
_LONGEST_ADDRESS = 200


def _make_field(name: str) -> Field:
    """The field made for what it takes."""
    width = _WIDTHS.get(name, 0)
    if name == "identity_number":
        return IdentityNumberField(width=width, exactly=_NUMBER_LENGTH)
    if name in ("valid_from", "valid_until"):
        return DateField(width=width)
    if name == "name":
        return Field(at_most=LONGEST)
    return TextField(at_most=_LONGEST_ADDRESS) if name == "address" else Field(width=width)


def _plain(field: Field) -> str:
    """What the lender is told: a day in its one form, everything else as it stands."""
    found = field.value() if isinstance(field, DateField) else None
    return found.isoformat() if found is not None else field.text()


class IdentityDocumentPage(JourneyPage):
    """Two photos, then the fields read from them; the name is always confirmed by hand."""

    page_id = Page.IDENTITY_DOCUMENT

    def build(self) -> None:
        """Make the widgets."""
        self._sure: dict[str, float] = {}
        row = QHBoxLayout()
        row.setSpacing(16)
        self.sides: dict[Side, PhotoSide] = {}
        for side in _SIDES:
            panel = self.sides[side] = PhotoSide(side)
            panel.chosen.connect(partial(self._take_file, side))
            row.addWidget(panel, 1)
        self.scaffold.body.addLayout(row)
        self.test_people = TestIdentityRow("identity_document.take_test_card")
        self.test_people.taken.connect(self._take_test_card)
        self.test_people.hide()
        self.scaffold.add(self.test_people)
        self.tips = label("", "small")
        self.scaffold.add(self.tips)
        self.heading = SectionHeading()
        self.scaffold.add(self.heading)
        self.card = self._make_fields()
        self.scaffold.add(self.card)

    def _make_fields(self) -> Card:
        card = Card(spacing=14)
        self._replaced: dict[str, str] = {}
        self.replaced = Banner(Level.LOOK)
        self.replaced.hide()
        card.body.addWidget(self.replaced)
        self.fields: dict[str, Field] = {}
        for name in _FIELDS:
            field = self.fields[name] = _make_field(name)
            field.edited.connect(partial(self._edited, name))
            field.set_help(_HELP.get(name, "document-reading"), sign=name in ("name", "valid_until"))
        self._grid = QGridLayout()
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(14)
        self.derived = Field()
        self.derived.set_read_only(True)
        self._side_by_side: bool | None = None
        self._arrange()
        card.body.addLayout(self._grid)
        self.confirm = TickBox()
        self.confirm.toggled.connect(lambda _: self.remember_soon())
        card.body.addWidget(self.confirm)
        return card

    def _arrange(self) -> None:
        """What belongs together side by side, where there is room for it; else everything one under another."""
        side_by_side = self.width() >= self.context.theme.px(_ROOM_FOR_TWO)
        if side_by_side == self._side_by_side:
            return
        self._side_by_side = side_by_side
        beside = {"identity_number": self.derived, "valid_from": self.fields["valid_until"]}
        for field in (*self.fields.values(), self.derived):
            self._grid.removeWidget(field)
        line, top = 0, Qt.AlignmentFlag.AlignTop
        for name in ("name", "ethnic_group", "identity_number", "address", "authority", "valid_from"):
            alone = name not in _HALF_A_LINE or not side_by_side
            self._grid.addWidget(self.fields[name], line, 0, 1, 2 if alone else 1, top)
            if (other := beside.get(name)) is not None:
                line += 0 if side_by_side else 1
                self._grid.addWidget(other, line, 1 if side_by_side else 0, 1, 1 if side_by_side else 2, top)
            line += 1
        for column in (0, 1):
            self._grid.setColumnStretch(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Follow the width."""
        super().resizeEvent(event)
        self._arrange()

    def changeEvent(self, event: QEvent) -> None:
        """Follow the size of text."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange and hasattr(self, "_side_by_side"):
            self._arrange()

    def retranslate(self) -> None:
        """Change every word; what is read and typed stays."""
        super().retranslate()
        self.tips.setText(tr("identity_document.tips"))
        self.heading.setText(tr("identity_document.read_heading"))
        self.confirm.setText(tr("identity_document.confirm"))
        for name in _FIELDS:
            self._label_field(name)
        if self.fields["valid_until"].text() in self.context.translator.in_both("common.long_term"):
            self.fields["valid_until"].set_text(tr("common.long_term"))
        self._show_derived()
        self._show_replaced()

    def _label_field(self, name: str) -> None:
        unsure = self._sure.get(name, 1.0) < _SURE
        hint = tr("identity_document.unsure") if unsure else ""
        if name == "valid_until" and not hint:
            hint = tr("identity_document.valid_until_hint")
        if name == "valid_from" and not hint:
            hint = tr("identity_document.date_hint")
        self.fields[name].set_label(tr(f"identity_document.{name}"), hint)
        self.fields[name].hint.setProperty("role", "look" if unsure else "small")
        self.fields[name].hint.style().polish(self.fields[name].hint)

    def load(self) -> None:
        """Show what was read and typed; photos are never kept on this computer."""
        journey = self.journey
        kept = journey.remembered(Page.IDENTITY_DOCUMENT)
        for name in _FIELDS:
            self.fields[name].set_text(kept.get(name, ""))
            self._sure[name] = float(kept.get(f"sure_{name}", "1") or 1)
            self._label_field(name)
        self.confirm.setChecked(kept.get("confirmed") == "yes")
        held = journey.application.document if journey.application is not None else None
        for side, panel in self.sides.items():
            there = held is not None and bool(getattr(held, side))
            if not there:
                # Of somebody before, or of an application that is over: nobody else may see it.
                panel.show_image(None)
            if not there or panel.state.text() != tr("common.photo_read"):
                panel.show_state("common.photo_held" if there else "common.photo_none", done=there)
            panel.show_error(None)
        self._show_test_people(kept)
        self._replaced = {}
        self._show_replaced()
        self._show_fields()
        self.all_saved()

    def _show_test_people(self, kept: Mapping[str, str]) -> None:
        lender, kit = self.journey.lender, self.context.demonstration
        simulated = kit is not None and lender is not None and lender.simulated
        self.test_people.setVisible(simulated)
        if simulated and kit is not None:
            self.test_people.set_people(kit.identities())
            key = kept.get("test_identity", "") or self.journey.remembered(Page.SIGN_IN).get("test_identity", "")
            self.test_people.choose(key)

    def values(self) -> Mapping[str, str]:
        """Fields as they stand, how sure the reading was, and whether the name is confirmed."""
        return {
            **{name: field.text() for name, field in self.fields.items()},
            **{f"sure_{name}": str(sure) for name, sure in self._sure.items()},
            "confirmed": "yes" if self.confirm.isChecked() else "",
            "test_identity": self.test_people.key(),
        }

    def focus_first(self) -> None:
        """The first photo that is missing, else the name."""
        missing = [self.sides[side] for side in _SIDES if not self._held(side)]
        (missing[0] if missing else self.fields["name"]).setFocus(Qt.FocusReason.OtherFocusReason)

    # Photos

    def _held(self, side: Side) -> bool:
        application = self.context.journey.application if self.context.journey is not None else None
        return application is not None and bool(getattr(application.document, side))

    def _take_file(self, side: Side, path: Path) -> None:
        self._send(side, lambda: read_photo(path))

    def _take_test_card(self, key: str) -> None:
        kit = self.context.demonstration
        if kit is not None and key:
            for side in _SIDES:
                self._send(side, partial(kit.render_card, key, side))

    def _send(self, side: Side, source: "Callable[[], bytes]") -> None:
        """Read, show, send and have one photo read; all off the GUI thread."""
        self.show_problem(None)
        self.show_errors(None)
        panel, journey = self.sides[side], self.journey
        panel.show_error(None)
        panel.show_state("common.photo_reading")

        def work() -> "tuple[QImage, DocumentReading]":
            data = source()
            picture = thumbnail(data)
            return picture, journey.upload_document(side, data)

        self.context.operations.run(work, partial(self._read, side), partial(self._not_read, side), busy=self)

    def _read(self, side: Side, result: "tuple[QImage, DocumentReading]") -> None:
        picture, reading = result
        self.sides[side].show_image(picture)
        self.sides[side].show_state("common.photo_read", done=True)
        before = {name: self.fields[name].text() for name in _OF_SIDE[side]}
        for name in _OF_SIDE[side]:
            found = reading.fields.get(name)
            self._sure[name] = found.confidence if found is not None else 0.0
            text = found.value if found is not None else ""
            self.fields[name].set_text(tr("common.long_term") if text == "long_term" else text)
            self._label_field(name)
        # Of what another photo replaced, only what was there and read otherwise.
        kept = {name: text for name, text in self._replaced.items() if name not in before}
        changed = {name: text for name, text in before.items() if text and text != self.fields[name].text()}
        self._replaced = kept | changed
        self._show_replaced()
        if side == "front":
            self.confirm.setChecked(False)
        self._show_fields()
        self.remember_soon()
        self.save_now()
        if all(self._held(one) for one in _SIDES):
            self.fields["name"].setFocus(Qt.FocusReason.OtherFocusReason)
            QTimer.singleShot(0, self, lambda: self.scaffold.reveal(self.confirm))

    def _not_read(self, side: Side, error: LoanAppError) -> None:
        panel = self.sides[side]
        panel.show_image(None)
        panel.show_state("common.photo_held" if self._held(side) else "common.photo_none", done=self._held(side))

        def find() -> list[FieldError]:
            panel.show_error(sentence_and_fix(error_sentence(error), error_fix(error)))
            return [FieldError(f"{tr(f'common.photo_{side}')}: {error_sentence(error)}", panel.choose)]

        self.show_errors(find)

    def _show_replaced(self) -> None:
        """What a new reading took away can be put back."""
        self.replaced.setVisible(bool(self._replaced))
        if self._replaced:
            names = tr("common.between").join(
                tr(f"identity_document.{name}") for name in _FIELDS if name in self._replaced
            )
            self.replaced.say(tr("identity_document.replaced"), tr("identity_document.replaced_fields", fields=names))
            self.replaced.show_actions((tr("identity_document.put_back"), self._put_back))
            announce(self.replaced, self.replaced.accessibleName())

    def _put_back(self) -> None:
        for name, text in self._replaced.items():
            self.fields[name].set_text(text)
            self._sure[name] = 1.0
            self._label_field(name)
        first = next(name for name in _FIELDS if name in self._replaced)
        self._replaced = {}
        self._show_replaced()
        self._show_derived()
        self.confirm.setChecked(False)
        self.remember_soon()
        self.fields[first].setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_fields(self) -> None:
        visible = any(self._held(side) for side in _SIDES)
        self.heading.setVisible(visible)
        self.card.setVisible(visible)
        self._show_derived()

    # Fields

    def _edited(self, name: str, _text: str) -> None:
        if name == "identity_number":
            self._show_derived()
        self.remember_soon()

    def _show_derived(self) -> None:
        """Sex and birth come from the number, once it holds."""
        self.derived.set_label(tr("identity_document.derived_name"))
        try:
            today = self.journey.clock.now().astimezone(CHINA).date()
            number = parse_identity_number(self.fields["identity_number"].text(), today)
        except (LoanAppError, RuntimeError):
            self.derived.hide()
            return
        sex = tr(f"common.sex_{number.sex.value}")
        self.derived.set_text(tr("identity_document.derived", sex=sex, birth=day(number.birth)))
        self.derived.show()

    def missing(self) -> list[str]:
        """Both photos, every field, and the name confirmed."""
        return [error.text for error in self._errors_now()]

    def _errors_now(self) -> list[FieldError]:
        errors = [
            FieldError(tr(f"identity_document.{side}_missing"), self.sides[side].choose)
            for side in _SIDES
            if not self._held(side)
        ]
        if errors:
            return errors
        for name, field in self.fields.items():
            if not field.text():
                sentence = tr("identity_document.field_missing", field=tr(f"identity_document.{name}"))
                field.set_error(sentence)
                errors.append(FieldError(sentence, field.editor))
        errors.extend(self._number_errors())
        errors.extend(self._date_errors())
        if not self.confirm.isChecked():
            errors.append(FieldError(tr("identity_document.confirm_missing"), self.confirm))
        return errors

    def _number_errors(self) -> list[FieldError]:
        field = self.fields["identity_number"]
        if not field.text():
            return []
        try:
            parse_identity_number(field.text(), self.journey.clock.now().astimezone(CHINA).date())
        except LoanAppError as error:
            field.set_error(error_sentence(error))
            return [FieldError(error_sentence(error), field.editor)]
        return []

    def _date_errors(self) -> list[FieldError]:
        errors = []
        for name in ("valid_from", "valid_until"):
            field = self.fields[name]
            words = self.context.translator.in_both("common.long_term") if name == "valid_until" else ()
            if isinstance(field, DateField) and field.text() and field.text() not in words and field.value() is None:
                sentence = tr("identity_document.date_wrong", field=field.caption.text())
                field.set_error(sentence)
                errors.append(FieldError(sentence, field.editor))
        return errors

    def proceed(self) -> None:
        """Confirm what was read."""
        self.show_problem(None)
        if self.show_errors(self._errors_now):
            return
        fields = {name: _plain(field) for name, field in self.fields.items()}
        fields["name"] = tidy_name(fields["name"])
        if fields["valid_until"] in self.context.translator.in_both("common.long_term"):
            fields["valid_until"] = "long_term"
        journey = self.journey
        self.save_now()
        self.context.operations.run(lambda: journey.confirm_identity(fields), self.done, self._refuse, busy=self)

    def _refuse(self, error: LoanAppError) -> None:
        self.reject(error, self.fields)
