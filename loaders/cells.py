"""One row of a table, and its cells read as text, dates, numbers, keys and addresses."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from urllib.parse import urlsplit

from loaders.errors import RowError
from ontology import schemes
from ontology.dates import check_partial_date, reversed_period
from ontology.provenance import FileReport, Issue, Layout, Reading
from ontology.rdf import web
from ontology.reasons import ReasonCode

_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_DECIMAL = re.compile(r"[+-]?[0-9]{1,18}([.,][0-9]{1,9})?")
_MONEY = re.compile(r"([0-9]{1,15}|[0-9]{1,3}([ \u00a0\u202f][0-9]{3}){1,4})([.,][0-9]{1,2})?")
_EUROS = re.compile(_MONEY.pattern + r"([ \u00a0\u202f]?(€|euros?|eur))?", re.IGNORECASE)
_NO_DIGIT = re.compile(r"[^0-9.,]")
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
        text = self.text(column)
        if text is None or separator not in text:  # as nearly all cells are
            return () if text is None else (text,)
        parts = (part.strip() for part in text.split(separator))
        return tuple(dict.fromkeys(part for part in parts if part))

    def date(self, column: str) -> str | None:
        """A date as precise as written; raises `RowError` on one that does not exist.

        The year 9999 is what databases write for « no end »: it is remarked and left out.
        """
        text = self.text(column)
        return None if text is None else self.as_date(column, text)

    def day(self, column: str) -> str | None:
        """A date as French publishers write it: also `07/05/2020`, `2020/05/07` and a spreadsheet's number of a day.

        Raises `RowError` on one that does not exist.
        """
        text = self.text(column)
        return None if text is None else self.as_date(column, iso_date(text))

    def as_date(self, column: str, text: str) -> str | None:
        """A date, as `date` reads it, that stands in the cell among other things."""
        try:
            found = check_partial_date(text)
        except ValueError as error:
            raise RowError("bad_date", str(error), column=column, value=self.text(column)) from error
        if not _FIRST_YEAR <= found[:4] <= _LAST_YEAR:
            self.remark("open_end" if found.startswith(_OPEN) else "unlikely_date", column, found)
            return None if found.startswith(_OPEN) else found
        return found

    def period(self, start: str, end: str) -> tuple[str | None, str | None]:
        """Two dates in their order; raises `RowError` where the second surely comes first."""
        return _in_order(self.date(start), self.date(end), end)

    def days(self, start: str, end: str) -> tuple[str | None, str | None]:
        """A period whose dates are read as `day` reads them."""
        return _in_order(self.day(start), self.day(end), end)

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
        return _amount(self._number(column, _MONEY))

    def euros(self, column: str) -> Decimal | None:
        """An amount, as `money` reads it, that may be followed by the currency: `1 234,50 €`."""
        return _amount(self._number(column, _EUROS))

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

    def site(self, column: str) -> str | None:
        """The address of a web site as people write it, `www.example.org` too; what is none is remarked and left out.

        Of several (`|` between) the first that is one. `http` is added where no scheme is written.
        """
        parts = self.many(column)
        found = next((address for part in parts if (address := _site(part))), None)
        if parts and found is None:
            self.remark("bad_address", column, parts[0])
        return found

    def reading(self, column: str, field: str) -> Reading:
        """Where the cell stands that a field was read from; raises `KeyError` where there is no such column."""
        at = self.positions[column]
        layout = _layout_of_one(self.report.name, self.report.file, self.header[at] if self.header else column, field)
        return Reading(layout, self.number, (self.values[at],))

    def remark(self, code: ReasonCode, column: str, value: str, detail: str = "") -> None:
        """Report a cell (or one part of it) that is not loaded, while its row is."""
        issue = Issue(self.number, code, column, value, detail, refused=False, original=self.original())
        if issue not in self.report.issues[-_REMARKS_A_ROW:]:  # a cell may be read twice
            self.report.issues.append(issue)

    def withhold(self, column: str) -> None:
        """Report that the row is about a natural person, and nothing of what it says of them."""
        self.report.issues.append(Issue(self.number, "natural_person", column, refused=False))

    def original(self) -> dict[str, str]:
        """The row as it was written, by column."""
        if self.header:
            return dict(zip(self.header, self.values, strict=False))
        return {column: self.values[position] for column, position in self.positions.items()}


def _in_order(first: str | None, last: str | None, column: str) -> tuple[str | None, str | None]:
    if reversed_period(first, last):
        raise RowError("reversed_period", f"{first} > {last}", column=column, value=last)
    return first, last


@cache
def _layout_of_one(source: str, file: str, column: str, field: str) -> Layout:
    return Layout(source, file, ((field, column, 0),))


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(_NO_DIGIT.sub("", text).replace(",", "."))


_DAY_FIRST = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.-]([0-9]{1,2})[/.-]([0-9]{1,2})")
_DAY_NUMBER = re.compile(r"[1-6][0-9]{4}(\.0)?")
_MIDNIGHT = re.compile(r"[T ]00:00(:00(\.0+)?)?Z?$")
_DAY_ZERO = date(1899, 12, 30)
"""Of the spreadsheets that count days from 1900, which all of today do."""


def iso_date(text: str) -> str:
    """A day in ISO 8601, whichever of the usual ways it is written in; any other text unchanged.

    The day comes before the month, as everywhere in France. Five digits are a spreadsheet's number of a day.
    """
    text = _MIDNIGHT.sub("", text)
    if found := _YEAR_FIRST.fullmatch(text):
        year, month, day = found.groups()
    elif found := _DAY_FIRST.fullmatch(text):
        day, month, year = found.groups()
    elif _DAY_NUMBER.fullmatch(text):
        return (_DAY_ZERO + timedelta(days=int(float(text)))).isoformat()
    else:
        return text
    return f"{year}-{month:0>2}-{day:0>2}"


@cache
def _labels(scheme: str) -> Mapping[str, str]:
    """The key of each label of a scheme, in small letters."""
    return {
        text.casefold(): one.key
        for one in schemes.concepts(scheme)
        for text in (*one.labels.values(), *(other for texts in one.alt_labels.values() for other in texts))
    }


_HOST = re.compile(r"([a-z0-9-]+\.)+[a-z]{2,}(:[0-9]+)?([/?#]\S*)?", re.IGNORECASE)


def _site(text: str) -> str | None:
    address = f"http://{text}" if _HOST.fullmatch(text) else text
    return address if is_web_address(address) else None


@lru_cache(maxsize=1 << 12)
def is_web_address(text: str) -> bool:
    """Whether `text` is an absolute http(s) address that can be written as an IRI."""
    try:
        parts = urlsplit(text)
        web(text)
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.netloc) and not _ADDRESS_FORBIDDEN.search(text)
