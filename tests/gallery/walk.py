"""A whole loan with the real lender, looked at in several combinations wherever the tour would keep a picture.

What the scenes show with answers in hand is proved here with the lender's own: its contract, its messages, its plan.
"""

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from loanapp.journey.pages import Page
from tests.gallery.combinations import Combination
from tests.gallery.stage import as_before, in_front, look, picture, put
from ui.__main__ import demonstration_kit
from ui.tour.driver import WindowDriver
from ui.tour.kit import TourKit
from ui.tour.walk import Walk

_HOME: Final = "LOANAPP_HOME"
# They pass while they are looked at: seen as they are, and in every combination as scenes of their own.
MOVING: Final = frozenset({"face_hint", "face_acting", "face_flash", "progress", "signing_steps"})


class GalleryWalk(Walk):
    """The tour's borrower, who stops at every picture until it has been seen in every combination."""

    def __init__(
        self, driver: WindowDriver, kit: TourKit, combinations: Sequence[Combination], out: Path | None
    ) -> None:
        super().__init__(driver, kit, None)
        self.combinations = combinations
        self.folder = out
        self.faults: list[str] = []
        self.seen: list[str] = []

    def picture(self, name: str, *words: str) -> None:
        """Look at what is in sight, in every combination."""
        self.driver.look(words)
        shell = self.driver.shell
        self.seen.append(name)
        if name in MOVING or in_front(shell) is not None:
            self.faults += [f"{name}: {fault}" for fault in look(shell)]
            return
        for combination in self.combinations:
            asked = put(shell, combination)
            self.faults += [f"{name} {combination.name}: {fault}" for fault in look(shell, asked)]
            if self.folder is not None:
                picture(shell).save(str(self.folder / f"walk-{name.replace('_', '-')}-{combination.name}.png"))
        as_before()
        put(shell, Combination("zh", "light", 100, (1366, 768)))


def walk(combinations: Sequence[Combination], out: Path | None = None) -> GalleryWalk:
    """One loan, from the price to the papers; raises :class:`ui.tour.driver.TourError` where it cannot go on."""
    kit = demonstration_kit()
    before = os.environ.get(_HOME)
    with tempfile.TemporaryDirectory(prefix="loanapp-gallery-", ignore_cleanup_errors=True) as folder:
        os.environ[_HOME] = folder
        tour_kit = TourKit(kit)
        driver = WindowDriver(Path(folder), "zh", tour_kit)
        try:
            driver.open()
            steps = GalleryWalk(driver, tour_kit, combinations, out)
            steps.to(Page.MY_LOAN)
            return steps
        finally:
            driver.close()
            as_before()
            os.environ.pop(_HOME, None)
            if before is not None:
                os.environ[_HOME] = before
