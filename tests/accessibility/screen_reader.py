"""What somebody with a screen reader can do: listen, look for a control by role and name, act on it, press keys."""

import json
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tests.accessibility.desk import Desk, developer

_PATIENCE_S = 20.0
_LOOK_AGAIN_S = 0.1
_LONGEST_LIST = 40
_LONGEST_ROUND = 60
# X11 key symbols.
KEYS = {"Tab": 0xFF09, "Return": 0xFF0D, "Escape": 0xFF1B, "space": 0x20, "End": 0xFF57, "Home": 0xFF50}
KEYS |= {"Left": 0xFF51, "Up": 0xFF52, "Right": 0xFF53, "Down": 0xFF54, "Page_Down": 0xFF56, "F1": 0xFFBE}


@dataclass(frozen=True)
class Control:
    """A node as the accessibility bus tells of it."""

    number: int
    parent: int
    role: str
    name: str
    description: str = ""
    states: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    text: str | None = None
    value: float | None = None
    range: tuple[float, float] = (0.0, 0.0)
    label: str = ""

    def is_called(self, name: str) -> bool:
        """Whether its name begins so, or that of the label that stands for it (as of lists on Linux)."""
        return self.name.startswith(name) or (bool(self.label) and self.label.startswith(name))

    @property
    def usable(self) -> bool:
        return {"enabled", "sensitive"} <= set(self.states)

    def __str__(self) -> str:
        return f"{self.role} “{self.name}”"


def _controls(told: list[dict[str, object]]) -> list[Control]:
    return [
        Control(**{name: tuple(value) if isinstance(value, list) else value for name, value in node.items()})
        for node in told
    ]


class ReaderError(AssertionError):
    """Somebody who cannot see would have been stuck here."""


