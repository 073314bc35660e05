"""Two editors and eight departments at once at a server that is killed: nothing that was acknowledged is lost, all files are whole.

The server is a process of its own that is ended by the system in the middle of what it does, and is started again.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import itertools
import os
import re
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlencode

import pytest

pytest.importorskip("starlette", reason="the extra `serve` is not installed")

from indexcalc.jobs.amend import text_of_tree
from indexcalc.jobs.ledger import log, verify
from indexcalc.jobs.project import project_of
from indexcalc.journal.history import made_by_hand, read_history
from indexcalc.journal.served import read_acts
from indexcalc.web.app import make_app

from .conftest import count
from .kills import started
from .served import form_token
from .test_fill import TREE
from .test_web_edit import fields

pytestmark = [pytest.mark.slow, pytest.mark.skipif(os.name != "posix", reason="processes that are copies of another")]
DEPARTMENTS = [f"部门{at}" for at in range(8)]
EDITORS = ["甲", "乙"]
GONE = (OSError, http.client.HTTPException)  # what one sees of a server that is killed


def _serve(base: str, told: str) -> None:
    """Serve a project on a port of its own until the process is killed."""
    import uvicorn

    app = make_app(project_of(base), edit=True, submit=True)
    listener = socket.create_server(("127.0.0.1", 0))
    part = Path(f"{told}.part")
    part.write_text(str(listener.getsockname()[1]), encoding="utf-8")
    part.replace(told)
    config = uvicorn.Config(app, log_level="critical", access_log=False, lifespan="off")  # type: ignore[arg-type]
    asyncio.run(uvicorn.Server(config).serve(sockets=[listener]))


class Visitor:
    """Somebody at a browser: one connection, its cookie, and the origin that forms come from."""

    def __init__(self, port: int) -> None:
        self.at, self.origin, self.cookie = (
            http.client.HTTPConnection("127.0.0.1", port, timeout=60),
            f"http://127.0.0.1:{port}",
            "",
        )

    def get(self, path: str) -> str:
        return self._answer("GET", path, None)[2]

    def post(self, path: str, form: dict[str, str]) -> tuple[int, str, str]:
        return self._answer("POST", path, urlencode(form))

    def _answer(self, method: str, path: str, body: str | None) -> tuple[int, str, str]:
        headers = {"cookie": self.cookie, "origin": self.origin, "content-type": "application/x-www-form-urlencoded"}
        self.at.request(method, path, body, headers)
        answer = self.at.getresponse()
        text = answer.read().decode()
        self.cookie = self.cookie or (answer.getheader("set-cookie") or "").partition(";")[0]
        return answer.status, answer.getheader("location") or "", text


class Acknowledged:
    """What the server said is done, by all who asked."""

    def __init__(self) -> None:
        self.receipts: list[str] = []
        self.edits: list[tuple[str, str]] = []
        self.refused: list[str] = []
        self.come = threading.Semaphore(0)

    def reports(self, visitor: Visitor, department: str, round_: int) -> None:
        """Report one quarter after another."""
        for at in itertools.count():
            period = f"{1950 + at // 4 + 2 * round_}Q{at % 4 + 1}"
            asked = {"department": department, "period": period}
            form = {"form_token": form_token(visitor.get("/submit")), **asked, "who": department, "told": ""}
            for _ in range(2):  # once more over what was pointed out
                typed = {f"c:{row}:0": str(row + at % 7 + 1) for row in range(3)}
                status, location, text = visitor.post("/submit/form", {**form, **typed})
                form["told"] = next(iter(re.findall(r'name="told" value="(\w+)"', text)), "")
                if status == 303:
                    break
            if status != 303:
                self.refused += re.findall(r"IC\d{3}.*", text)
                return
            number = location.rpartition("=")[2]
            self.receipts += re.findall(rf"<code>({number}:\w+)</code>", visitor.get(location))
            self.come.release()

    def edits_of(self, visitor: Visitor, editor: str, round_: int) -> None:
        """Rename what the other editor renames too, again and again; who comes second looks once more."""
        for at in itertools.count():
            name = f"{editor}{round_}之{at}"
            form = fields(visitor.get("/edit/node?node=i0")) | {"k:i0:name": name}
            status, _, text = visitor.post("/edit/preview", form)
            if status == 200:
                status, _, text = visitor.post("/edit/save", fields(text) | {"who": editor, "why": "改名"})
            if status == 303:
                self.edits.append((editor, name))
                self.come.release()
            elif status != 409:
                self.refused += re.findall(r"IC\d{3}.*", text)
                return


def until_killed(acts: Callable[[Visitor, str, int], None], port: int, name: str, round_: int) -> None:
    visitor = Visitor(port)
    with contextlib.closing(visitor.at), contextlib.suppress(*GONE):
        acts(visitor, name, round_)


def test_nothing_that_was_acknowledged_is_lost_when_the_server_is_killed(tmp_path: Path) -> None:
    base = tmp_path / "project"
    base.mkdir()
    nodes = "".join(f"  - {{id: i{at}, name: 名{at}, weight: 0.125, department: {one}}}\n" for at, one in enumerate(DEPARTMENTS))
    tree = TREE[: TREE.index("dimensions:")].replace("WHERE", '"ledger.sqlite"') + "dimensions:\n" + nodes
    (base / "indicators.yaml").write_text(tree, encoding="utf-8")
    (base / "units.csv").write_text("id,name\n01,东区\n02,西区\n03,南区\n", encoding="utf-8")
    project, done = project_of(base), Acknowledged()
    for round_ in range(count(2, 20)):
        told = tmp_path / f"port{round_}"
        server = started(_serve, str(base), str(told))
        while not told.exists():
            assert server.is_alive()
            time.sleep(0.02)
        port = int(told.read_text(encoding="utf-8"))
        with ThreadPoolExecutor(len(DEPARTMENTS) + len(EDITORS)) as pool:
            for acts, names in ((done.reports, DEPARTMENTS), (done.edits_of, EDITORS)):
                for name in names:
                    pool.submit(until_killed, acts, port, name, round_)
            for _ in range(9 + 4 * round_):
                assert done.come.acquire(timeout=120), done.refused
            server.kill()
            server.join()
        assert done.refused == []
        tree_now = project.file.read_bytes()
        assert [one for one in text_of_tree(project).findings if one.severity == "error"] == []
        changes, problems = read_history(project.file)
        assert problems == [] and not made_by_hand(changes, tree_now)
        assert {(who, name) for who, name in done.edits} <= {
            (one.who.partition("（")[0], one.new.removeprefix("name: ")) for one in changes
        }
        assert verify(project, receipts=done.receipts).submissions >= len(done.receipts) > 0
        assert len(set(done.receipts)) == len(done.receipts)
        acts, problems = read_acts(project.file)
        assert problems == []
        assert sum(one.action == "submit" for one in acts) >= len(done.receipts)
        assert sum(one.action == "edit" for one in acts) >= len(done.edits)
    assert {one.department for one in log(project).entries} == set(DEPARTMENTS)
    assert done.edits
