"""Fetching many documents: hosts side by side, one request at a time each; and what earlier runs know of an address."""

from __future__ import annotations

from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor, as_completed
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from flows.addresses import to_scheme
from flows.buckets import fetch_object
from flows.progress import announce

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from flows.fetching import Answer, Asked, Fetcher

HOSTS_AT_ONCE = 8  # they wait for the network, not for us


def fetch(fetcher: Fetcher, asked: Sequence[Asked], folder: Path) -> list[Answer]:
    """Fetch documents into a folder; return an answer for each, in the order asked, whatever went wrong outside."""
    folder.mkdir(parents=True, exist_ok=True)
    by_host: dict[str, list[int]] = defaultdict(list)
    for number, each in enumerate(asked):
        by_host[urlsplit(each.uri).netloc.rpartition("@")[2].lower()].append(number)
    answers: dict[int, Answer] = {}

    def fetch_from(numbers: Sequence[int]) -> None:
        for number in numbers:
            path = folder / f"{number}.fetched"
            is_object = to_scheme(asked[number].uri) == "s3"
            answers[number] = fetch_object(asked[number], path) if is_object else fetcher.fetch(asked[number], path)

    with ThreadPoolExecutor(HOSTS_AT_ONCE, "host") as pool:
        for done in as_completed([pool.submit(fetch_from, numbers) for numbers in by_host.values()]):
            done.result()
            announce("fetch", len(answers), len(asked))
    return [answers[number] for number in range(len(asked))]
