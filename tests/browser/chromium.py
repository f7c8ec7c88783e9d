"""A page in headless Chromium, driven over its own protocol."""

from __future__ import annotations

import base64
import contextlib
import json
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

from pipeline.pdf import installed

FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
    "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--disable-dev-shm-usage", "--remote-debugging-port=0", "--hide-scrollbars",
)  # fmt: skip
PATIENCE = 60  # seconds until a browser that does not answer is given up


class Tab:
    """One tab; ``events`` holds what the page reported."""

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(address, timeout=PATIENCE, suppress_origin=True)
        self._count = 0
        self.events: list[dict[str, Any]] = []
        self.answer_dialogs = False  # a page waits for the answer to its dialog, and so does ``send``
        for domain in ("Page", "Runtime", "Log", "Network"):
            self.send(f"{domain}.enable")

    def send(self, method: str, **params: Any) -> dict[str, Any]:
        """Call ``method`` and wait for its answer."""
        self._count += 1
        asked = self._count
        self._socket.send(json.dumps({"id": asked, "method": method, "params": params}))
        while True:
            message = json.loads(self._socket.recv())
            if "id" in message and message["id"] != asked:
                continue  # the answer about a dialog
            if message.get("id") == asked:
                if "error" in message:
                    raise RuntimeError(f"{method}: {message['error']['message']}")
                return message["result"]
            self.events.append(message)
            if self.answer_dialogs and message["method"] == "Page.javascriptDialogOpening":
                self._count += 1
                answer = {"id": self._count, "method": "Page.handleJavaScriptDialog", "params": {"accept": False}}
                self._socket.send(json.dumps(answer))

    def close(self) -> None:
        self._socket.close()

    def view(self, width: int, height: int = 900, *, dark: bool = False) -> None:
        """Give the window a size and a colour scheme."""
        self.send(
            "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1,
            mobile=width < 640,
        )  # fmt: skip
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        self.send("Emulation.setEmulatedMedia", features=[scheme])

    def open(self, file: Path) -> None:
        """Load ``file`` and wait until it stands."""
        self.events.clear()
        self.send("Page.navigate", url=file.as_uri())
        end = time.monotonic() + PATIENCE
        while self.value("document.readyState") != "complete" or self.value("location.href") == "about:blank":
            if time.monotonic() > end:
                raise TimeoutError(f"{file.name} did not load")
            time.sleep(0.05)

    def value(self, expression: str) -> Any:
        """What ``expression`` is on the page."""
        answer = self.send("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in answer:
            raise RuntimeError(answer["exceptionDetails"]["exception"].get("description", expression))
        return answer["result"].get("value")

    def unfold(self) -> None:
        """Open all that is folded, and wait until it is there."""
        self.value(
            """(async () => {
                 document.querySelectorAll("details").forEach((one) => { one.open = true; });
                 while (document.querySelector("details noscript")) await new Promise((done) => setTimeout(done, 10));
               })()"""
        )

    def reported(self, *methods: str) -> list[dict[str, Any]]:
        """Events of these kinds so far."""
        self.value("1")
        return [event for event in self.events if event["method"] in methods]

    def picture(self, file: Path) -> None:
        """The whole page as a PNG."""
        size = self.send("Page.getLayoutMetrics")["cssContentSize"]
        clip = {"x": 0, "y": 0, "width": size["width"], "height": size["height"], "scale": 1}
        answer = self.send("Page.captureScreenshot", captureBeyondViewport=True, clip=clip)
        file.write_bytes(base64.b64decode(answer["data"]))

    def pdf(self, file: Path) -> None:
        """The page as it prints."""
        answer = self.send("Page.printToPDF", preferCSSPageSize=True, printBackground=True)
        file.write_bytes(base64.b64decode(answer["data"]))


@contextlib.contextmanager
def browser(folder: Path) -> Iterator[Tab]:
    """A fresh Chromium whose profile lies in ``folder``; ended with everything it started."""
    program = installed()
    assert program is not None
    process = subprocess.Popen(
        [program, *FLAGS, f"--user-data-dir={folder}", "about:blank"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        with contextlib.closing(Tab(_address(folder, process))) as tab:
            yield tab
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _address(folder: Path, process: subprocess.Popen[bytes]) -> str:
    port_file = folder / "DevToolsActivePort"
    end = time.monotonic() + PATIENCE
    while not port_file.is_file() or len(port_file.read_text().splitlines()) < 2:
        if process.poll() is not None or time.monotonic() > end:
            raise TimeoutError("Chromium did not start")
        time.sleep(0.05)
    port = port_file.read_text().splitlines()[0]
    with urllib.request.urlopen(f"http://127.0.0.1:{port}/json/list", timeout=PATIENCE) as answer:
        tabs = json.load(answer)
    return next(tab["webSocketDebuggerUrl"] for tab in tabs if tab["type"] == "page")
