"""The program as a whole: window, journey and the lender process, put together and taken apart again."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from loanapp.domain.errors import ErrorCode, LoanAppError
from loanapp.journey.pages import Page
from loanapp.resource_files import has_lender_profile
from ui import reader_roles
from ui.capture_guard import CaptureGuard
from ui.components.places import hold_places
from ui.home import WindowSettings
from ui.idle_lock import IdleLock
from ui.main_window import MainWindow
from ui.messages import MessageBridge
from ui.my_data.visit import HistoryWatch
from ui.operations import Operations
from ui.pages.page import PageContext
from ui.products import local_lender
from ui.pseudo_language import NAME, VARIABLE, pseudo
from ui.shell import Shell
from ui.theme import theme
from ui.translations import translator
from ui.updating import UpdateNotices

if TYPE_CHECKING:
    from PySide6.QtCore import QTranslator

    from loanapp.client.secrets import AskPassphrase, SecretStore
    from loanapp.journey.journey import Journey
    from ui.demonstration import DemonstrationKit
    from ui.distant_lender import DistantLender
    from ui.embedded_lender import EmbeddedLender
    from ui.passphrase import PassphraseAsker

_TRY_AGAIN_MS = 2_500
_DRAFT_FILES = ("draft.sealed", "secrets.vault")


class Desktop(QObject):
    """``arrived`` comes with the page once the journey stands where the borrower left it."""

    arrived = Signal(object)

    def __init__(
        self,
        home: Path,
        shell: Shell,
        settings: WindowSettings,
        demonstration: "DemonstrationKit | None" = None,
        ask_passphrase: "AskPassphrase | None" = None,
    ) -> None:
        """``ask_passphrase`` answers in place of the dialog, in a worker: for the tour and for tests."""
        super().__init__(shell)
        self.home = home
        self.shell = shell
        self.settings = settings
        self.messages = MessageBridge(self)
        self.operations = Operations(self.messages, self)
        self.lender: EmbeddedLender | DistantLender | None = None
        self._ask_passphrase = ask_passphrase
        self._asker: PassphraseAsker | None = None
        self._returning = any((home / name).is_file() for name in _DRAFT_FILES)
        self._arrived = False
        self._qt_words: QTranslator | None = None
        self._connecting = False
        self._closed = False
        self._want_to_start = False
        self._in_memory = False
        self._told_in_memory = False
        if os.environ.get(VARIABLE) == NAME:
            translator().shape_words(pseudo)
            settings.language = "en"
        reader_roles.install()
        translator().set_language(settings.language)
        self._local = local_lender()
        theme().take_brand(self._local.accent)
        if not settings.kept and theme().system_wants_contrast:
            # Whoever needs it has asked for it once already, of the whole computer.
            settings.mode = "contrast"
        theme().choose(mode=settings.mode, scale=settings.scale, large=settings.large, still=settings.still)
        self.context = PageContext(None, self.operations, self.messages, translator(), theme(), demonstration)
        self.context.lock_minutes = settings.lock_minutes
        self.window = MainWindow(self.context, help_open=settings.help_open)
        self.lock = IdleLock(shell, self.window, settings.lock_minutes)
        self._updates = UpdateNotices(home, self.window.notices, self.operations, self)
        self._again = QTimer(self)
        self._again.setSingleShot(True)
        self._again.setInterval(_TRY_AGAIN_MS)
        self._again.timeout.connect(self.connect_lender)
        self._wire_window()

    def _wire_window(self) -> None:
        window = self.window
        window.bottom.scale_chosen.connect(lambda scale: self.choose_looks(scale=scale))
        window.bottom.mode_chosen.connect(lambda mode: self.choose_looks(mode=mode))
        self.messages.large_wanted.connect(lambda: self.choose_looks(large=True))
        window.bottom.still_chosen.connect(lambda still: self.choose_looks(still=still))
        window.bottom.large_chosen.connect(lambda large: self.choose_looks(large=large))
        window.bottom.language_chosen.connect(lambda language: self.choose_looks(language=language))
        self.messages.lock_minutes_chosen.connect(self._choose_lock_minutes)
        window.unreachable.connect(self._lender_lost)
        window.page_shown.connect(lambda _: self._say_when_nothing_is_kept())
        watch = HistoryWatch(self.context)
        window.page_shown.connect(lambda _: watch.look())
        window.page_shown.connect(CaptureGuard(window).follow)
        window.start_wanted.connect(self._start_wanted)
        self.shell.closing.connect(self.close)
        # The system may move the window by itself, or not at all: what it left out of sight comes back.
        application = QGuiApplication.instance()
        if isinstance(application, QGuiApplication):
            application.screenRemoved.connect(self.shell.come_back)
        if (handle := self.shell.windowHandle()) is not None:
            handle.screenChanged.connect(self.shell.fit_screen)

    # Start

    def open(self) -> None:
        """Furnish the window with the first page; the lender and the journey follow."""
        self.window.show_local_lender(self._local)
        if self._returning:
            self.window.show_waiting("common.resuming")
        else:
            self.window.show_page(Page.COST)
        self.shell.furnish(self.window)
        if has_lender_profile():
            self._updates.begin()
        if (page := self.window.page) is not None:
            self.window.enter(page)
        QTimer.singleShot(0, self, self._open_lender)

    def _open_lender(self) -> None:
        if self._closed:
            return
        from ui.passphrase import PassphraseAsker
        from ui.system_wishes import ask_the_system

        self._asker = PassphraseAsker(self.shell)
        self.lender = self._lender_of_this_program()
        self.lender.ready.connect(lambda _: self.connect_lender())
        self.lender.lost.connect(self._lender_lost)
        self.lender.failed.connect(self._lender_failed)
        self.lender.start()
        self._translate_qt()
        self.operations.run(self._make_journey, self._journey_made)
        self.operations.run(ask_the_system, theme().take_system_wishes)

    def _lender_of_this_program(self) -> "EmbeddedLender | DistantLender":
        if has_lender_profile():
            from ui.distant_lender import DistantLender

            return DistantLender(self)
        from ui.embedded_lender import EmbeddedLender

        return EmbeddedLender(self.home, self)

    def _make_journey(self) -> "Journey":
        """In a worker: these imports are the heavy ones."""
        from loanapp.client.installed_profile import installed_endpoint
        from loanapp.client.secrets import MemorySecrets, open_secrets
        from loanapp.journey.journey import Journey

        home, asker = self.home, self._ask_passphrase or self._asker

        def open_store() -> "SecretStore":
            return MemorySecrets() if self._in_memory else open_secrets(home, asker)

        home.mkdir(parents=True, exist_ok=True, mode=0o700)
        return Journey(installed_endpoint(home), home, open_store)

    def _journey_made(self, journey: "Journey") -> None:
        self.context.journey = journey
        self.connect_lender()

    def connect_lender(self) -> None:
        """Ask the lender who it is and where the borrower stands, once both are there."""
        journey, lender = self.context.journey, self.lender
        if journey is None or lender is None or not lender.running or self._connecting or self._closed:
            return
        self._connecting = True
        # Somebody new is not asked for a passphrase before there is anything to keep: the first page opens the store.
        work = journey.resume if self._returning and not self._arrived else journey.connect
        self.operations.run(work, self._connected, self._not_connected)

    def _connected(self, answer: object) -> None:
        self._connecting = False
        from ui.support_desk import deliver_waiting

        journey = self.context.journey
        if journey is None:
            return
        self.window.notices.close_notice("lender")
        self.window.show_lender(journey.lender)
        deliver_waiting(self.window)
        self.window.bottom.show_offline(offline=False)
        if not self._arrived:
            self._arrived = True
            self._arrive(journey, answer if isinstance(answer, Page) else Page.COST)
        elif (page := self.window.page) is not None and page.load_failed:
            page.load_again()

    def _arrive(self, journey: "Journey", page: Page) -> None:
        if (notice := journey.take_notice()) is not None:
            self.messages.show_error(notice)
        shown = self.window.page
        if page is not Page.COST or shown is None:
            self.window.show_page(page)
        elif shown.page_id is Page.COST:
            shown.scaffold.set_note("")
            if self._want_to_start:
                shown.proceed()
            else:
                shown.load()
        # Else the borrower has gone on already, while the answer was on its way: they are not thrown back.
        self.arrived.emit(page)

    def _not_connected(self, error: LoanAppError) -> None:
        self._connecting = False
        self.window.bottom.show_offline(offline=True)
        if error.code in (ErrorCode.LENDER_UNREACHABLE, ErrorCode.PROXY_REFUSED, ErrorCode.LENDER_TROUBLE):
            self._again.start()
            if not self._arrived:
                return
        locked = error.code is ErrorCode.KEYRING_UNAVAILABLE
        other = ("common.without_draft", self._go_on_in_memory) if locked else None
        self.window.notices.show_retry(error, self.connect_lender, other)

    def _go_on_in_memory(self) -> None:
        """The draft cannot be opened: this run keeps nothing on the disk, and leaves the draft as it is."""
        self._in_memory = True
        self.connect_lender()

    def _say_when_nothing_is_kept(self) -> None:
        """Told once, as soon as it is known: what is typed now ends with the program."""
        from loanapp.client.secrets import SecretsKind
        from ui.messages import Level

        journey = self.context.journey
        if journey is not None and not self._told_in_memory and journey.secrets_kind is SecretsKind.MEMORY:
            self._told_in_memory = True
            self.messages.show_notice(Level.LOOK, "common.memory_only")

    def _start_wanted(self) -> None:
        """The borrower goes on before the lender has answered: go on as soon as it has."""
        self._want_to_start = True

    def _lender_lost(self) -> None:
        self.window.bottom.show_offline(offline=True)
        self._again.start()

    def _lender_failed(self, error: LoanAppError) -> None:
        self.window.bottom.show_offline(offline=error.code is not ErrorCode.ALREADY_OPEN)
        if self.window.page is None:
            self.window.show_page(Page.COST)

        def retry() -> None:
            self.window.notices.close_notice("lender")
            if self.lender is not None:
                self.lender.retry()

        self.window.notices.show_retry(error, retry)

    # Looks

    def choose_looks(
        self,
        *,
        language: Literal["zh", "en"] | None = None,
        mode: Literal["light", "dark", "contrast", "system"] | None = None,
        scale: int | None = None,
        large: bool | None = None,
        still: bool | None = None,
    ) -> None:
        """Change language, colours, size of text, the large and simple mode or motion, now and for the next start."""
        settings = self.settings
        settings.language = language or settings.language
        settings.mode = mode or settings.mode
        settings.scale = scale or settings.scale
        settings.large = settings.large if large is None else large
        settings.still = settings.still if still is None else still
        hold_places(self.window)
        if mode or scale or large is not None or still is not None:
            theme().choose(mode=mode, scale=scale, large=large, still=still)
        if language:
            translator().set_language(language)
            self._translate_qt()
        self._save_settings()

    def _choose_lock_minutes(self, minutes: int) -> None:
        self.settings.lock_minutes = self.context.lock_minutes = minutes
        self.lock.set_minutes(minutes)
        self._save_settings()

    def _translate_qt(self) -> None:
        """Qt's own words (menus of fields, file dialogs) in the borrower's language."""
        from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator

        self._drop_qt_words()
        words = QTranslator(self)
        if self.settings.language == "zh" and words.load(
            "qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        ):
            QCoreApplication.installTranslator(words)
            self._qt_words = words

    def _drop_qt_words(self) -> None:
        from PySide6.QtCore import QCoreApplication

        if self._qt_words is not None:
            QCoreApplication.removeTranslator(self._qt_words)
            self._qt_words = None

    def _save_settings(self) -> None:
        self.settings.help_open = self.window.help_open
        self.settings.place = self.shell.place()
        self.settings.maximised = self.shell.isMaximized()
        home, settings = self.home, self.settings
        self.operations.save(lambda: settings.save(home))

    # End

    def close(self) -> None:
        """Save what is typed, end the lender process, leave no thread behind."""
        if self._closed:
            return
        self._closed = True
        self._drop_qt_words()
        self._again.stop()
        self.lock.stop()
        self._updates.stop()
        self.window.leave()
        self._save_settings()
        if self._asker is not None:
            self._asker.end()
        if self.context.journey is not None:
            self.context.journey.close()
        self.operations.shutdown()
        if self.lender is not None:
            self.lender.stop()
