"""Commands: parse options, call one function, print, exit. The only code that prints or exits."""

from __future__ import annotations

import errno
import gc
import os
import sys
from contextlib import suppress
from typing import IO

from ..lazy import put_off

DONE, REFUSED, WRONG_USAGE = 0, 1, 2
LANGUAGE = "indexcalc.language"  # under which the context of a command has the language that `--lang` asks for
ASKED: list[str] = []  # the command that was typed, where the program was started as one


def run() -> None:
    """Run the command line; a bug prints one line and says where its details were saved."""
    _start_over_in_utf8()
    _open_what_was_closed()
    gc.disable()  # a command is over before collecting garbage would pay
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")  # looking for plugins takes as long as checking a tree
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            # into a file or a pipe as UTF-8, whatever the system's own; a console that cannot show a character shows ?
            stream.reconfigure(encoding=None if stream.isatty() else "utf-8", errors="replace", newline="\n")
    completing = sys.argv[1:3] == ["completion", "words"]  # asked by a shell, word by word
    ASKED.extend(sys.argv[4:-1][:1] if completing else sys.argv[1:2])
    if not completing and _told_no_time():
        sys.exit(WRONG_USAGE)
    try:
        if sys.argv[1:] == ["check"]:  # typed at every save, and nothing to parse: the parser would be a third of all work
            _check()
        elif completing:
            from .offers import answer

            answer(sys.argv[3:])
        else:
            from .app import app

            app(prog_name="indexcalc")
    except KeyboardInterrupt:  # while the parser was still being loaded
        sys.exit(REFUSED)
    except MemoryError:
        sys.exit(_not_allowed(OSError(errno.ENOMEM, os.strerror(errno.ENOMEM))))
    except OSError as error:
        sys.exit(_not_allowed(error))
    except Exception as error:  # noqa: BLE001 - no traceback reaches a user
        sys.exit(_bug(error))
    finally:
        gc.freeze()  # nor on the way out
        _let_go_of_output()


def _start_over_in_utf8() -> None:
    """Start over in UTF-8 where the system's own encoding has no Chinese: no file of such a name could be opened."""
    try:
        "\u4e2d".encode(sys.getfilesystemencoding())
    except UnicodeEncodeError:
        if not sys.flags.utf8_mode:
            os.execv(sys.executable, [sys.executable, "-X", "utf8", *sys.orig_argv[1:]])  # noqa: S606 - itself


def _told_no_time() -> bool:
    """Say that SOURCE_DATE_EPOCH is no whole number, where it is none: numpy reads it when scipy is loaded, and would break."""
    told = os.environ.get("SOURCE_DATE_EPOCH", "0")
    try:
        int(told)
    except ValueError:
        from ..findings import Place, finding, render, spoken

        print(render(finding("IC598", Place(), name="SOURCE_DATE_EPOCH", found=told), spoken()), file=sys.stderr)
        return True
    return False


def _open_what_was_closed() -> None:
    """Let output that was closed before the program began go nowhere, and no file that is opened later be taken for it."""
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))  # noqa: PTH123, SIM115 - for as long as it runs


def _not_allowed(error: OSError) -> int:
    """Say what the system did not allow, where nobody has said so before: output that a disk cannot hold, say."""
    from ..findings import Place, finding, render, spoken, system_said

    if not isinstance(error, BrokenPipeError):
        place = Place(os.fsdecode(error.filename) if isinstance(error.filename, (str, bytes)) else "")
        with suppress(OSError):
            said = render(finding("IC518", place, problem=system_said(error)), spoken())
            print(said, file=sys.stderr)
    return REFUSED


def _let_go_of_output() -> None:
    """Write what is left to be shown; what cannot be is let go, or the interpreter would complain on its way out."""
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except OSError as error:
            with suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
            sys.exit(_not_allowed(error))


def _check() -> None:
    load_pydantic()
    from ..jobs.check import check
    from .open import opened

    try:
        with opened({}) as project:
            checked = check(project)
            project.print(checked.text(project.language), checked.counts())
        sys.stdout.flush()
    except (KeyboardInterrupt, BrokenPipeError):  # as the parser takes them
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # nothing is left to complain about on the way out
        sys.exit(REFUSED)


def load_pydantic() -> None:
    """Load pydantic less what it imports for plugins, which are off, and for secrets and time zones, of which there are none."""
    with put_off("importlib.metadata", "secrets", "zoneinfo"):
        from pydantic import BaseModel, Field  # noqa: F401

        with suppress(ImportError):  # modules of pydantic's own, which it imports when it makes its first validator
            import pydantic._internal._generate_schema
            import pydantic._internal._validators
            import pydantic.plugin._loader  # noqa: F401


def _bug(error: Exception) -> int:
    bug_told(error)
    return REFUSED


def bug_told(error: Exception) -> str:
    """Keep the details of a bug in a file, say so in one line, and return what kind of error it was."""
    import traceback

    file, name = _bug_file()
    with file:
        traceback.print_exception(error, file=file)
    print(f"indexcalc: {type(error).__name__}: this is a bug; the details are in {name}", file=sys.stderr)
    return type(error).__name__


def _bug_file() -> tuple[IO[str], str]:
    """Open the one file of a user that a bug's details go to, the last one's; another where it is somebody else's."""
    import tempfile

    user = getattr(os, "getuid", int)()
    name = os.path.join(tempfile.gettempdir(), f"indexcalc-bug-{user}.txt")  # noqa: PTH118
    with suppress(OSError):
        descriptor = os.open(name, os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o600)
        if os.fstat(descriptor).st_uid == user:
            os.ftruncate(descriptor, 0)
            return os.fdopen(descriptor, "w", encoding="utf-8"), name
        os.close(descriptor)
    descriptor, name = tempfile.mkstemp(prefix="indexcalc-bug-", suffix=".txt", text=True)
    return os.fdopen(descriptor, "w", encoding="utf-8"), name
