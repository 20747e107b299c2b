"""Chromium as one person after another uses it, over its own pipe: Chrome DevTools protocol, no driver in between.

Every message is JSON ended by a zero byte: the browser reads on file descriptor 3 and writes on 4.
"""

import base64
import contextlib
import json
import os
import select
import shutil
import subprocess
import time
from collections import deque
from hashlib import sha256

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from loanapp.resource_files import assets_folder

CHROMIUM = shutil.which("chromium")
WITHOUT = "Chromium is not installed (package chromium)"
_SECONDS = 20.0
_FONTS = """<?xml version="1.0"?><!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>{folder}</dir><cachedir>{cache}</cachedir></fontconfig>"""
# What a browser does of its own accord: nothing that is fetched, asked or reported beside the pages under test.
_SWITCHES = (
    "--headless=new",
    "--remote-debugging-pipe",
    "--no-first-run",
    "--no-default-browser-check",
    "--no-proxy-server",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-dev-shm-usage",
    "--disable-extensions",
    "--disable-gpu",
    "--disable-sync",
    "--disable-features=Translate,OptimizationHints,MediaRouter",
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1",
    "--password-store=basic",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=zh-CN",
)
_KEYS = {
    "Tab": {"key": "Tab", "code": "Tab", "windowsVirtualKeyCode": 9},
    "Enter": {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13, "text": "\r"},
    "Space": {"key": " ", "code": "Space", "windowsVirtualKeyCode": 32, "text": " "},
    "ArrowDown": {"key": "ArrowDown", "code": "ArrowDown", "windowsVirtualKeyCode": 40},
}


