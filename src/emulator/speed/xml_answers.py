"""Writes the XML of answers faster than moto, which looks up each value under many names and uses a SAX generator: both
take most of the time of a long listing."""

from __future__ import annotations

from typing import Any
from xml.sax.saxutils import escape, quoteattr

from moto.core import serialize


class Shown(dict[str, Any]):
    """The content of an answer, under AWS's names: a missing value is not looked up under other names."""


def _get_value(self: serialize.ResponseSerializer, value: Any, key: str, shape: Any) -> Any:
    return value.get(key) if type(value) is Shown else _moto_get_value(self, value, key, shape)


def _serialize_body(self: serialize.BaseXMLSerializer, body: Any) -> str:
    written: list[str] = []
    for name, value in body.items():
        _write(name, value, written)
    return "".join(written)


def _write(name: str, value: Any, written: list[str]) -> None:
    if isinstance(value, list):
        for each in value:
            _write(name, each, written)
    elif isinstance(value, dict):
        attributes = "".join(f" {key[1:]}={quoteattr(str(held))}" for key, held in value.items() if key[0] == "@")
        inside: list[str] = []
        for key, held in value.items():
            if key[0] != "@":
                _write(key, held, inside)
        written.append(_element(name, attributes, "".join(inside)))
    else:
        text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
        written.append(_element(name, "", escape(text)))


def _element(name: str, attributes: str, content: str) -> str:
    return f"<{name}{attributes}>{content}</{name}>" if content else f"<{name}{attributes}/>"


_moto_get_value = serialize.ResponseSerializer.get_value


def install() -> None:
    serialize.ResponseSerializer.get_value = _get_value
    serialize.BaseXMLSerializer._serialize_body = _serialize_body
