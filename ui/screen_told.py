"""The screen the window is on, as the checks of the computer are told."""

from PySide6.QtGui import QGuiApplication


def screen_told() -> str:
    """Pixels and the system's scaling in percent, such as ``1920x1080@150``; empty where there is no screen."""
    screen = QGuiApplication.primaryScreen()
    if screen is None:
        return ""
    ratio, size = screen.devicePixelRatio(), screen.geometry().size()
    return f"{round(size.width() * ratio)}x{round(size.height() * ratio)}@{round(ratio * 100)}"
