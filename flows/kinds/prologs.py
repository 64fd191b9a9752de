"""How an XML document begins: by its first element its kind is known."""

from __future__ import annotations

import re

_PROLOG = re.compile(rb"(?:\s+|<\?.*?\?>|<!--.*?-->|<!DOCTYPE[^>\[]*(?:\[.*?\]\s*)?>)+", re.DOTALL | re.IGNORECASE)
_FIRST = re.compile(rb"<(?:\w+:)?(\w+)")


def first_element(head: bytes) -> str | None:
    """Return the name of a document's first element in lower case, without its prefix; None for what is no XML.

    >>> first_element(b'<?xml version="1.0"?><!-- daily --><rdf:RDF xmlns="x">')
    'rdf'
    """
    head = head.replace(b"\0", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")  # UTF-16 too
    prolog = _PROLOG.match(head)
    first = _FIRST.match(head, prolog.end() if prolog else 0)
    return first[1].decode("ascii").lower() if first else None