class ScreenReader:
    """One client of the accessibility bus."""

    def __init__(self, desk: Desk) -> None:
        client = Path(__file__).with_name("at_spi_client.py")
        self._process = desk.start(
            developer().READER_PYTHON,
            "-u",
            str(client),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # The system's own Python, with none of this environment's packages.
            environment={"PYTHONPATH": "", "PYTHONWARNINGS": "ignore"},
        )
        self.spoken: list[dict[str, object]] = []
        """Everything heard so far, in its order."""

    def _order(self, order: str, **arguments: object) -> object:
        self._process.stdin.write((json.dumps({"order": order, **arguments}) + "\n").encode())
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise ReaderError("the client of the accessibility bus ended")
        answer = json.loads(line)
        if "error" in answer:
            raise ReaderError(f"{order}: {answer['error']}")
        return answer["answer"]

    # listening

    def find_program(self, name: str, seconds: float = 30.0) -> None:
        """Wait until the program is on the bus."""
        self.wait(lambda: self._order("find_program", name=name), f"the program {name} on the bus", seconds)

    def listen(self) -> list[dict[str, object]]:
        """What was said since the last time."""
        heard = self._order("heard")
        self.spoken += heard
        return heard

    def announced(self) -> list[str]:
        """Every announcement so far."""
        self.listen()
        return [str(told["text"]) for told in self.spoken if told["event"] == "announcement"]

    def wait_for_words(self, words: str, seconds: float = _PATIENCE_S) -> None:
        """Wait until an announcement holds ``words``."""
        self.wait(lambda: any(words in said for said in self.announced()), f"“{words}” to be said", seconds)

    # looking

    def look(self) -> list[Control]:
        """Every node that is shown, from the front of the program to its back, in the program's order."""
        return _controls(self._order("look"))

    def words(self) -> str:
        """Everything there is to read."""
        return "\n".join(filter(None, (part for node in self.look() for part in (node.name, node.text))))

    def find(
        self, role: str, name: str, *, within: str = "", seconds: float = _PATIENCE_S, usable: bool = True
    ) -> Control:
        """The shown control of this role whose name begins so; ``within`` names something that holds it."""
        found: list[Control] = []

        def there() -> bool:
            found[:] = self._matching(role, name, within)
            return bool(found) and (found[0].usable or not usable)

        place = f" in “{within}”" if within else ""
        self.wait(there, f"{role} “{name}”{place}", seconds)
        return found[0]

    def has(self, role: str, name: str, within: str = "") -> bool:
        """Whether it is there now."""
        return bool(self._matching(role, name, within))

    def _matching(self, role: str, name: str, within: str) -> list[Control]:
        return _controls(self._order("find", role=role, name=name, within=within))

    def focus(self) -> Control | None:
        """What has the focus. What holds it says so too, so the last that was told to have got it is meant."""
        self.listen()
        told = next((one for one in reversed(self.spoken) if one["event"] == "focused"), {})
        focused = _controls(self._order("focused"))
        meant = [node for node in focused if (node.role, node.name) == (told.get("role"), told.get("name"))]
        return next(reversed(meant or focused), None)

    def wait(self, condition: Callable[[], object], what: str, seconds: float = _PATIENCE_S) -> None:
        """Wait for a state of the program; else say what was there instead."""
        until = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > until:
                raise ReaderError(f"waited {seconds:g} s for {what}; there was:\n{self.describe()}")
            time.sleep(_LOOK_AGAIN_S)

    def describe(self) -> str:
        """The shown nodes that say something, for a failure."""
        nodes = self.look()
        depth = {-1: -1}
        lines = []
        for node in nodes:
            depth[node.number] = depth[node.parent] + 1
            if node.name or node.text or node.actions:
                extra = " ".join(
                    [
                        *(state for state in node.states if state in _WORTH_TELLING),
                        *(f"[{act}]" for act in node.actions),
                    ]
                )
                value = node.text if node.text is not None else node.value
                lines.append(f"{'  ' * depth[node.number]}{node} {value if value is not None else ''} {extra}".rstrip())
        said = [str(told["text"]) for told in self.spoken if told["event"] == "announcement"][-5:]
        return "\n".join([*lines, f"last said: {said}"])

    # acting

    def press(self, role: str, name: str, action: str = "Press", **where: object) -> None:
        """Use a control's action."""
        control = self.find(role, name, **where)
        if action not in control.actions:
            raise ReaderError(f"{control} has no action {action}, only {control.actions}")
        if not self._order("act", number=control.number, action=action):
            raise ReaderError(f"{control} did not take {action}")

    def write(self, role: str, name: str, text: str, **where: object) -> None:
        """Put a text into a field."""
        control = self.find(role, name, **where)
        if not self._order("set_text", number=control.number, text=text):
            raise ReaderError(f"{control} cannot be written into")

    def set_value(self, role: str, name: str, value: float) -> None:
        """Move a slider."""
        control = self.find(role, name)
        if not self._order("set_value", number=control.number, value=value):
            raise ReaderError(f"{control} takes no value")

    def choose(self, label: str, entry: str) -> None:
        """Choose an entry of a list by the arrow keys, listening to what it is called then."""
        self.tab_to("combo box", label)
        self.key("Home")
        for _ in range(_LONGEST_LIST):
            if self.find("combo box", label).name.startswith(entry):
                return
            self.key("Down")
            time.sleep(_LOOK_AGAIN_S)
        raise ReaderError(f"the list “{label}” has no entry “{entry}”")

    def tab_to(self, role: str, name: str) -> Control:
        """Press Tab until the control has the focus."""
        self.find(role, name)
        for _ in range(_LONGEST_ROUND):
            focus = self.focus()
            if focus is not None and focus.role == role and focus.is_called(name):
                return focus
            self.key("Tab")
            time.sleep(_LOOK_AGAIN_S)
        raise ReaderError(f"{role} “{name}” cannot be reached with Tab:\n{self.describe()}")

    def key(self, name: str) -> None:
        """Press a key where the focus is."""
        if not self._order("key", symbol=KEYS[name]):
            raise ReaderError(f"the key {name} could not be pressed")


_WORTH_TELLING = ("focused", "checked", "selected", "pressed", "expanded", "invalid-entry", "focusable", "editable")
