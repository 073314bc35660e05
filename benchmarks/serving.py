"""Served pages under load, beside the same bytes as files: requests a second and the time that 95 of 100 stay below.

`python benchmarks/serving.py`: a generator on this machine asks both servers in turn, by a few connections that stay open, for
pages of the example with 11 districts. Both are uvicorn; the baseline is Starlette's own server of files.
"""

from __future__ import annotations

import http.client
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, urlsplit

ROOT = Path(__file__).resolve().parent.parent
CONNECTIONS, REQUESTS, ROUNDS = 8, 100, 5
UNITS = ("荔湾区", "天河区", "南沙区")
PAGES = (
    "/",
    "/?lang=en",
    *(f"/unit?unit={quote(unit)}" for unit in UNITS),
    "/dimension?node=safety",
    f"/ask?question=trend&unit={quote(UNITS[0])}&now=1",
)
FILES = """
import asyncio, socket, sys, uvicorn
from starlette.staticfiles import StaticFiles
listener = socket.create_server(("127.0.0.1", 0))
print("http://127.0.0.1:%d/" % listener.getsockname()[1], flush=True)
config = uvicorn.Config(StaticFiles(directory=sys.argv[1]), log_level="error", access_log=False, lifespan="off")
asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))
"""


def started(command: Sequence[str]) -> tuple[subprocess.Popen[str], str]:
    """Start a server, and return it with the host and port that it prints."""
    server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    line = server.stdout.readline()
    return server, urlsplit(line[line.index("http://") :].split("/ ")[0].split("（")[0].split(" ")[0].strip()).netloc


def fetch(host: str, paths: Sequence[str], count: int, taken: list[float]) -> None:
    """Ask for pages in turn by one connection, and note how long each took."""
    connection = http.client.HTTPConnection(host)
    for at in range(count):
        start = time.perf_counter()
        connection.request("GET", paths[at % len(paths)])
        answer = connection.getresponse()
        answer.read()
        taken.append(time.perf_counter() - start)
        assert answer.status == 200, (answer.status, paths[at % len(paths)])
    connection.close()


def busy_seconds(server: subprocess.Popen[str]) -> float:
    """Return for how long a server has kept processors busy, which others on the machine hardly change."""
    fields = Path(f"/proc/{server.pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def load(server: subprocess.Popen[str], host: str, paths: Sequence[str]) -> tuple[float, float, float]:
    """Ask by all connections at once; return requests a second, the time that 95 of 100 stay below, and the server's own."""
    before = busy_seconds(server)
    taken: list[float] = []
    workers = [threading.Thread(target=fetch, args=(host, paths, REQUESTS, taken)) for _ in range(CONNECTIONS)]
    start = time.perf_counter()
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    lasted = time.perf_counter() - start
    return len(taken) / lasted, statistics.quantiles(taken, n=20)[-1], busy_seconds(server) - before


def main() -> None:
    """Ask both servers in turn, and print the medians of the rounds."""
    ours, host = started([sys.executable, "-m", "indexcalc", "serve", "--index", str(ROOT), "--port", "0", "--lang", "en"])
    try:
        with tempfile.TemporaryDirectory() as folder:
            for at, path in enumerate(PAGES):
                connection = http.client.HTTPConnection(host)
                for _ in range(100):
                    connection.request("GET", path)
                    answer = connection.getresponse()
                    content = answer.read()
                    if answer.status == 200:
                        break
                    time.sleep(0.5)
                Path(folder, f"{at}.html").write_bytes(content)
            files, other = started([sys.executable, "-c", FILES, folder])
            try:
                names = [f"/{at}.html" for at in range(len(PAGES))]
                rounds = [(load(files, other, names), load(ours, host, PAGES)) for _ in range(ROUNDS + 1)][1:]
            finally:
                files.terminate()
                files.wait()
    finally:
        ours.terminate()
        ours.wait()
    static, pages = ([statistics.median(one[at][what] for one in rounds) for what in (0, 1)] for at in (0, 1))
    each = [one[0][0] / one[1][0] for one in rounds]
    busy = [statistics.median(one[at][2] for one in rounds) / (CONNECTIONS * REQUESTS) for at in (0, 1)]
    print(f"{CONNECTIONS} connections, {CONNECTIONS * REQUESTS} requests a round, {ROUNDS} rounds")
    for name, (rate, slow), own in (("files", static, busy[0]), ("pages", pages, busy[1])):
        print(f"{name}  {rate:8.0f} requests/s   p95 {slow * 1000:7.1f} ms   {own * 1000:6.2f} ms of a processor a request")
    spread = f"rounds {min(each):.2f} to {max(each):.2f}"
    print(f"pages take {static[0] / pages[0]:.2f} of the time of files ({spread})")
    print(f"p95 {pages[1] / static[1]:.2f}, processor {busy[1] / busy[0]:.2f} of theirs")


if __name__ == "__main__":
    main()
