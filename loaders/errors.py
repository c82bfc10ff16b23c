"""What stops a row, and what stops a file.

LoadError
├── RowError   this row goes into quarantine, the next one is read
└── FileError  nothing more is read from this file, the next file is
"""

from ontology.reasons import REASONS, ReasonCode


class LoadError(Exception):
    """Something in a source that cannot be loaded, with the reason's code and what is special to the case."""

    def __init__(self, code: ReasonCode, detail: str = "", *, column: str | None = None, value: str | None = None):
        super().__init__(f"{REASONS[code].en} {detail}".strip())
        self.code: ReasonCode = code
        self.detail = detail
        self.column = column
        self.value = value


class RowError(LoadError):
    """Skip this row."""


class FileError(LoadError):
    """Give up this file; `row` is where reading stopped, 1 being the header."""

    def __init__(self, code: ReasonCode, detail: str = "", *, column: str | None = None, row: int = 1):
        super().__init__(code, detail, column=column)
        self.row = row
