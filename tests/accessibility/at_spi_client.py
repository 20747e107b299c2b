"""A screen reader without a voice, run by the system's own Python: orders come in as JSON lines, answers go out so.

It knows the program only by what the program tells the accessibility bus (AT-SPI 2): roles, names, states, values,
actions, events. Nothing of the project is imported here, and PySide's environment has no ``gi``.
"""

import json
import sys

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402 - the version first

# By their names, as readers say them.
ROLES = {
    Atspi.role_get_name(role): role
    for role in (getattr(Atspi.Role, name) for name in dir(Atspi.Role) if name.isupper())
}
HEARD = (
    "object:announcement",
    "object:state-changed:focused",
    "object:property-change:accessible-description",
    "window:activate",
)


class Client:
    """Keeps the nodes it has told about by number, and what it heard since it was last asked."""

    def __init__(self):
        Atspi.init()
        Atspi.set_timeout(4000, 20000)
        self.nodes = []
        self.heard = []
        self.program = None
        self.listener = Atspi.EventListener.new(self.hear)
        for kind in HEARD:
            self.listener.register(kind)

    def hear(self, event):
        if event.type.startswith("object:state-changed:focused") and not event.detail1:
            return
        try:
            source = event.source
            told = {"event": event.type.split(":")[-1], "role": source.get_role_name(), "name": source.get_name()}
            told["description"] = source.get_description()
            told["urgency"] = event.detail1 if told["event"] == "announcement" else 0
            told["text"] = event.any_data if isinstance(event.any_data, str) else ""
            self.heard.append(told)
        except GLib.GError:
            return  # gone before it could be asked

    def do_find_program(self, name):
        desktop = Atspi.get_desktop(0)
        for place in range(desktop.get_child_count()):
            found = desktop.get_child_at_index(place)
            if found is not None and found.get_name() == name:
                found.set_cache_mask(Atspi.Cache.NONE)
                self.program = found
                return True
        return False

    def do_find(self, role, name, within):
        """The shown controls of this role whose name, or whose label's, begins so; whose name is just so first."""
        kept = []
        for node in self.matches([Atspi.StateType.SHOWING], [ROLES[role]]):
            try:
                called = [node.get_name(), self.label(node)]
                if any(one.startswith(name) for one in called) and (not within or self.inside(node, within)):
                    kept.append((name not in called, node))
            except GLib.GError:
                continue  # gone while it was looked at
        kept.sort(key=lambda one: one[0])
        return self.told([node for _, node in kept])

    def do_focused(self):
        return self.told(self.matches([Atspi.StateType.SHOWING, Atspi.StateType.FOCUSED], []))

    def matches(self, states, roles):
        match = Atspi.CollectionMatchType
        state = Atspi.StateSet.new(states)
        rule = Atspi.MatchRule.new(state, match.ALL, {}, match.ALL, roles, match.ANY if roles else match.ALL, [],
                                   match.ALL, False)  # fmt: skip
        found = []
        for place in range(self.program.get_child_count()):
            window = self.program.get_child_at_index(place)
            if window is not None:
                # A collection is what is in a window, without the window.
                found += [window] if window.get_role() in roles else []
                found += Atspi.Collection.get_matches(window, rule, Atspi.CollectionSortOrder.CANONICAL, 0, True)
        return found

    def inside(self, node, name):
        while node is not None:
            node = node.get_parent()
            if node is not None and node.get_name().startswith(name):
                return True
        return False

    def told(self, nodes):
        self.nodes, told = [], []
        for node in nodes:
            try:
                told.append(self.tell(node, self.states(node), len(self.nodes), -1))
                self.nodes.append(node)
            except GLib.GError:
                continue
        return told

    def states(self, node):
        return [state.value_nick for state in node.get_state_set().get_states()]

    def label(self, node):
        return " ".join(
            relation.get_target(place).get_name()
            for relation in node.get_relation_set()
            if relation.get_relation_type() == Atspi.RelationType.LABELLED_BY
            for place in range(relation.get_n_targets())
        )

    def do_look(self):
        """Everything shown, in the program's order."""
        self.nodes = []
        told = []
        for place in range(self.program.get_child_count()):
            self.walk(self.program.get_child_at_index(place), -1, told)
        return told

    def walk(self, node, parent, told):
        try:
            if node is None:
                return
            states = self.states(node)
            if "showing" not in states:
                return
            number = len(self.nodes)
            self.nodes.append(node)
            told.append(self.tell(node, states, number, parent))
            for place in range(node.get_child_count()):
                self.walk(node.get_child_at_index(place), number, told)
        except GLib.GError:
            return  # a page that changes under the eye: the next look sees it whole

    def tell(self, node, states, number, parent):
        interfaces = node.get_interfaces()
        seen = {"number": number, "parent": parent, "role": node.get_role_name(), "name": node.get_name()}
        seen["description"] = node.get_description()
        seen["states"] = states
        if "Text" in interfaces:
            seen["text"] = Atspi.Text.get_text(node, 0, -1)
        if "Value" in interfaces:
            seen["value"] = Atspi.Value.get_current_value(node)
            seen["range"] = [Atspi.Value.get_minimum_value(node), Atspi.Value.get_maximum_value(node)]
        if "Action" in interfaces:
            seen["actions"] = [Atspi.Action.get_action_name(node, place) for place in range(node.get_n_actions())]
        seen["label"] = self.label(node)
        return seen

    def do_act(self, number, action):
        node = self.nodes[number]
        names = [Atspi.Action.get_action_name(node, place) for place in range(node.get_n_actions())]
        return action in names and Atspi.Action.do_action(node, names.index(action))

    def do_set_text(self, number, text):
        return Atspi.EditableText.set_text_contents(self.nodes[number], text)

    def do_set_value(self, number, value):
        return Atspi.Value.set_current_value(self.nodes[number], value)

    def do_key(self, symbol):
        return Atspi.generate_keyboard_event(symbol, None, Atspi.KeySynthType.SYM)

    def do_heard(self):
        heard, self.heard = self.heard, []
        return heard

    def order(self, channel, _condition):
        line = channel.readline()
        if not line:
            loop.quit()
            return False
        wanted = json.loads(line)
        try:
            answer = {"answer": getattr(self, "do_" + wanted.pop("order"))(**wanted)}
        except GLib.GError as error:
            answer = {"error": error.message}
        print(json.dumps(answer), flush=True)
        return True


loop = GLib.MainLoop()
client = Client()
GLib.io_add_watch(sys.stdin, GLib.PRIORITY_LOW, GLib.IOCondition.IN | GLib.IOCondition.HUP, client.order)
loop.run()
