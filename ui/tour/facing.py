"""The tour before the camera: a dark room and its hint, the light turned on, the actions, the verdict."""

from typing import TYPE_CHECKING, Final

from loanapp.domain.liveness import Action, FlashColour, VerdictReason
from loanapp.journey.pages import Page
from ui.tour.driver import TourError
from ui.tour.walker import Walker
from ui.translations import tr

if TYPE_CHECKING:
    from ui.pages.face_verification import FaceVerificationPage

_FACE_S: Final = 40.0
_FACE_ATTEMPTS: Final = 3


class Facing(Walker):
    """The page of face verification."""

    def face_verification(self) -> None:
        """What was agreed to, the colours, getting ready, a dark room and its hint, the actions, the verdict."""
        from ui.camera.face_words import Step
        from ui.pages.face_verification import FaceVerificationPage

        driver = self.driver
        page = self._page(Page.FACE_VERIFICATION, FaceVerificationPage)
        # Agreed on the page before, in so many words: nobody is asked twice, and what it said is one press away.
        driver.wait(lambda: page.step in {Step.FLASH, Step.READY} and not page.busy, "face verification to begin")
        self._read_again(page)
        if page.step is Step.FLASH:
            driver.click(driver.button(page, tr("face_verification.flash.with_flash")))
            self.picture("face_flash_question", tr("face_verification.flash.question"))
            self._go_on(page)
        self._reach(page, Step.READY)
        self._choose_borrower(page)
        self.picture("face_ready", tr("face_verification.ready.light"), tr("face_verification.connection.good"))
        self._go_on(page)
        mirror = page.steps.mirror
        if self.kit.dim:
            dark = tr("face_verification.hint.too_dark")
            driver.wait(lambda: mirror.line.text() == dark, "the hint about the light", _FACE_S)
            self.picture("face_hint", dark, tr("face_verification.only_for_identity"))
            self.kit.turn_on_the_light()
        asked = {tr(f"face_verification.action.{action.value}") for action in Action}

        self._act(page, asked)
        self.picture("face_passed", tr("face_verification.passed.title"))
        self._go_on(page)

    def _read_again(self, page: "FaceVerificationPage") -> None:
        """The dialog of the consent, as it is shown to who has agreed already."""
        from ui.camera.consent_dialog import ConsentDialog

        driver = self.driver
        driver.click(driver.button(page, tr("face_verification.consent.read_again")))
        driver.wait(lambda: isinstance(driver.dialog(), ConsentDialog), "the consent to be shown again")
        dialog = driver.dialog()
        if isinstance(dialog, ConsentDialog):
            self.picture("face_agreed", tr("face_verification.never_tell_code"), tr("face_verification.consent.where"))
            driver.click(dialog.later)
        driver.wait(lambda: driver.dialog() is None, "the consent to be put away")

    def _choose_borrower(self, page: "FaceVerificationPage") -> None:
        from ui.camera.camera_choice import DEMONSTRATION

        driver, cameras = self.driver, page.steps.ready.cameras
        driver.wait(lambda: DEMONSTRATION in cameras.cards, "the list of cameras")
        driver.click(cameras.cards[DEMONSTRATION].button, "the demonstration borrower")
        seen = cameras.cards[DEMONSTRATION].thumbnail
        driver.wait(lambda: seen.has_picture and page.scaffold.primary.isEnabled(), "the borrower's picture")
        good = tr("face_verification.connection.good")
        driver.wait(lambda: good in "\n".join(driver.look()), "the connection to be found good")

    def _act(self, page: "FaceVerificationPage", asked: set[str]) -> None:
        """Until the verdict; a machine too slow for enough frames is told so, and the way the page offers is taken."""
        from ui.camera.face_words import Step

        driver, mirror = self.driver, page.steps.mirror
        for attempt in range(_FACE_ATTEMPTS):

            def acting() -> bool:
                self._refuse_face_trouble(page)
                return mirror.line.text() in asked and mirror.preview.state.action_progress > 0.2

            driver.wait(acting, "the first action to be under way", _FACE_S)
            if not attempt:
                self.picture("face_acting", tr("face_verification.never_tell_code"))
                self._see_colours(page)
            driver.wait(lambda: page.step not in {Step.MIRROR, Step.SENDING}, "the verdict", _FACE_S)
            slow = page.step is Step.RETRY and page.reasons_told() == VerdictReason.TOO_FEW_FRAMES.value
            if not slow or attempt + 1 == _FACE_ATTEMPTS:
                break
            self.kept.notes.append("too few frames: this machine was busy, the face was verified again")
            self._go_on(page)
            self._reach(page, Step.READY)
            self._go_on(page)
        self._refuse_face_trouble(page)

    def _see_colours(self, page: "FaceVerificationPage") -> None:
        """The whole window in a colour of the flash, where the challenge has one."""
        from ui.camera.face_words import Step

        challenge, overlay = page.attempt.challenge, page.overlay
        if challenge is None or not challenge.flash:
            return
        plain = {None, FlashColour.BLACK, FlashColour.WHITE}
        lit = self.driver.wait
        lit(lambda: overlay.colour not in plain or page.step is not Step.MIRROR, "the colours of the flash", _FACE_S)
        if overlay.colour not in plain:
            self.picture("face_flash", tr("face_verification.flash.line"))

    def _reach(self, page: object, step: object, seconds: float = 20.0) -> None:
        def there() -> bool:
            self._refuse_face_trouble(page)
            return getattr(page, "step", None) is step

        self.driver.wait(there, f"face verification to reach “{step}”", seconds)

    def _refuse_face_trouble(self, page: object) -> None:
        from ui.camera.face_words import Step
        from ui.pages.face_verification import FaceVerificationPage

        stopped = {Step.TROUBLE, Step.RETRY, Step.NO_MORE, Step.REVIEW}
        if isinstance(page, FaceVerificationPage) and page.step in stopped:
            raise TourError(f"face verification stopped at “{page.step.value}”: {page.reasons_told()}")
