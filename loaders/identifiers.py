"""Register numbers of French organisations; a damaged one is never repaired and never used."""

import re
from collections.abc import Callable

from loaders.cells import Row

_SIREN = re.compile(r"[0-9]{9}")
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")


def is_siren(text: str) -> bool:
    """Whether `text` is nine digits with a valid Luhn key."""
    return bool(_SIREN.fullmatch(text)) and luhn(text)


def is_rna(text: str) -> bool:
    """Whether `text` is a number of the register of associations, overseas forms (`W9G2001932`) included."""
    return bool(_RNA.fullmatch(text))


_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn(digits: str) -> bool:
    """Whether the Luhn sum of `digits` is a multiple of ten."""
    return sum(map(int, digits[::-2] + digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def identifier(row: Row, column: str, valid: Callable[[str], bool]) -> str | None:
    """The cell's number; a damaged one is remarked and left out, for it must never match anything."""
    text = row.text(column)
    if text is None or valid(text):
        return text
    row.remark("bad_identifier", column, text)
    return None