class Browser:
    """One browser with a profile that is thrown away; beside the usual roots it trusts one server's ``certificate``.

    Any other certificate is refused as ever.
    """

    def __init__(self, folder, certificate):
        fonts = folder / "fonts.conf"
        fonts.write_text(_FONTS.format(folder=assets_folder(), cache=folder / "fontcache"), encoding="utf-8")
        command = [CHROMIUM, *_SWITCHES, f"--user-data-dir={folder / 'profile'}"]
        command.append(f"--ignore-certificate-errors-spki-list={_key_digest(certificate)}")
        if os.geteuid() == 0:
            command.append("--no-sandbox")  # Chromium has none for root
        their_in, self._out = os.pipe()
        self._in, their_out = os.pipe()
        environment = os.environ | {"HOME": str(folder), "FONTCONFIG_FILE": str(fonts)}
        # A shell puts the pipe where the browser looks for it; nothing between may be let out of this process.
        at_pipe = f'exec "$0" "$@" 3<&{their_in} 4>&{their_out}'
        self._process = subprocess.Popen(
            ["bash", "-c", at_pipe, *command],
            pass_fds=(their_in, their_out),
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        os.close(their_in)
        os.close(their_out)
        self._number, self._answers, self._half = 0, {}, b""
        self._events = {}  # session -> what came for it, and was not looked at yet

    def __enter__(self):
        return self

    def __exit__(self, *_):
        with contextlib.suppress(OSError):
            self.call("Browser.close")
        os.close(self._out)
        os.close(self._in)
        self._process.wait(10)

    def person(self, language="zh-CN"):
        """A window of somebody's own: nothing of another's is in it."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        target = self.call("Target.createTarget", url="about:blank", browserContextId=context)["targetId"]
        session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        return Window(self, session, language)

    def call(self, method, session=None, **parameters):
        """The result of one command."""
        self._number += 1
        number = self._number
        message = {"id": number, "method": method, "params": parameters} | ({"sessionId": session} if session else {})
        os.write(self._out, json.dumps(message).encode() + b"\0")
        deadline = time.monotonic() + _SECONDS
        while number not in self._answers:
            self.read(deadline - time.monotonic())
        answer = self._answers.pop(number)
        if "error" in answer:
            raise RuntimeError(f"{method}: {answer['error'].get('message')}")
        return answer["result"]

    def read(self, seconds):
        """Take in what the browser says next; raises ``TimeoutError``."""
        if not select.select([self._in], [], [], max(seconds, 0))[0]:
            raise TimeoutError("the browser says nothing")
        came = os.read(self._in, 1 << 20)
        if not came:
            raise ConnectionError("the browser has ended")
        *whole, self._half = (self._half + came).split(b"\0")
        for one in map(json.loads, whole):
            if "id" in one:
                self._answers[one["id"]] = one
            else:
                self._events.setdefault(one.get("sessionId"), deque()).append(one)

    def events(self, session):
        """What came for a window since it was last asked."""
        return self._events.setdefault(session, deque())


class Window:
    """A person before a page; ``faults`` is all that went wrong on the pages so far."""

    def __init__(self, browser, session, language):
        self._browser, self._session = browser, session
        self.faults, self.statuses, self.addresses, self._loaded = [], [], set(), 0
        for domain in ("Page", "Runtime", "Log", "Network", "Audits"):
            self.call(f"{domain}.enable")
        self.speaks(language)
        self.size(1366, 768)

    def call(self, method, **parameters):
        """A command of the protocol for this window alone."""
        return self._browser.call(method, self._session, **parameters)

    def speaks(self, language):
        """The language the person's browser asks for."""
        agent = self._browser.call("Browser.getVersion")["userAgent"]
        self.call("Emulation.setUserAgentOverride", userAgent=agent, acceptLanguage=language)

    def size(self, width, height, scale=1):
        """The window's size in device pixels; ``scale`` is the zoom: a page then has ``width / scale`` CSS pixels."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=round(width / scale),
            height=round(height / scale),
            deviceScaleFactor=scale,
            mobile=False,
        )

    def dark(self, *, on):
        """Whether the person likes dark pages."""
        features = [{"name": "prefers-color-scheme", "value": "dark" if on else "light"}]
        self.call("Emulation.setEmulatedMedia", features=features)

    def _look(self):
        events = self._browser.events(self._session)
        while events:
            one = events.popleft()
            told, method = one["params"], one["method"]
            if method == "Page.loadEventFired":
                self._loaded += 1
            elif method == "Page.frameNavigated" and told["type"] == "BackForwardCacheRestore":
                self._loaded += 1  # as it was left: nothing is loaded
            elif method == "Network.responseReceived" and told["type"] == "Document":
                self.statuses.append(told["response"]["status"])
                self.addresses.add(told["response"]["url"])
            elif method == "Runtime.exceptionThrown":
                self.faults.append(told["exceptionDetails"]["text"])
            elif method == "Runtime.consoleAPICalled" and told["type"] in {"error", "warning", "assert"}:
                self.faults.append(str(told["args"]))
            elif method == "Log.entryAdded" and told["entry"]["level"] in {"error", "warning"}:
                entry, address = told["entry"], told["entry"].get("url", "")
                # An answer such as 422 to a form is a page of its own, and looked at by whoever sent the form.
                if not (entry["source"] == "network" and address in self.addresses):
                    self.faults.append(f"{entry['text']} {address}")
            elif method == "Audits.issueAdded":
                self.faults.append(json.dumps(told["issue"]))

    def loading(self, act):
        """Do what opens another page, and wait until it is there; the status it was answered with."""
        self._look()
        before = self._loaded
        act()
        deadline = time.monotonic() + _SECONDS
        while self._loaded == before:
            self._browser.read(deadline - time.monotonic())
            self._look()
        return self.statuses[-1]

    def go(self, address):
        """Open an address; the status. Raises ``ConnectionError`` where no page comes, as for a wrong certificate."""

        def act():
            if fault := self.call("Page.navigate", url=address).get("errorText"):
                raise ConnectionError(fault)

        return self.loading(act)

    def run(self, script):
        """What a script in the page comes to; it may be a promise."""
        told = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise AssertionError(told["exceptionDetails"]["exception"].get("description"))
        return told["result"].get("value")

    def url(self):
        """Where the window is."""
        history = self.call("Page.getNavigationHistory")
        return history["entries"][history["currentIndex"]]["url"]

    def text(self, selector="body"):
        """What is to be read there."""
        return self.run(f"document.querySelector({json.dumps(selector)})?.innerText ?? ''")

    def until(self, selector):
        """What is to be read there, once it is there."""
        deadline = time.monotonic() + _SECONDS
        while not self.run(f"document.querySelector({json.dumps(selector)}) !== null"):
            assert time.monotonic() < deadline, f"never there: {selector}"
            time.sleep(0.02)
        return self.text(selector)

    def click(self, selector, containing=""):
        """Click on the middle of the first element of that kind that says ``containing``."""
        place = self.run(
            f"""(() => {{
              const found = [...document.querySelectorAll({json.dumps(selector)})]
                .find(one => (one.innerText + one.value).includes({json.dumps(containing)}));
              if (!found) return null;
              found.scrollIntoView({{block: "center"}});
              const box = found.getClientRects()[0];
              return [box.x + box.width / 2, box.y + box.height / 2];
            }})()"""
        )
        assert place, f"nothing to click: {selector} {containing}"
        for kind in ("mousePressed", "mouseReleased"):
            where = {"x": place[0], "y": place[1], "button": "left", "clickCount": 1}
            self.call("Input.dispatchMouseEvent", type=kind, **where)

    def press(self, name, *, shift=False):
        """One key."""
        for kind in ("keyDown", "keyUp"):
            self.call("Input.dispatchKeyEvent", type=kind, modifiers=8 if shift else 0, **_KEYS[name])

    def type(self, text):
        """Write where the focus is."""
        self.call("Input.insertText", text=text)

    def write(self, selector, text):
        """Click into a field and write."""
        self.click(selector)
        self.type(text)

    def focused(self):
        """What has the focus: kind, name, value and words, and whether one can see that it has it."""
        return self.run(
            """(() => {
              const one = document.activeElement, box = one.getBoundingClientRect(), style = getComputedStyle(one);
              return {tag: one.tagName, name: one.name ?? "", value: one.value ?? "", text: one.innerText ?? "",
                href: one.getAttribute("href") ?? "",
                seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2
                  && box.left >= 0 && box.right <= innerWidth && box.bottom > 0 && box.top < innerHeight};
            })()"""
        )

    def with_security_key(self):
        """Plug in a security key that asks who touches it, and is told that it is its owner; what it is called by."""
        self.call("WebAuthn.enable", enableUI=False)
        options = {"protocol": "ctap2", "transport": "usb", "hasResidentKey": True, "hasUserVerification": True}
        options |= {"isUserVerified": True, "automaticPresenceSimulation": True}
        return self.call("WebAuthn.addVirtualAuthenticator", options=options)["authenticatorId"]

    def picture(self):
        """The whole page as a PNG."""
        return base64.b64decode(self.call("Page.captureScreenshot", captureBeyondViewport=True)["data"])


def _key_digest(certificate):
    key = (
        x509.load_pem_x509_certificate(certificate.encode())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    return base64.b64encode(sha256(key).digest()).decode()
