"""Addresses of what is fetched: how one is shown and kept (without its secrets), and how the secrets come into it.

A secret is never written into an address: `${NAME}` stands for a variable of the environment, and
`{{ prefect.blocks.secret.NAME }}` for a Secret block of Prefect (Prefect's own notation). Where someone wrote one in all
the same, it is taken out before the address is kept.
"""

from __future__ import annotations

import hashlib
import os
import re
from typing import TYPE_CHECKING, cast
from urllib.parse import parse_qsl, quote, urldefrag, urlencode, urlsplit, urlunsplit

if TYPE_CHECKING:
    from prefect.blocks.system import Secret

REMOTE = frozenset({"http", "https", "s3"})
FILTERED = "..."  # stands where a secret stood
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_VARIABLE = re.compile(r"\$\{(\w+)\}")
_OWN = "TALLY_ADDRESS_"
_HIDDEN = re.compile(rf"\$\{{({_OWN}\w+)\}}")
_NAME_LENGTH = 12  # hexadecimal digits: one run has a few addresses
_BLOCK = re.compile(r"\{\{\s*prefect\.blocks\.secret\.([\w-]+)\s*\}\}")
# Names under which services take a key in the query: the signatures of S3, GCS and Azure, OAuth 2 (RFC 6750), API keys.
# No shorter ones ("key", "sid"): outlets call their articles so, and two articles must not become one.
_SECRET_NAME = re.compile(
    r"x-(?:amz|goog)-(?:signature|credential|security-token)|awsaccesskeyid|signature|sig"
    r"|(?:(?:access|auth|id|refresh|session|bearer)[_-]?)?token|(?:api|app|access|auth|private|secret|subscription)[_-]?key"
    r"|jwt|authorization|passw(?:or)?d|pwd|secret|client_secret|credentials?",
    re.IGNORECASE,
)


class AddressError(Exception):
    """An address whose secrets are not at hand; the message names them, in one line for people."""


def to_scheme(written: str) -> str | None:
    """Return the scheme of an address in lower case; None for a path.

    >>> to_scheme("HTTPS://odesa-ledger.example/feed"), to_scheme("articles/a.txt")
    ('https', None)
    """
    match = _SCHEME.match(_HIDDEN.sub(_from_environment, written))
    return match[1].lower() if match else None


def is_remote(uri: str) -> bool:
    """Tell an address that is fetched from a path.

    >>> is_remote("s3://news/2026.warc.gz"), is_remote("articles")
    (True, False)
    """
    return to_scheme(uri) in REMOTE


def to_public_uri(written: str) -> str:
    """Return an address without user, password and the values of query names that hold keys; variables stay unfilled.

    >>> to_public_uri("https://ann:pw@odesa-ledger.example/feed?page=2&api_key=f00d")
    'https://odesa-ledger.example/feed?page=2&api_key=...'
    >>> to_public_uri("articles")
    'articles'
    """
    uri = _HIDDEN.sub(_from_environment, written)
    if to_scheme(uri) not in {"http", "https"}:  # a path; or a key of S3, which may hold any character, but no secret
        return uri
    try:
        parts = urlsplit(uri)
    except ValueError:  # no address: nothing of it can be told from a secret
        return f"{to_scheme(uri)}://{FILTERED}"
    query = parts.query
    pairs = parse_qsl(query, keep_blank_values=True)
    if any(_is_secret(*pair) for pair in pairs):
        query = urlencode([(k, FILTERED if _is_secret(k, v) else v) for k, v in pairs])
    return urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2], query=query, fragment=""))


def _is_secret(name: str, value: str) -> bool:
    return bool(_SECRET_NAME.fullmatch(name) or _VARIABLE.search(value) or _BLOCK.search(value))


def hide_secrets(written: str) -> str:
    """Return an address whose secrets stand in this process's environment, fit to be handed to Prefect, which keeps it.

    The children that a schedule starts inherit the environment. What holds no secret is returned as it is.
    """
    if to_scheme(written) not in REMOTE or to_public_uri(written) == urldefrag(written).url:
        return written
    name = f"{_OWN}{hashlib.sha256(written.encode()).hexdigest()[:_NAME_LENGTH]}"
    os.environ[name] = written
    return f"${{{name}}}"


def reveal_secrets(written: str) -> str:
    """Put the secrets into an address, just before it is used.

    Raises AddressError for a variable that is not set or a block that is not there; its message holds only the name.
    """
    uri = _HIDDEN.sub(_from_environment, written)
    return _BLOCK.sub(lambda match: _load_block(match[1]), _VARIABLE.sub(_from_environment, uri))


def mask_secrets(uri: str, written: str) -> str:
    """Return where a written address led, without the secrets that were put into it, fit to be kept."""
    own = _HIDDEN.sub(_from_environment, written)
    secrets = [_from_environment(match) for match in _VARIABLE.finditer(own)]
    secrets += [_load_block(match[1]) for match in _BLOCK.finditer(own)]
    for secret in filter(None, secrets):
        uri = uri.replace(secret, FILTERED).replace(quote(secret, safe=""), FILTERED)
    return to_public_uri(uri)


def _from_environment(match: re.Match[str]) -> str:
    value = os.environ.get(match[1])
    if value is None:
        msg = f"the environment has no {match[1]}"
        raise AddressError(msg)
    return value


def _load_block(name: str) -> str:
    from prefect.blocks.system import Secret  # noqa: PLC0415  Prefect takes seconds to import, and few addresses need it

    try:
        return str(cast("Secret[str]", Secret.load(name)).get())
    except ValueError as error:
        msg = f"Prefect has no Secret block {name!r}"
        raise AddressError(msg) from error
