"""How a user's columns are called: a small YAML file, one line a column of the source.

nomBeneficiaire: nom_beneficiaire
nomAttribuant: "= Ville de Paris"
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from loaders.errors import FileError

SUFFIX = ".mapping.yaml"
"""What a mapping is called among the files of a source: the name of its file, and this."""
_MAX_BYTES = 1 << 16


@dataclass(frozen=True)
class ColumnMapping:
    """Where the columns of a source are to be found in a file."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """The file's name of each column of the source."""
    constants: Mapping[str, str] = field(default_factory=dict)
    """What stands in each column that the file does not have."""


NO_MAPPING = ColumnMapping()


def read_mapping(path: Path) -> ColumnMapping:
    """The mapping of a YAML file; raises `FileError` on any other."""
    pairs = _pairs(path)
    constants = {name: text[1:].strip() for name, text in pairs.items() if text.startswith("=")}
    return ColumnMapping({name: text for name, text in pairs.items() if name not in constants}, constants)


def _pairs(path: Path) -> dict[str, str]:
    """The texts by name, as they are written: `2020` is no number, and `on` not true."""
    try:
        content = path.read_bytes()
        root = yaml.compose(content[:_MAX_BYTES], Loader=yaml.SafeLoader)
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise FileError("bad_mapping", " ".join(str(error).split())) from error
    if not isinstance(root, yaml.MappingNode) or len(content) > _MAX_BYTES:
        raise FileError("bad_mapping", path.name)
    pairs: dict[str, str] = {}
    for name, value in root.value:
        if not (isinstance(name, yaml.ScalarNode) and isinstance(value, yaml.ScalarNode) and value.value.strip()):
            raise FileError("bad_mapping", f"line {name.start_mark.line + 1}")
        if name.value in pairs:
            raise FileError("bad_mapping", f"{name.value} stands twice")
        pairs[name.value] = value.value.strip()
    return pairs
