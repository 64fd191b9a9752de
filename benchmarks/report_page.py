"""The quality report and the review page as a browser sees them, with the network off.

usage: python -m benchmarks.report_page PAGE.html ...

Chromium, headless, opens each page from the disk: requests but for the page itself, failed requests and console errors are
counted, axe-core (from npm, fetched into build/axe where it is not there yet) looks for barriers in light, dark and print,
and screenshots at 400 and 1400 px go to build/pages, to be looked at. Prints a line a measure.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path
from typing import Any

import httpx
from websockets.asyncio.client import ClientConnection, connect

from benchmarks.sets import ROOT

AXE = ROOT / "build" / "axe"
SHOTS = ROOT / "build" / "pages"
WIDTHS = (400, 1400)  # pixels: a telephone, a desk
TALLEST = 6000  # pixels of a screenshot
MAX_MESSAGE = 64 << 20  # bytes: a screenshot is one message
SECONDS = 60  # for Chromium to start, or to answer
MAX_PAGE_BYTES = 10_000_000
SERIOUS = {"serious", "critical"}
FLAGS = (
    *"--headless=new --no-sandbox --disable-gpu --no-first-run --disable-background-networking --disable-sync".split(),
    "--host-resolver-rules=MAP * ~NOTFOUND",
    "--proxy-server=127.0.0.1:9",
    "--remote-debugging-port=0",
)


def fetch_axe() -> str:
    """Return the source of axe-core, fetched by npm the first time."""
    source = AXE / "package" / "axe.min.js"
    if not source.exists():
        AXE.mkdir(parents=True, exist_ok=True)
        subprocess.run(["npm", "pack", "--silent", "axe-core"], cwd=AXE, check=True, stdout=subprocess.DEVNULL)  # noqa: S607
        with tarfile.open(next(AXE.glob("axe-core-*.tgz"))) as package:
            package.extractall(AXE, filter="data")
    return source.read_text("utf-8")


class Tab:
    """A tab of Chromium over its DevTools protocol: commands out, events kept."""

    def __init__(self, socket: ClientConnection) -> None:
        self._socket = socket
        self._number = 0
        self.events: list[dict[str, Any]] = []

    async def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result; raises RuntimeError where Chromium refuses it."""
        self._number += 1
        await self._socket.send(json.dumps({"id": self._number, "method": method, "params": parameters}))
        while True:
            message = json.loads(await asyncio.wait_for(self._socket.recv(), SECONDS))
            if message.get("id") != self._number:
                self.events.append(message)
            elif "error" in message:
                raise RuntimeError(message["error"]["message"])
            else:
                result: dict[str, Any] = message["result"]
                return result

    async def run(self, script: str) -> Any:  # noqa: ANN401  whatever the script gives
        """Run a script in the page and return what it gives, once that has come."""
        done = await self.call("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in done:
            raise RuntimeError(done["exceptionDetails"])
        return done["result"].get("value")

    def list_faults(self, page: str) -> tuple[list[str], list[str]]:
        """Return the requests that failed or went elsewhere, and the errors of the console."""
        sent, errors = [], []
        for event in self.events:
            method, told = event.get("method"), event.get("params", {})
            if method == "Network.requestWillBeSent" and told["request"]["url"] not in {page, f"{page}#"}:
                sent.append(told["request"]["url"][:200])
            elif method == "Network.loadingFailed":
                sent.append(f"failed: {told['errorText']}")
            elif method == "Runtime.exceptionThrown":
                errors.append(told["exceptionDetails"]["text"])
            elif method == "Runtime.consoleAPICalled" and told["type"] in {"error", "warning"}:
                errors.append(str(told["args"])[:200])
            elif method == "Log.entryAdded" and told["entry"]["level"] == "error":
                errors.append(told["entry"]["text"])
        return sent, errors


async def look(tab: Tab, page: Path, axe: str) -> bool:
    """Open a page, print what was found, keep screenshots; return whether all is well."""
    for domain in ("Page", "Network", "Runtime", "Log"):
        await tab.call(f"{domain}.enable")
    await tab.call(
        "Network.emulateNetworkConditions", offline=True, latency=0, downloadThroughput=0, uploadThroughput=0
    )
    tab.events.clear()
    await tab.call("Page.navigate", url=page.as_uri())
    while not any(event.get("method") == "Page.loadEventFired" for event in tab.events):
        await tab.run("document.readyState")
        await asyncio.sleep(0.05)
    sent, errors = tab.list_faults(page.as_uri())
    n_bytes = len(await asyncio.to_thread(page.read_bytes))
    serious: list[str] = []
    for scheme, medium in (("light", ""), ("dark", ""), ("light", "print")):
        await tab.call(
            "Emulation.setEmulatedMedia", media=medium, features=[{"name": "prefers-color-scheme", "value": scheme}]
        )
        for width in WIDTHS:
            await tab.call(
                "Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False
            )
            found = await tab.run(
                f"{axe};axe.run().then((r) => r.violations.map((v) => [v.impact, v.id, v.nodes[0].html]))"
            )
            serious += [f"{scheme} {medium} {width}: {v}" for v in found if v[0] in SERIOUS]
            wide = await tab.run("document.documentElement.scrollWidth > innerWidth")
            serious += [f"{scheme} {medium} {width}: the page scrolls sideways"] if wide and not medium else []
            height = min(await tab.run("document.documentElement.scrollHeight"), TALLEST)
            clip = {"x": 0, "y": 0, "width": width, "height": height, "scale": 1}
            shot = await tab.call("Page.captureScreenshot", clip=clip, captureBeyondViewport=True)
            path = SHOTS / f"{page.stem}-{scheme}{medium}-{width}.png"
            path.write_bytes(base64.b64decode(shot["data"]))
    print(f"{page.name}: {n_bytes:,} bytes (at most {MAX_PAGE_BYTES:,})")
    print(f"  requests elsewhere or failed: {len(sent)} {sent[:3]}")
    print(f"  console errors: {len(errors)} {errors[:3]}")
    print(f"  axe-core, serious or critical, at {WIDTHS} px, light, dark, print: {len(serious)} {serious[:5]}")
    return not sent and not errors and not serious and n_bytes <= MAX_PAGE_BYTES


async def open_pages(pages: list[Path]) -> bool:
    """Open the pages one by one in a Chromium of their own."""
    axe = fetch_axe()
    SHOTS.mkdir(parents=True, exist_ok=True)
    chromium = shutil.which("chromium") or shutil.which("google-chrome") or "chromium"
    with tempfile.TemporaryDirectory(prefix="tally-chromium-", ignore_cleanup_errors=True) as profile:
        browser = subprocess.Popen(  # noqa: ASYNC220  it lives as long as the block
            [chromium, *FLAGS, f"--user-data-dir={profile}", "about:blank"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            port_file = Path(profile) / "DevToolsActivePort"
            for _ in range(SECONDS * 10):
                if port_file.exists() and "\n" in port_file.read_text():
                    break
                await asyncio.sleep(0.1)
            port = port_file.read_text().split("\n")[0]
            return await look_at_all(port, pages, axe)
        finally:
            browser.terminate()
            browser.wait()


async def look_at_all(port: str, pages: list[Path], axe: str) -> bool:
    """Look at each page in the browser's first tab."""
    async with httpx.AsyncClient(trust_env=False) as client:
        targets = (await client.get(f"http://127.0.0.1:{port}/json")).json()
    address = next(target["webSocketDebuggerUrl"] for target in targets if target["type"] == "page")
    async with connect(address, max_size=MAX_MESSAGE) as socket:
        return all([await look(Tab(socket), page, axe) for page in pages])


def main() -> None:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("pages", type=Path, nargs="+")
    is_well = asyncio.run(open_pages([page.absolute() for page in parser.parse_args().pages]))
    print("all is well" if is_well else "NOT WELL")


if __name__ == "__main__":
    main()
