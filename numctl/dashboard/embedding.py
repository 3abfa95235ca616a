"""Pictures as text, inside a page or alone, and the style sheets that colour them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


def stylesheet(*names: str) -> str:
    """The text of style sheets that lie beside this file, one after another."""
    from importlib.resources import files

    folder = files("numctl.dashboard")
    return "".join(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def embedded(picture: Element, said: str) -> str:
    """A picture within HTML, which needs no namespace; ``said`` is what it says to who can't see it."""
    picture.attrib.pop("xmlns", None)
    picture.set("role", "img")
    picture.set("aria-label", said)
    return _written(picture)


def standing_alone(picture: Element, title: str, said: str) -> str:
    """A picture as a file of its own, with its colours, title and description inside."""
    from xml.etree.ElementTree import Element

    picture.set("role", "img")
    for at, (tag, words) in enumerate((("title", title), ("desc", said))):
        element = Element(tag)
        element.text = words
        picture.insert(at, element)
    style = Element("style")
    style.text = stylesheet("chart.css") + "svg { background: var(--card); }\n"
    picture.insert(2, style)
    return f'<?xml version="1.0" encoding="utf-8"?>\n{_written(picture)}\n'


def _written(picture: Element) -> str:
    from xml.etree.ElementTree import tostring

    return tostring(picture, encoding="unicode")
