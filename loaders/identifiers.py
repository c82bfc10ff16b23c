"""Register numbers of French organisations; a damaged one is never repaired and never used."""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace

from loaders.cells import Row

_SIREN = re.compile(r"(?!0{9})[0-9]{9}")
"""Nine zeros, which registers write for none, have a valid key."""
_SIRET = re.compile(r"[0-9]{14}")
_LA_POSTE = "356000000"
_RNA = re.compile(r"W[0-9][0-9A-Z][0-9]{7}")
_ROUNDED = re.compile(r"[0-9]+([.,][0-9]+)?E\+[0-9]+", re.IGNORECASE)


def is_siren(text: str) -> bool:
    """Whether `text` is nine digits with a valid Luhn key."""
    return bool(_SIREN.fullmatch(text)) and luhn(text)


def is_siret(text: str) -> bool:
    """Whether `text` is fourteen digits: a SIREN, then the number of an establishment, with a valid key.

    Establishments are counted from 00001: where the last five digits are zeros, a spreadsheet has rounded them away.
    The numbers of La Poste outgrew the key; there the sum of the digits is a multiple of five (INSEE, SIRENE).
    """
    if not _SIRET.fullmatch(text) or text.endswith("00000") or not is_siren(text[:9]):
        return False
    return luhn(text) or (text.startswith(_LA_POSTE) and sum(map(int, text)) % 5 == 0)


def is_rna(text: str) -> bool:
    """Whether `text` is a number of the register of associations, overseas forms (`W9G2001932`) included."""
    return bool(_RNA.fullmatch(text))


_DOUBLED = str.maketrans("0123456789", "0246813579")


def luhn(digits: str) -> bool:
    """Whether the Luhn sum of `digits` is a multiple of ten."""
    return sum(map(int, digits[::-2] + digits[-2::-2].translate(_DOUBLED))) % 10 == 0


def is_whole(text: str) -> bool:
    """Whether no spreadsheet has rounded it: of `2,43E+13` nobody knows which number it was."""
    return not _ROUNDED.fullmatch(text)


def identifier(row: Row, column: str, valid: Callable[[str], bool]) -> str | None:
    """The cell's number; a damaged one is remarked and left out, for it must never match anything."""
    text = row.text(column)
    if text is None or valid(text):
        return text
    row.remark("bad_identifier", column, text)
    return None


@dataclass(frozen=True)
class Numbers:
    """The register numbers of an organisation; the SIREN is also that of the SIRET."""

    siren: str | None = None
    siret: str | None = None
    rna: str | None = None


_WRITTEN = re.compile(r"[\s.'’-]")
"""What is put between the digits of a number, or behind them to make a spreadsheet keep it as text."""


def numbers(row: Row, *columns: str) -> Numbers:
    """The numbers in cells that hold a SIRET, a SIREN or an RNA number; damaged ones are remarked and left out."""
    found = Numbers()
    for column in columns:
        written = row.text(column)
        if written is None:
            continue
        text = _WRITTEN.sub("", written).upper()
        if is_siret(text):
            found = replace(found, siret=text, siren=text[:9])
        elif is_siren(text):
            found = replace(found, siren=text)
        elif is_rna(text):
            found = replace(found, rna=text)
        else:
            row.remark("bad_identifier", column, written)
    return found
