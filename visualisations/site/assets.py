"""The files that pages of the site ask for, each at an address that changes with its content."""

from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from visualisations.shell import map_css

_FOLDER: Final = Path(__file__).parent / "static"
_TYPES: Final = {"site.css": "text/css", "site.js": "text/javascript", "icon.svg": "image/svg+xml"}
NAMES: Final = tuple(_TYPES)


@dataclass(frozen=True)
class Asset:
    """A file with its media type; `tag` is the beginning of its SHA-256."""

    content: str
    media_type: str
    tag: str


@cache
def asset(name: str) -> Asset:
    """One of `NAMES`; raises `KeyError` on any other."""
    media_type = _TYPES[name]
    content = (_FOLDER / name).read_text(encoding="utf-8")
    if name == "site.css":
        content = map_css() + content
    return Asset(content, media_type, sha256(content.encode()).hexdigest()[:12])


def asset_url(name: str) -> str:
    """The address of an asset."""
    return f"/static/{name}?v={asset(name).tag}"
