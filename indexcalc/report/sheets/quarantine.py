"""The quarantine of each log of events as a table: every dirty row with the reasons why it counts nowhere."""

from __future__ import annotations

import csv
import io
import re

from ...journal.files import fitting
from ...panel import Quarantine
from ...scores import Scores
from ...words.reports import word, word_of
from .alone import unit_label
from .tidy import as_text


def quarantine_files(scores: Scores, language: str) -> dict[str, bytes]:
    """Return a file for each log of events of an index, by name; one without dirty rows has its heading alone."""
    files: dict[str, bytes] = {}
    for quarantine in scores.panel.quarantine:
        stem = fitting("quarantine-" + re.sub(r"[^\w.-]", "_", quarantine.source))
        name = f"{stem}.csv" if f"{stem}.csv" not in files else f"{stem}-{len(files)}.csv"
        files[name] = quarantine_csv(quarantine, unit_label(scores, language), language)
    return files


def quarantine_csv(quarantine: Quarantine, label: str, language: str) -> bytes:
    """Write dirty rows as CSV in UTF-8 with a byte-order mark: their reasons, then the columns of the log that were used."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([word.reasons(language), *map(as_text, quarantine.header)])
    said_of = [(word_of(kind, language).format(label=label), column) for kind, column in quarantine.reasons]
    reasons = [f"{reason}: {column}" if column else reason for reason, column in said_of]
    said = {row[-1]: as_text("; ".join(reasons[at] for at in row[-1])) for row in quarantine.rows}
    writer.writerows([said[row[-1]], *map(as_text, row[:-1])] for row in quarantine.rows)
    return ("\ufeff" + buffer.getvalue()).encode()
