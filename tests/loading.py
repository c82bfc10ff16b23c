"""Loads files through a source, as a build does."""

from collections.abc import Mapping
from pathlib import Path

from api.pipeline import find_loader
from loaders.mapping import SUFFIX
from ontology.loads import Load
from ontology.provenance import FileReport, Loaded
from ontology.records import Record


def open_files(source: str, files: Mapping[str, Path], *, foreign: bool = True) -> Load:
    """The load of a user's files by name; `foreign`: read in a process apart."""
    return find_loader(source).open(files, {name: str(path) for name, path in files.items()} if foreign else {})


def load_files(
    source: str, files: Mapping[str, Path], *, foreign: bool = True
) -> tuple[list[Record], dict[str, FileReport]]:
    """The records of a user's files, and what became of each file."""
    load = open_files(source, files, foreign=foreign)
    records = [one.record for one in load.records]
    return records, {report.file: report for report in load.files}


def load_texts(source: str, folder: Path, texts: Mapping[str, str]) -> tuple[list[Record], dict[str, FileReport]]:
    """The records of files with these texts, which are written into a folder, and what became of each file."""
    files = {name: folder / name for name in texts}
    for name, text in texts.items():
        files[name].write_text(text, encoding="utf-8")
    return load_files(source, files)


def load_file(source: str, path: Path, mapping: Path | None = None) -> list[Loaded]:
    """The records of one file with their rows."""
    files = {path.name: path} | ({path.name + SUFFIX: mapping} if mapping else {})
    return list(open_files(source, files).records)
