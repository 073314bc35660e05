"""Draw the opinion posts of the top-level project, red-cotton, by its own script, and take its districts and residents."""

import csv
import runpy
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent


def tables() -> dict[str, Any]:
    """Return the districts, their residents by quarter, and the posts."""
    built, checkout = HERE.parent / "red-cotton" / "data", HERE.parents[2] / "data"
    data = built if built.is_dir() else checkout
    with (data / "base.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    residents = {heading: [row[heading] for row in rows] for heading in ("区", "期次", "常住人口", "数据性质")}
    posts = runpy.run_path(str(data / "generate_posts.py"))["packed_posts"]()
    return {"data/districts.csv": (data / "districts.csv").read_bytes(), "data/base.csv": residents, "data/posts.parquet": posts}
