"""Where events are aggregated: DuckDB in this process, PostgreSQL in place, Spark on a cluster.

All that differs between the three is in this module, behind `Engine`; `events` makes the one query for all of them with ibis.
Neither is imported before there is a log of events to be read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from ...journal.database import with_environment
from .text_files import FIELDS, LogFile, as_utf8, evened, refuse_open_quotes
from .written import TIME

_ALL = 1 << 60  # rows; a limit is what PostgreSQL does not look through
MEMORY = "4GB"  # of DuckDB's, where the rest has a folder to be kept in
FEW_NAMES = 500  # more are joined as a table, which in a database of others takes the right to make a temporary one
NUMBER = r"^\s*[-+]?(\d+(\.\d*)?|\.\d+)([eE][-+]?\d{1,3})?\s*$"
BEYOND = 1e18  # a number from here on is too large to be added up exactly, and in no log
_TINY = 1e-300


@dataclass(frozen=True)
class Engine:
    """An open log: a table of the columns that are used, by their names, and what its engine does in its own way."""

    kind: str
    connection: Any
    table: Any
    kept: list[Any] = field(default_factory=list)  # temporary folders, which live as long as the table

    @cached_property
    def zoned(self) -> frozenset[str]:
        """The columns whose times carry a zone; ibis tells them from the others everywhere but in Spark."""
        if self.kind != "spark":
            return frozenset(name for name, kind in self.table.schema().items() if kind.is_timestamp() and kind.timezone)
        schema = self.connection._session.sql(self.connection.compile(self.table)).schema
        return frozenset(column.name for column in schema if column.dataType.typeName() == "timestamp")

    @contextmanager
    def at_one_moment(self) -> Iterator[None]:
        """Let several queries see the rows of one moment, where others may write meanwhile: those of a database."""
        if self.kind != "postgres":
            yield
            return
        connection = self.connection.con
        connection.execute("begin transaction isolation level repeatable read")
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        connection.execute("commit")  # of a table of names at most; what is only read is not held longer than it takes

    def only(self, columns: Mapping[str, str]) -> Engine:
        """Return the log with some of its columns alone, by new names."""
        return replace(self, table=self.table.select(**{name: self.table[raw] for name, raw in columns.items()}))

    def named(self, table: Any, column: str, unit: str, names: Mapping[str, int]) -> Any:
        """Return a table with the number of what a column names exactly, as a column `unit`; missing where it names nothing."""
        import ibis

        if self.kind != "duckdb" and len(names) <= FEW_NAMES:
            return table.mutate(**{unit: table[column].cases(*names.items(), else_=None).cast("int64")})
        import pyarrow as pa

        known = ibis.memtable(pa.table({"known name": list(names), unit: pa.array(list(names.values()), pa.int64())}))
        return table.left_join(known, table[column] == known["known name"]).drop("known name")

    def once(self, table: Any) -> Any:
        """Return a table whose expressions are worked out once a row: PostgreSQL would do so anew for each use of one."""
        return table.limit(_ALL) if self.kind == "postgres" else table

    def time_of_text(self, text: Any) -> Any:
        """Return the time that a text says as ISO 8601 has it, missing where it says none."""
        import ibis

        plain = text.strip().replace("/", "-").replace("T", " ")
        if self.kind != "postgres":
            return ibis.ifelse(text.re_search(TIME), plain, ibis.null("string")).try_cast("timestamp")
        seems, part = text.re_search(TIME), _functions()["split_part"]
        date = ibis.ifelse(seems, part(plain, " ", 1), ibis.null("string"))  # PostgreSQL stops at a day that no calendar has
        year, month, day = (part(date, "-", at).cast("int64") for at in (1, 2, 3))
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        there = (day <= 28) | ((month != 2) & (day <= 30)) | month.isin([1, 3, 5, 7, 8, 10, 12]) | ((day == 29) & leap)
        return ibis.ifelse(seems & there, plain, ibis.null("string")).cast("timestamp")

    def number_of_text(self, text: Any) -> Any:
        """Return the number that a text is, missing where it is none."""
        import ibis

        plain = ibis.ifelse(text.re_search(NUMBER), text.strip(), ibis.null("string"))
        return self.number_of_decimal(plain.cast("decimal")) if self.kind == "postgres" else plain.try_cast("float64")

    def number_of_decimal(self, number: Any) -> Any:
        """Return a number of exact decimals as a float, missing where it is too large; PostgreSQL stops at 1e±400."""
        import ibis

        size = number.abs()
        near = ibis.ifelse(size > _TINY, number.cast("float64"), ibis.literal(0.0))
        return ibis.ifelse(size < BEYOND, near, ibis.null("float64"))

    def microseconds(self, time: Any) -> Any:
        """Return a time as microseconds since 1970."""
        if self.kind == "postgres":
            return (_functions()["date_part"]("epoch", time) * 1e6).round().cast("int64")
        return _functions()["unix_micros" if self.kind == "spark" else "epoch_us"](time)

    def plain_time(self, time: Any) -> Any:
        """Return a date, or a time without a zone, as the kind of time that the other functions take."""
        time = time.cast("timestamp")
        return _functions()["to_timestamp_ltz"](time) if self.kind == "spark" else time

    def in_zone(self, time: Any, zone: str) -> Any:
        """Return the local time in a zone of a time that carries one."""
        if self.kind == "spark":
            return _functions()["from_utc_timestamp"](time, zone)
        return _functions()["timezone"](zone, time)

    def clock(self, moment: Any, zone: str) -> Any:
        """Return the local time in a zone of microseconds since 1970."""
        if self.kind == "postgres":
            return self.in_zone(_functions()["to_timestamp"](moment / 1e6), zone)
        return self.in_zone(_functions()["timestamp_micros" if self.kind == "spark" else "make_timestamptz"](moment), zone)

    def moment(self, local: Any, zone: str) -> Any:
        """Return the microseconds since 1970 of a local time in a zone; of two such moments, the one that the engine takes."""
        if self.kind == "spark":
            return self.microseconds(_functions()["to_utc_timestamp"](local, zone))
        return self.microseconds(self.in_zone(_functions()["at_zone"](zone, local), "UTC"))

    def digest(self, text: Any) -> Any:
        """Return a digest of a text, to sort rows in an order that is arbitrary but the same in every engine."""
        return _functions()["md5"](text)


@cache
def _functions() -> dict[str, Any]:
    """Functions of the engines that ibis has no word for."""
    import ibis
    import ibis.expr.datatypes as dt

    text, time, whole = dt.string, dt.timestamp, dt.int64

    def declared(name: str, takes: Sequence[Any], gives: Any) -> Any:
        def of_one(one: Any) -> Any: ...

        def of_two(one: Any, other: Any) -> Any: ...

        def of_three(one: Any, other: Any, third: Any) -> Any: ...

        function: Any = (of_one, of_two, of_three)[len(takes) - 1]
        return ibis.udf.scalar.builtin(function, name=name, signature=(tuple(takes), gives))

    return {
        "date_part": declared("date_part", (text, time), dt.float64),
        "epoch_us": declared("epoch_us", (time,), whole),
        "unix_micros": declared("unix_micros", (time,), whole),
        "to_timestamp_ltz": declared("to_timestamp_ltz", (time,), time),
        "split_part": declared("split_part", (text, text, whole), text),
        "timezone": declared("timezone", (text, dt.Timestamp("UTC")), time),
        "at_zone": declared("timezone", (text, time), dt.Timestamp("UTC")),
        "make_timestamptz": declared("make_timestamptz", (whole,), dt.Timestamp("UTC")),
        "timestamp_micros": declared("timestamp_micros", (whole,), dt.Timestamp("UTC")),
        "to_timestamp": declared("to_timestamp", (dt.float64,), dt.Timestamp("UTC")),
        "to_utc_timestamp": declared("to_utc_timestamp", (time, text), time),
        "from_utc_timestamp": declared("from_utc_timestamp", (dt.Timestamp("UTC"), text), time),
        "md5": declared("md5", (text,), text),
    }


def failures(kind: str) -> tuple[type[Exception], ...]:
    """Return the errors that an engine may raise about what it is given."""
    from ibis.common.exceptions import IbisError

    if kind == "duckdb":
        import duckdb

        return (IbisError, duckdb.Error, OSError)
    if kind == "postgres":
        import psycopg

        return (IbisError, psycopg.Error, OSError)
    from py4j.protocol import Py4JError
    from pyspark.errors import PySparkException

    return (IbisError, PySparkException, Py4JError, OSError)


def packages_of(kind: str) -> tuple[str, ...]:
    """Return the packages that an engine needs, for the finding that says which extra to install."""
    return {"duckdb": ("ibis", "duckdb"), "postgres": ("ibis", "psycopg"), "spark": ("ibis", "pyspark")}[kind]


def connect(kind: str, folder: Path | None = None) -> Any:
    """Connect to DuckDB in this process, or to Spark; DuckDB keeps what takes much memory in a folder, where there is one."""
    import ibis

    if kind == "spark":
        return _spark()
    return ibis.duckdb.connect(**({"memory_limit": MEMORY, "temp_directory": str(folder)} if folder else {}))


def open_files(files: Sequence[LogFile], used: Sequence[str], kind: str, *, even: bool = False) -> Engine:
    """Open files of one format as one table of the columns that are used.

    DuckDB stops at a row of CSV with another number of fields than the heading, unless the files are first written anew, `even`.
    """
    import ibis

    connection = connect(kind)
    kept: list[Any] = []
    groups: dict[tuple[Any, ...], list[LogFile]] = {}
    for file in files:
        groups.setdefault((file.raw, file.delimiter, file.encoding), []).append(file)
    tables = []
    for group in groups.values():
        first = group[0]
        if first.delimiter:
            table = _csv(connection, kind, group, kept, even=even)
            names = [f"c{at}" for at in range(len(first.names))]
        else:
            table = read_parquet(connection, kind, [file.path for file in group])
            names = list(first.raw)
        columns = {name: table[names[first.names.index(name)]] for name in used}
        if any(file.delimiter for file in files) and (even or kind == "spark"):
            columns[FIELDS] = table[FIELDS] if first.delimiter else ibis.null("string")
        tables.append(table.select(**columns))
    return Engine(kind, connection, ibis.union(*tables) if len(tables) > 1 else tables[0], kept)


def _csv(connection: Any, kind: str, files: Sequence[LogFile], kept: list[Any], *, even: bool) -> Any:
    """All columns as text, by their places: what they say is judged by the query."""
    first = files[0]
    names = [f"c{at}" for at in range(len(first.names))]
    if kind == "spark":
        for file in files:
            refuse_open_quotes(file)
        schema = ", ".join(f"`{name}` STRING" for name in [*names, FIELDS])
        frame = connection._session.read.csv(
            [file.path for file in files], schema=schema, header=True, sep=first.delimiter, quote='"', escape='"',
            multiLine=True, mode="PERMISSIVE", columnNameOfCorruptRecord=FIELDS, encoding=first.encoding, enforceSchema=True,
        )  # fmt: skip
        return _view(connection, frame)
    if even:
        paths = [evened(file, kept) for file in files]
    else:
        paths = [file.path if file.encoding == "utf-8" else as_utf8(file, kept) for file in files]
    return connection.read_csv(
        paths,
        columns=dict.fromkeys([*names, FIELDS] if even else names, "VARCHAR"),
        auto_detect=False,
        header=True,
        delim="," if even else first.delimiter,
        quote='"',
        escape='"',
    )


def read_parquet(connection: Any, kind: str, paths: list[str]) -> Any:
    """Return Parquet files as one table of an engine."""
    if kind == "duckdb":
        return connection.read_parquet(paths)
    return _view(connection, connection._session.read.parquet(*paths))


def _view(connection: Any, frame: Any) -> Any:
    name = f"indexcalc_{id(frame):x}"
    frame.createOrReplaceTempView(name)
    return connection.table(name)


def _spark() -> Any:
    """Connect to the Spark session of this process, or start one as Spark's own configuration says: local without any."""
    import ibis
    from pyspark.sql import SparkSession

    session = SparkSession.getActiveSession()
    if session is None:
        builder: Any = SparkSession.builder
        session = builder.appName("indexcalc").config("spark.ui.showConsoleProgress", "false").getOrCreate()
    session.conf.set("spark.sql.session.timeZone", "UTC")
    session.conf.set("spark.sql.legacy.javaCharsets", "true")  # else Spark 4 reads no GB18030
    session.sparkContext.setLogLevel("OFF")
    logging.getLogger("SQLQueryContextLogger").setLevel(logging.CRITICAL)  # what fails is told once, as a finding
    return ibis.pyspark.connect(session)


