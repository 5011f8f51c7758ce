"""Chromium without a window, driven over its DevTools protocol by the web socket of tornado."""

from __future__ import annotations

import asyncio
import base64
import json
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

PROGRAMS = ("chromium", "chromium-browser", "google-chrome", "chrome")
PATIENCE = 60.0  # seconds


def find_chromium() -> str | None:
    """Path of the browser, or None."""
    return next((path for name in PROGRAMS if (path := shutil.which(name))), None)


class Page:
    """One open page: commands, script, mouse, and every request it made."""

    def __init__(self, loop: asyncio.AbstractEventLoop, socket: Any) -> None:
        self._loop, self._socket = loop, socket
        self._number = 0
        self.requests: list[str] = []
        self.complaints: list[str] = []

    def call(self, method: str, **parameters: Any) -> Any:
        """Send a command and wait for its answer; events on the way are kept."""
        return self._loop.run_until_complete(self._call(method, parameters))

    async def _call(self, method: str, parameters: dict[str, Any]) -> Any:
        self._number += 1
        number = self._number
        await self._socket.write_message(
            json.dumps({"id": number, "method": method, "params": parameters})
        )
        while True:
            text = await asyncio.wait_for(self._socket.read_message(), PATIENCE)
            answer = json.loads(text)
            if answer.get("id") == number:
                assert "error" not in answer, answer
                return answer["result"]
            self._note(answer)

    def _note(self, event: dict[str, Any]) -> None:
        given = event.get("params", {})
        if event.get("method") == "Network.requestWillBeSent":
            self.requests.append(given["request"]["url"])
        if event.get("method") == "Runtime.exceptionThrown":
            self.complaints.append(str(given["exceptionDetails"]))
        if event.get("method") == "Log.entryAdded" and given["entry"]["level"] == "error":
            self.complaints.append(given["entry"]["text"])

    def script(self, code: str) -> Any:
        """Value of an expression; promises are waited for."""
        found = self.call(
            "Runtime.evaluate", expression=code, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    def wait(self, code: str) -> Any:
        """First value of an expression that holds."""
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            value = self.script(code)
            if value:
                return value
            time.sleep(0.05)
        raise AssertionError(f"never came true: {code}; {self.complaints}")

    def mouse(self, kind: str, x: float, y: float, **more: Any) -> None:
        """Move, press or release the mouse in page coordinates."""
        self.call("Input.dispatchMouseEvent", type=kind, x=x, y=y, **more)

    def drag(self, start: tuple[float, float], stop: tuple[float, float], steps: int = 6) -> None:
        """Press, move in steps, release."""
        held = {"button": "left", "buttons": 1}
        self.mouse("mouseMoved", *start)
        self.mouse("mousePressed", *start, clickCount=1, **held)
        for step in range(1, steps + 1):
            share = step / steps
            x = start[0] + share * (stop[0] - start[0])
            y = start[1] + share * (stop[1] - start[1])
            self.mouse("mouseMoved", x, y, **held)
        self.mouse("mouseReleased", *stop, clickCount=1, button="left")

    def picture(self, path: Path) -> None:
        """Save what is seen as PNG."""
        data = self.call("Page.captureScreenshot", format="png")["data"]
        path.write_bytes(base64.b64decode(data))


@contextmanager
def browse(address: str, *, width: int = 1260, height: int = 900) -> Iterator[Page]:
    """Open a page, recording its requests from the first on."""
    from tornado.websocket import websocket_connect

    program = find_chromium()
    assert program is not None
    folder = tempfile.mkdtemp(prefix="chromium-")
    options = (
        "--headless=new", "--no-sandbox", "--disable-gpu", "--no-first-run",
        "--disable-background-networking", "--disable-extensions", "--hide-scrollbars",
        "--remote-debugging-port=0", f"--user-data-dir={folder}", f"--window-size={width},{height}",
    )  # fmt: skip
    browser = subprocess.Popen(
        [program, *options, "about:blank"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    loop = asyncio.new_event_loop()
    socket = None
    try:
        target = _target(Path(folder) / "DevToolsActivePort", browser)

        async def connect() -> Any:
            return await websocket_connect(target, max_message_size=2**28)

        socket = loop.run_until_complete(connect())
        page = Page(loop, socket)
        for domain in ("Page", "Network", "Runtime", "Log"):
            page.call(f"{domain}.enable")
        page.call("Page.navigate", url=address)
        yield page
    finally:
        if socket is not None:
            socket.close()
            loop.run_until_complete(asyncio.sleep(0.1))
        browser.terminate()
        browser.wait(timeout=20)
        loop.close()
        shutil.rmtree(folder, ignore_errors=True)


def _target(port_file: Path, browser: Any) -> str:
    """Address of the first page's web socket."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        assert browser.poll() is None, "the browser ended by itself"
        if port_file.exists() and port_file.read_text(encoding="utf-8").strip():
            port = port_file.read_text(encoding="utf-8").split()[0]
            with urlopen(f"http://127.0.0.1:{port}/json") as answer:
                found = [one for one in json.load(answer) if one["type"] == "page"]
            if found:
                return str(found[0]["webSocketDebuggerUrl"])
        time.sleep(0.05)
    raise AssertionError("the browser gave no port")
