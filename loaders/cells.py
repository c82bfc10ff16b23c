"""One row of a table, and its cells read as text, dates, numbers, keys and addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from urllib.parse import urlsplit

from loaders.errors import RowError
from ontology import schemes
from ontology.dates import check_partial_date, reversed_period
from ontology.provenance import FileReport, Issue
from ontology.rdf import web
from ontology.reasons import ReasonCode

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}([.,][0-9]{1,9})?")
_ADDRESS_FORBIDDEN = re.compile(r'[\s<>"{}|\\^`\x00-\x20]')


@dataclass(frozen=True, slots=True)
class Row:
    """One row: cells by column name, trimmed; an absent column reads as empty.

    What goes wrong in a required value raises `RowError`; `remark` reports a cell that is left out
    while its row is loaded.
    """

    number: int
    values: tuple[str, ...]
    positions: Mapping[str, int]
    report: FileReport

    def text(self, column: str) -> str | None:
        """The cell's text, `None` where it is empty or the file has no such column."""
        position = self.positions.get(column)
        return None if position is None else self.values[position].strip() or None

    def required(self, column: str) -> str:
        """The cell's text; raises `RowError` where it is empty."""
        text = self.text(column)
        if text is None:
            raise RowError("empty_value", column=column)
        return text

    def many(self, column: str, separator: str = "|") -> tuple[str, ...]:
        """The cell's parts in their order, without empty ones and repetitions."""
        parts = (part.strip() for part in (self.text(column) or "").split(separator))
        return tuple(dict.fromkeys(part for part in parts if part))

    def date(self, column: str) -> str | None:
        """A date as precise as written; raises `RowError` on one that does not exist."""
        text = self.text(column)
        try:
            return text and check_partial_date(text)
        except ValueError as error:
            raise RowError("bad_date", str(error), column=column, value=text) from error

    def period(self, start: str, end: str) -> tuple[str | None, str | None]:
        """Two dates in their order; raises `RowError` where the second surely comes first."""
        first, last = self.date(start), self.date(end)
        if reversed_period(first, last):
            raise RowError("reversed_period", f"{first} > {last}", column=end, value=last)
        return first, last

    def integer(self, column: str) -> int | None:
        """A whole number in ASCII digits."""
        text = self._number(column, _INTEGER)
        return None if text is None else int(text)

    def decimal(self, column: str) -> Decimal | None:
        """A number with a decimal point or comma and no thousands marks."""
        text = self._number(column, _DECIMAL)
        return None if text is None else Decimal(text.replace(",", "."))

    def required_decimal(self, column: str) -> Decimal:
        """A number; raises `RowError` where the cell is empty."""
        self.required(column)
        return self.decimal(column) or Decimal(0)

    def _number(self, column: str, grammar: re.Pattern[str]) -> str | None:
        text = self.text(column)
        if text is not None and not grammar.fullmatch(text):
            raise RowError("bad_number", column=column, value=text)
        return text

    def concept(self, column: str, scheme: str) -> str | None:
        """A key of one of the ontology's schemes; raises `RowError` on any other."""
        text = self.text(column)
        if text is not None and text not in schemes.keys(scheme):
            raise RowError("unknown_value", f"{scheme}: {', '.join(sorted(schemes.keys(scheme)))}",
                           column=column, value=text)  # fmt: skip
        return text

    def required_concept(self, column: str, scheme: str) -> str:
        """A key of a scheme; raises `RowError` where it is empty or unknown."""
        self.required(column)
        return self.concept(column, scheme) or ""

    def addresses(self, column: str) -> tuple[str, ...]:
        """The web addresses of the cell (`|` between); what is none is remarked and left out."""
        parts = self.many(column)
        good = tuple(part for part in parts if is_web_address(part))
        for part in parts:
            if part not in good:
                self.remark("bad_address", column, part)
        return good

    def address(self, column: str) -> str | None:
        """The first web address of the cell."""
        return next(iter(self.addresses(column)), None)

    def remark(self, code: ReasonCode, column: str, value: str, detail: str = "") -> None:
        """Report a cell (or one part of it) that is not loaded, while its row is."""
        self.report.issues.append(
            Issue(self.number, code, column, value, detail, refused=False, original=self.original())
        )

    def original(self) -> dict[str, str]:
        """The row as it was written, by column."""
        return {column: self.values[position] for column, position in self.positions.items()}


def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http(s) address that can be written as an IRI."""
    try:
        parts = urlsplit(text)
        web(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not _ADDRESS_FORBIDDEN.search(text)
