"""Edits of weights: the number changes, nothing else of the file does."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from pathlib import Path

import pytest
import yaml

from indexcalc.findings import Refused
from indexcalc.tree import parse_index
from indexcalc.tree.edit import rescaled, set_weights, spread, weight_text

from .conftest import count

FILE = "indicators.yaml"
HEAD = """\
index: {id: demo}
units: {table: units.csv}
data: {values: {path: values.csv}}
"""


def tree(dimensions: str, *, head: str = HEAD) -> bytes:
    return (head + "dimensions:\n" + dimensions).encode()


def codes(raw: bytes, node: str, weight: str = "0.5") -> list[str]:
    with pytest.raises(Refused) as refused:
        set_weights(raw, FILE, {node: weight})
    return [one.code for one in refused.value.findings]


# ----------------------------------------------------------------------------------------------------- the full-size tree


@pytest.mark.slow
def test_setting_a_weight_of_the_full_size_tree_changes_one_line(repository: Path) -> None:
    raw = (repository / FILE).read_bytes()
    index, _ = parse_index(raw, FILE)
    assert index is not None
    constant = [one for one in index.paths if one != index.index.id and not index.is_by_period(one, "weight")]
    assert len(constant) > 150
    for node in constant[1::28]:
        if getattr(index.by_id.get(node), "weight", None) is None:
            continue
        before, after = raw.split(b"\n"), set_weights(raw, FILE, {node: "0.123"}).split(b"\n")
        assert len(before) == len(after)
        changed = [(old, new) for old, new in zip(before, after, strict=True) if old != new]
        assert len(changed) == 1
        (old, new) = changed[0]
        assert re.sub(rb"weight: [0-9.]+", b"weight: 0.123", old) == new


# -------------------------------------------------------------------------------------------------------------- the fuzz


class Slots:
    """A tree as pieces of text of which every second one is a weight as it is written."""

    def __init__(self, seed: int) -> None:
        self.rng = random.Random(seed)
        self.pieces = [""]
        self.slots: dict[str, int] = {}
        self.anchors: list[str] = []
        self.count = 0
        self.breaks = self.rng.choice(["\n", "\r\n"])
        self.bom = self.rng.random() < 0.5

    def say(self, text: str) -> None:
        self.pieces[-1] += text

    def weight(self, node: str) -> None:
        mark = self.rng.choice(["", "", "", f"&w{len(self.pieces)} ", "!!float "])
        value = self.rng.choice(["0.25", ".25", "0.30", "1", "12.5", "0.3333", "1/3", '"1/3"', "'2/7'", "5.", "+0.5", "1.5e-3"])
        if mark.startswith("!!") and ("/" in value or value == "1"):
            mark = ""
        self.say(mark)
        self.slots[node] = len(self.pieces)
        self.pieces += [value, ""]

    def quoted(self, text: str) -> str:
        if self.anchors and self.rng.random() < 0.1:
            return f"*{self.rng.choice(self.anchors)} "
        style = self.rng.choice(["plain", "single", "double", "anchor"])
        if style == "anchor":
            self.anchors.append(f"n{len(self.anchors)}")
            return f"&{self.anchors[-1]} {text}"
        return {"plain": text, "single": f"'{text} it''s: # 0.25'", "double": f'"{text} \\"weight: 0.25\\" \\u4e2d"'}[style]

    def comment(self) -> str:
        return self.rng.choice(["", "", "   ", "  # weight: 0.25, 权重 {", "\t# &a *a 'odd\" 😀", " #"])

    def line(self, text: str) -> None:
        self.say(text + self.comment() + self.breaks)
        while self.rng.random() < 0.15:
            self.say(self.rng.choice(["", "  ", "# a line: weight: 0.1", "        # {id: x, weight: 0.5}"]) + self.breaks)

    def leaf(self, indent: str) -> None:
        self.count += 1
        node = f"x{self.count}"
        name = self.quoted(self.rng.choice(["刑事立案数", "Weight 0.25", "a weight", "“两抢一盗”", "x😀y"]))
        gap = self.rng.choice(["", " ", "  "])
        if self.rng.random() < 0.5:
            space = self.rng.choice([" ", f"{self.breaks}{indent}     ", "  "])
            self.say(f"{indent}- {{{gap}id: {node},{space}name: {name}, ")
            self.say(self.rng.choice(["weight: ", '"weight":  ', "weight:   ", "'weight': "]))
            self.weight(node)
            tail = self.rng.choice(
                [",scale: 0.25", ", normalise: {method: goalposts, worst: 0.25, best: 1}", ", note: 'weight: .25'"]
            )
            self.line(f"{gap}{tail}{gap}}}")
            return
        self.line(f"{indent}- id: {node}")
        self.say(f"{indent}  weight:{self.rng.choice([' ', '   '])}")
        self.weight(node)
        self.line("")
        self.line(f"{indent}  name: {name}")
        if self.rng.random() < 0.3:
            self.say(f"{indent}  note: |{self.breaks}{indent}    weight: 0.25{self.breaks}{indent}    'odd{self.breaks}")

    def build(self) -> None:
        for text in HEAD.splitlines():
            self.line(text)
        self.line("defaults: {weights: relative}")
        self.line("dimensions:")
        for at in range(4):
            self.line(f"  - id: d{at}")
            self.say("    weight: ")
            self.weight(f"d{at}")
            self.line("")
            self.line("    indicators:")
            for _ in range(self.rng.randint(3, 12)):
                self.leaf("      ")

    def bytes(self) -> bytes:
        return (b"\xef\xbb\xbf" if self.bom else b"") + "".join(self.pieces).encode()


@pytest.mark.parametrize("seed", range(count(6, 60)))
def test_fifty_random_edits_leave_everything_else_byte_for_byte(seed: int) -> None:
    """Ten files of fifty edits are 500; the pieces that the file was built of say what must come out."""
    slots = Slots(seed)
    slots.build()
    raw = slots.bytes()
    index, found = parse_index(raw, FILE)
    assert index is not None, found
    assert {one.code for one in found if one.severity == "error"} <= {"IC206"}, (
        found
    )  # names are alike, which matters to data alone
    for _ in range(50):
        node = slots.rng.choice([*slots.slots])
        text = slots.rng.choice(["0.4", "1/7", "3", ".125", f"{slots.rng.random():.{slots.rng.randint(1, 9)}f}"])
        tagged = slots.pieces[slots.slots[node] - 1].endswith("!!float ")
        text = "0.75" if tagged else text
        raw = set_weights(raw, FILE, {node: text})
        slots.pieces[slots.slots[node]] = text
        assert raw == slots.bytes()
    after, _ = parse_index(raw, FILE)
    assert after is not None
    for node, at in slots.slots.items():
        assert after.by_id[node].weight == pytest.approx(float(Fraction(slots.pieces[at].strip("'\"").rstrip("."))))  # type: ignore[union-attr]


@pytest.mark.parametrize("seed", range(count(6, 60)))
def test_weights_that_are_new_are_written_in_the_style_of_their_lines(seed: int) -> None:
    rng = random.Random(seed)
    lines = []
    for at in range(12):
        comment = rng.choice(["", "  # weight: 1", "   "])
        flow = [
            f"      - {{id: x{at}, name: '名, {{}}'}}",
            f'      - {{"id": "x{at}"}}',
            f"      - {{name: n, id: x{at}, scale: 1/3 }}",
        ]
        block = [
            f"      - id: x{at}",
            f"      - name: >\n          folded\n        id: x{at}",
            f"      - scale: 2\n        id: 'x{at}'",
        ]
        lines.append(rng.choice(flow + block) + comment + "\n# between\n" * rng.randint(0, 1))
    raw = tree("  - id: all\n    indicators:\n" + "\n".join(lines) + rng.choice(["", "\n"]))
    if rng.random() < 0.5:
        raw = raw.replace(b"\n", b"\r\n")
    for at in rng.sample(range(12), 12):
        new = set_weights(raw, FILE, {f"x{at}": "0.5"})
        start = next((i for i, (a, b) in enumerate(zip(raw, new, strict=False)) if a != b), len(raw))
        added = len(new) - len(raw)
        assert any(new[:i] + new[i + added :] == raw for i in range(max(0, start - added), start + 1))
        old_data, new_data = yaml.safe_load(raw), yaml.safe_load(new)
        assert new_data["dimensions"][0]["indicators"][at].pop("weight") == 0.5
        for entry in old_data["dimensions"][0]["indicators"][at:]:
            entry.pop("weight", None)
        for entry in new_data["dimensions"][0]["indicators"][at:]:
            entry.pop("weight", None)
        assert old_data == new_data
        raw = new
    assert b"\r\n" in raw or b"\r" not in raw
    assert raw.count(b"\n") == raw.count(b"\r\n") or b"\r" not in raw


def test_a_new_weight_stands_after_the_name_before_the_comment_of_the_next_key() -> None:
    raw = tree("  - id: all   # all of it\n    name: 全部\n    # the leaves\n    indicators: [{id: a}, {id: b, scale: 2}]\n")
    assert set_weights(raw, FILE, {"all": "1", "a": "0.5", "b": "0.5"}) == tree(
        "  - id: all   # all of it\n    name: 全部\n    weight: 1\n    # the leaves\n"
        "    indicators: [{id: a, weight: 0.5}, {id: b, weight: 0.5, scale: 2}]\n"
    )


def test_where_a_weight_comes_from_can_be_said_with_it() -> None:
    raw = tree("  - id: all\n    weights: equal # so far\n    indicators: [{id: a}]\n")
    assert set_weights(raw, FILE, {"a": "1"}, given=["all", "demo"]) == tree(
        "  - id: all\n    weights: given # so far\n    indicators: [{id: a, weight: 1}]\n",
        head=HEAD.replace("{id: demo}", "{id: demo, weights: given}"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_judgements_written_line_by_line_give_way_to_given_weights(end: str) -> None:
    matrix = (
        "  - id: all\n    weights:  # by the meeting\n      method: ahp\n      matrix:\n        - [1, 3]\n        - [1/3, 1]\n"
    )
    below = "\n    # what is judged\n    indicators: [{id: a}, {id: b}]\n"
    raw = tree(matrix + below).replace(b"\n", end.encode())
    after = "  - id: all\n    weights: given  # by the meeting\n\n    # what is judged\n"
    after += "    indicators: [{id: a, weight: 0.7}, {id: b, weight: 0.3}]\n"
    assert set_weights(raw, FILE, {"a": "0.7", "b": "0.3"}, given=["all"]) == tree(after).replace(b"\n", end.encode())


def test_a_block_of_judgements_of_the_index_itself_gives_way_too() -> None:
    head = HEAD.replace("{id: demo}", "\n  id: demo\n  weights:\n    method: ahp\n    matrix: [[1, 3], [1/3, 1]]")
    raw = tree("  - {id: a, source: x}\n  - {id: b, source: x}\n", head=head)
    made = set_weights(raw, FILE, {"a": "0.7", "b": "0.3"}, given=["demo"]).decode()
    assert "  weights: given\n" in made
    assert "matrix" not in made


# -------------------------------------------------------------------------------------------------------- what is refused


def test_a_weight_shared_through_an_anchor_is_refused_from_both_sides() -> None:
    raw = tree("  - id: all\n    indicators: [{id: a, weight: &w 0.5}, {id: b, weight: *w}]\n")
    assert codes(raw, "a") == codes(raw, "b") == ["IC601"]
    assert codes(tree("  - id: all\n    indicators: [{id: a, <<: {weight: 1}}]\n"), "a") == ["IC117"]


def test_an_anchor_that_nothing_refers_to_is_kept() -> None:
    raw = tree("  - id: all\n    indicators: [{id: a, weight: &w 0.5}]\n")
    assert set_weights(raw, FILE, {"a": "0.25"}) == raw.replace(b"&w 0.5", b"&w 0.25")


def test_what_cannot_be_edited_in_place_is_refused() -> None:
    raw = tree("  - id: all\n    indicators:\n      - ? id\n        : a\n")
    assert codes(raw, "a") == ["IC602"]
    assert codes(tree("  - id: all\n    indicators: [{id: a}]\n"), "b") == ["IC510"]
    assert codes(tree("  - id: all\n    indicators: [{id: a}]\n"), "a", "many") == ["IC603"]
    assert codes(tree("  - id: all\n    indicators: [{id: a, weight: 1, weight: 2}]\n"), "a") == ["IC104"]


# ------------------------------------------------------------------------------------------------------------- rescaling


def rescale(weights: str, node: str, weight: str, total: int = 1) -> list[str] | None:
    leaves = "".join(f"      - {{id: x{at}{text and ', weight: '}{text}}}\n" for at, text in enumerate(weights.split("|")))
    index, _ = parse_index(tree(f"  - id: all\n    weight: {total}\n    indicators:\n{leaves}"), FILE)
    assert index is not None
    found = rescaled(index, node, weight)
    return None if found is None else list(found.values())


def test_siblings_are_scaled_in_proportion_at_the_decimals_of_the_file() -> None:
    assert rescale("0.30|0.14|0.56", "x0", "0.35") == ["0.35", "0.13", "0.52"]
    assert rescale("0.5|0.5", "x0", "0.125") == ["0.125", "0.875"]
    assert rescale("50|30|20", "x1", "40", 100) == ["42.86", "40", "17.14"]
    assert rescale("0.5|0.3|0.2", "x0", "0.4") == ["0.4", "0.36", "0.24"]
    assert rescale("0.5|0.5|0", "x0", "0.4") == ["0.4", "0.6", "0.0"]
    assert rescale("||", "x0", "0.5") == ["0.5", "0.25", "0.25"]
    assert rescale("0.2|0.3|0.5", "x0", "1/3") == ["1/3", "0.25", "5/12"]
    assert rescale("1/3|1/3|1/3", "x0", "0.5") == ["0.5", "0.25", "0.25"]
    assert rescale("|||", "x0", "0.5") == ["0.5", "0.1667", "0.1667", "0.1666"]
    assert rescale("1|0", "x0", "0.5") is None
    assert rescale("0.5|0.5", "x0", "1.5") is None


@pytest.mark.parametrize("seed", range(count(25, 500)))
def test_rounded_shares_add_up_exactly_and_keep_their_order(seed: int) -> None:
    rng = random.Random(seed)
    parts = [Fraction(rng.randint(1, 10**6)) for _ in range(rng.randint(1, 12))]
    shares = [part / sum(parts) for part in parts]
    rounded = [Fraction(text) for text in spread(shares, Fraction(1), rng.randint(0, 5))]
    assert sum(rounded) == 1
    assert all(part > 0 for part in rounded)
    for share, part in zip(shares, rounded, strict=True):
        for other_share, other in zip(shares, rounded, strict=True):
            assert share <= other_share or part >= other


def test_what_is_typed_as_a_weight() -> None:
    typed = ["0.35", "０．３５", " 1 / 3 ", ".5", "35", "-1", "35%", "1/0", "nan", "0.3.5", ""]
    assert [weight_text(text) for text in typed] == ["0.35", "0.35", "1/3", ".5", "35", None, None, None, None, None, None]
