"""The reader's version: a hash of all that decides a reading, and of nothing else."""

from __future__ import annotations

import ast
import csv
import json
import tomllib
from contextlib import suppress
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from transforms.ids import hash_id

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PARSE_ATTEMPTS = 5  # python/cpython#106905: seen here once in some twenty runs
DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
_SAMPLES = {
    "articles",
    "articles.toml",
}  # of seeds/: what is read, and what should be read in it; nothing is known by it
_CONTRACTS = "tables"
# What decides a tally, and no reading.
_TAKING = "warehouse/current_figures.py"
_TALLYING = (
    "transforms/tallying/",
    "seeds/reconciling.toml",
    "seeds/tally_families.toml",
    "seeds/tables/tall",
    _TAKING,
)
_WORDS = frozenset({"meaning", "reason", "action", "source"})  # of a contract: what people read


@lru_cache(maxsize=1)
def read_reader_version(root: Path = ROOT) -> str:
    """Hash transforms/ and seeds/ under a folder: code without comments and docstrings, seeds without their layout.

    The order of a seed file's entries counts, since the first of two that fit may win. The sample articles and the
    words that explain the tables' contracts do not; nor does what only decides how figures are tallied.
    """
    return hash_id(*(part for name, part in _read_parts(root) if not name.startswith(_TALLYING)))


@lru_cache(maxsize=1)
def read_tally_version(root: Path = ROOT) -> str:
    """Hash what decides how figures are tallied."""
    return hash_id(*(part for name, part in _read_parts(root) if name.startswith(_TALLYING)))


def _read_parts(root: Path) -> Iterator[tuple[str, str]]:
    """Yield (file, its name) and (file, what it holds) of all that decides something."""
    for path in sorted([*(root / "transforms").rglob("*.py"), *(root / "seeds").rglob("*"), root / _TAKING]):
        name = path.relative_to(root).as_posix()
        if not path.is_file() or path.relative_to(root).parts[1] in _SAMPLES:
            continue
        if path.suffix == ".py":
            yield from ((name, name), (name, to_plain_code(path.read_text("utf-8"))))
        elif path.suffix == ".toml":
            try:
                block = tomllib.loads(path.read_text("utf-8"))
            except tomllib.TOMLDecodeError as error:
                message = f"{name} is no TOML: {error}"
                raise ValueError(message) from error
            is_contract = path.relative_to(root).parts[1] == _CONTRACTS
            yield from ((name, name), (name, to_json(_without_words(block) if is_contract else block)))
        elif path.suffix == ".csv":
            with path.open(encoding="utf-8", newline="") as rows:
                yield from ((name, name), (name, to_json(list(csv.reader(rows)))))


def to_plain_code(source: str) -> str:
    r"""Return Python code as its tree prints: no comments, no docstrings, one layout, on every version of Python.

    >>> to_plain_code("def f(x):\n    'Doubles.'\n    return x*2  # twice")
    'def f(x):\n    return x * 2'
    """
    tree = _parse(source)
    for node in ast.walk(tree):
        if isinstance(node, DOCUMENTED) and ast.get_docstring(node):
            node.body = node.body[1:] or [ast.Pass()]
    return ast.unparse(tree)


def _parse(source: str) -> ast.Module:
    """Parse, again if need be: in CPython 3.11 threads that parse at once upset each other's count of recursion."""
    for _ in range(PARSE_ATTEMPTS):
        with suppress(SystemError):
            return ast.parse(source)
    return ast.parse(source)


def to_json(value: object) -> str:
    """Return a seed's value as JSON with one layout; dates as their ISO text.

    >>> to_json({"b": [1, 2.5], "a": "кулемет"})
    '{"b":[1,2.5],"a":"кулемет"}'
    """
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=str)


def _without_words(value: object) -> object:
    if isinstance(value, dict):
        words = {key for key in _WORDS & value.keys() if isinstance(value[key], str)}  # a column may be named reason
        return {key: _without_words(inner) for key, inner in value.items() if key not in words}
    return value
