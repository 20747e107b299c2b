"""A small moving drawing beside the one line of the face page."""

from PySide6.QtCore import QEvent, QSize, QVariantAnimation
from PySide6.QtGui import QColor, QHideEvent, QPainter, QPaintEvent, QShowEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ui.camera.figures import CANVAS, Drawing, Ink, still_phase
from ui.theme import theme
from ui.theme.tokens import MOTION_MS


class MovingDrawing(QWidget):
    """Paints one drawing over and over; stands at its clearest moment when motion is to be reduced."""

    def __init__(self, parent: QWidget | None = None, *, side: int = 88) -> None:
        super().__init__(parent)
        self._side = side
        self._drawing: Drawing | None = None
        self._accent: QColor | None = None
        self._phase = 0.0
        self._reduced_motion = False
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._animation = QVariantAnimation(self)
        self._animation.setDuration(MOTION_MS["drawing"])
        self._animation.setStartValue(0.0)
        self._animation.setEndValue(1.0)
        self._animation.setLoopCount(-1)
        self._animation.valueChanged.connect(self._move)

    def sizeHint(self) -> QSize:
        """A square that stays the same whatever is drawn, so that nothing jumps."""
        return QSize(self._side, self._side)

    def show_drawing(self, drawing: Drawing | None, accent: QColor | None = None) -> None:
        """Change what is drawn; ``accent`` overrides the palette's highlight (amber for a hint)."""
        if drawing is not self._drawing or accent != self._accent:
            self._drawing, self._accent = drawing, accent
            self.update()
        self._run()

    def set_reduced_motion(self, reduced: bool) -> None:  # noqa: FBT001 - a setter
        """Stand still from now on, or move again."""
        self._reduced_motion = reduced
        self._run()

    def set_slow(self, slow: bool) -> None:  # noqa: FBT001 - a setter
        """Take more time for one turn."""
        self._animation.setDuration(MOTION_MS["drawing_slow" if slow else "drawing"])

    @property
    def is_moving(self) -> bool:
        """Whether the animation runs."""
        return self._animation.state() == QVariantAnimation.State.Running

    def _run(self) -> None:
        wanted = self.isVisible() and self._drawing is not None and not self._reduced_motion
        running = self._animation.state() == QVariantAnimation.State.Running
        if wanted and not running:
            self._animation.start()
        elif not wanted and running:
            self._animation.stop()
        if not wanted and self._drawing is not None:
            self._phase = still_phase(self._drawing)

    def _move(self, value: object) -> None:
        # 20 pictures a second are smooth for a line drawing and leave the processor to the face engine.
        phase = float(value) if isinstance(value, float) else 0.0
        if abs(phase - self._phase) > 0.022:
            self._phase = phase
            self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Start moving."""
        super().showEvent(event)
        self._run()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the animation: nothing runs behind a page that is not seen."""
        super().hideEvent(event)
        self._run()

    def changeEvent(self, event: QEvent) -> None:
        """Repaint when light turns dark."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange:
            self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: ARG002 - Qt's signature
        """Paint the drawing at the present phase."""
        if self._drawing is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        scale = min(self.width(), self.height()) / CANVAS
        painter.scale(scale, scale)
        accent = self._accent or theme().colour("accent")
        self._drawing(painter, Ink(theme().colour("ink"), accent, 1.75 / scale), self._phase)
        painter.end()
