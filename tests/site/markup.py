"""Reads the HTML of a page for what tests ask of it."""

from collections.abc import Iterator
from html.parser import HTMLParser
from typing import NamedTuple
from urllib.parse import urldefrag


class Element(NamedTuple):
    tag: str
    attributes: dict[str, str]


class Markup(HTMLParser):
    """The elements of a page in their order, and all of its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[Element] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        self.text += data

    def of(self, tag: str) -> list[dict[str, str]]:
        """The attributes of every element of a tag."""
        return [one.attributes for one in self.elements if one.tag == tag]

    @property
    def links(self) -> list[str]:
        """Where links, forms, styles, scripts and pictures lead, without fragments, each once."""
        return list(dict.fromkeys(self._addresses()))

    def _addresses(self) -> Iterator[str]:
        for element in self.elements:
            for name in ("href", "src", "action"):
                address = urldefrag(element.attributes.get(name, "")).url
                if address:
                    yield address
