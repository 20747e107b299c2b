"""Goes through scenes and combinations, and looks at each: once opened, a scene changes its looks live."""

from collections.abc import Callable, Iterable, Iterator

from PySide6.QtWidgets import QWidget

from tests.gallery.combinations import Combination
from tests.gallery.stage import Scene, look, put, staged

Seen = Callable[[Scene, Combination, QWidget], object]


def sweep(scene: Scene, combinations: Iterable[Combination], seen: Seen | None = None) -> Iterator[str]:
    """What is amiss in ``scene`` in any of ``combinations``; ``seen`` is called with each window as it stands."""
    if scene.fresh:
        for combination in combinations:
            combination.put_in_force()
            with staged(scene) as window:
                yield from _one(scene, combination, window, seen)
        return
    with staged(scene) as window:
        for combination in combinations:
            yield from _one(scene, combination, window, seen)


def _one(scene: Scene, combination: Combination, window: QWidget, seen: Seen | None) -> Iterator[str]:
    asked = put(window, combination)
    for fault in look(window, asked):
        yield f"{scene.name} {combination.name}: {fault}"
    if seen is not None:
        seen(scene, combination, window)
