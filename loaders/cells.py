"""One row of a table, and its cells read as text, dates, numbers, keys and addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from urllib.parse import urlsplit

from loaders.errors import RowError
from ontology import schemes
from ontology.dates import check_partial_date, reversed_period
from ontology.provenance import FileReport, Issue
from ontology.rdf import web
from ontology.reasons import ReasonCode

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}([.,][0-9]{1,9})?")
_MONEY = re.compile(r"([0-9]{1,15}|[0-9]{1,3}([ \u00a0\u202f][0-9]{3}){1,4})([.,][0-9]{1,2})?")
_SPACES = re.compile(r"\s")
_FIRST_YEAR, _LAST_YEAR, _OPEN = "1800", "2060", "9999"
"""Of what is told by anybody today."""
_REMARKS_A_ROW = 8
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
    header: tuple[str, ...] = ()
    """The columns as the file writes them; empty where `positions` has the same names."""

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
        """A date as precise as written; raises `RowError` on one that does not exist.

        The year 9999 is what databases write for « no end »: it is remarked and left out.
        """
        text = self.text(column)
        try:
            found = text and check_partial_date(text)
        except ValueError as error:
            raise RowError("bad_date", str(error), column=column, value=text) from error
        if found and not _FIRST_YEAR <= found[:4] <= _LAST_YEAR:
            self.remark("open_end" if found.startswith(_OPEN) else "unlikely_date", column, found)
            return None if found.startswith(_OPEN) else found
        return found

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

    def money(self, column: str) -> Decimal | None:
        """An amount that is not negative: `1234.50`, `1234,50` or, as in French, `1 234,50`.

        Raises `RowError` on whatever could be read in two ways, such as `1,234`.
        """
        text = self._number(column, _MONEY)
        return None if text is None else Decimal(_SPACES.sub("", text).replace(",", "."))

    def _number(self, column: str, grammar: re.Pattern[str]) -> str | None:
        text = self.text(column)
        if text is not None and not grammar.fullmatch(text):
            raise RowError("bad_number", column=column, value=text)
        return text

    def concept(self, column: str, scheme: str) -> str | None:
        """A key of one of the ontology's schemes, or one of its labels; raises `RowError` on any other."""
        text = self.text(column)
        if text is None or text in schemes.keys(scheme):
            return text
        found = _labels(scheme).get(text.casefold())
        if found is None:
            raise RowError("unknown_value", f"{scheme}: {', '.join(sorted(schemes.keys(scheme)))}",
                           column=column, value=text)  # fmt: skip
        return found

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
        issue = Issue(self.number, code, column, value, detail, refused=False, original=self.original())
        if issue not in self.report.issues[-_REMARKS_A_ROW:]:  # a cell may be read twice
            self.report.issues.append(issue)

    def original(self) -> dict[str, str]:
        """The row as it was written, by column."""
        if self.header:
            return dict(zip(self.header, self.values, strict=False))
        return {column: self.values[position] for column, position in self.positions.items()}


@cache
def _labels(scheme: str) -> Mapping[str, str]:
    """The key of each label of a scheme, in small letters."""
    return {
        text.casefold(): one.key
        for one in schemes.concepts(scheme)
        for text in (*one.labels.values(), *(other for texts in one.alt_labels.values() for other in texts))
    }


def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http(s) address that can be written as an IRI."""
    try:
        parts = urlsplit(text)
        web(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not _ADDRESS_FORBIDDEN.search(text)