def open_remote(path: str) -> Engine:
    """Open Parquet that Spark alone can reach, by an address such as hdfs:// or s3a://."""
    connection = _spark()
    return Engine("spark", connection, read_parquet(connection, "spark", [path]))


def _address(path: str) -> dict[str, Any]:
    """Return the parts of a PostgreSQL database's address.

    :raises ValueError: where its port is no number, or a bracket is not closed.
    """
    url = urlsplit(with_environment(path))
    options = {key: values[-1] for key, values in parse_qs(url.query).items()}
    return {
        "host": options.pop("host", url.hostname),
        "port": url.port or int(options.pop("port", 5432)),
        "user": unquote(url.username) if url.username else None,
        "password": unquote(url.password) if url.password else None,
        "database": url.path.strip("/") or None,
        "autocommit": True,
        **options,
    }


def open_table(path: str, name: str, kind: str) -> Engine:
    """Open a table of a database: PostgreSQL by its URL, a file of DuckDB's, Spark's catalogue."""
    import ibis

    if kind == "postgres":
        try:
            connection = ibis.postgres.connect(**_address(path))
        except (ValueError, TypeError):  # what they say may quote a password
            raise OSError("its address is none of a PostgreSQL database: postgresql://user@host:5432/name") from None
    else:
        connection = _spark() if kind == "spark" else ibis.duckdb.connect(path, read_only=True)
    schema, dot, table = name.rpartition(".")
    opened = connection.table(table, database=schema if dot else None)
    return Engine(kind, connection, opened)
