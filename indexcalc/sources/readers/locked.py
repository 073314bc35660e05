"""Workbooks that Excel encrypts with a password that everyone knows: it opens them without asking, and so do we.

It does so where a workbook is recommended to be opened read-only, or its structure is protected.
"""

from __future__ import annotations

from io import BytesIO
from typing import Any

DEFAULT = "VelvetSweatshop"


def unlocked(content: bytes) -> bytes | None:
    """Return a workbook as it is without Excel's default password; nothing where it has another.

    :raises ImportError: when msoffcrypto is not installed.
    :raises ValueError: when the workbook is damaged.
    """
    import msoffcrypto
    from msoffcrypto.exceptions import DecryptionError, FileFormatError, InvalidKeyError, ParseError

    out = BytesIO()
    try:
        file: Any = msoffcrypto.OfficeFile(BytesIO(content))
        if file.format == "ooxml":
            file.load_key(password=DEFAULT, verify_password=True)
        else:
            file.load_key(password=DEFAULT)
        file.decrypt(out)
    except InvalidKeyError:
        return None
    except (DecryptionError, FileFormatError, ParseError, OSError, KeyError, TypeError, IndexError, AttributeError) as error:
        raise ValueError(str(error) or type(error).__name__) from error
    return out.getvalue()
