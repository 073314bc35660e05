"""Odd texts, what is laid out for a command, and bytes that are damaged at random."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from random import Random

ODD = [
    *(
        "",
        " ",
        "0",
        "-1",
        "1e308",
        "1e-320",
        "-0",
        "nan",
        "inf",
        "1,5",
        "９",
        "½",
        "1e9999",
        "0x1F",
        "1_000",
        "２０２２",
        "12.5%",
        "—",
    ),
    *(
        "…",
        "null",
        "~",
        "true",
        "NO",
        "[",
        "]",
        "{",
        "}",
        "{}",
        "[]",
        ":",
        "：",
        "，",
        "'",
        '"',
        "#",
        "&a",
        "*a",
        "!!python/none x",
    ),
    *(
        "- -",
        "? ?",
        "%s",
        "{0}",
        "{x}",
        "\\",
        "\t",
        "\r",
        "\x00",
        "\x07",
        "\x1b[31m",
        "\u202e",
        "\u2028",
        "\x85",
        "\ufeff",
        "\ufffe",
    ),
    *(
        "𠀀",
        "e\u0301",
        "a" * 300,
        "长" * 300,
        "9" * 400,
        "1" * 40,
        "=1+1",
        "../x",
        "a/b",
        "NUL",
        "all",
        "2022",
        "2022Q1",
        "1900-02-29",
    ),
    *(
        "demo",
        "safety",
        "cases",
        "01",
        "东区",
        "(" * 200,
        "1/0",
        "a=b=c",
        "min-max",
        "geometric",
        "http://[::1",
        "postgresql://a:b:c/d",
    ),
]


@dataclass
class Case:
    """A project of files, what is typed there, and in what environment."""

    files: dict[str, bytes]
    words: list[str] = field(default_factory=lambda: ["check"])
    environment: dict[str, str] = field(default_factory=dict)

    def lay_out(self, folder: Path) -> None:
        for name, content in self.files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)


def damaged(random: Random, content: bytes) -> bytes:
    """Return bytes with a few changed, put in, taken out, repeated or cut off."""
    out = bytearray(content)
    for _ in range(random.choice([1, 1, 1, 3, 20])):
        at = random.randrange(len(out) + 1)
        how = random.randrange(6)
        if how == 0 and at < len(out):
            out[at] = random.randrange(256)
        elif how == 1:
            out[at:at] = bytes(random.randrange(256) for _ in range(random.choice([1, 4, 64])))
        elif how == 2:
            del out[at : at + random.choice([1, 8, 200])]
        elif how == 3:
            out[at:at] = out[at : at + random.choice([3, 50])]
        elif how == 4 and random.random() < 0.3:
            del out[at:]
        else:
            out[at:at] = random.choice(ODD).encode(errors="surrogatepass")
    return bytes(out)
