"""Which articles are one story, and which of them came first: links between texts to clusters with their roles.

Everything here follows from the set of articles: no order of arrival, no split into runs changes it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# Set on benchmarks/gold/clusters.json; `python -m benchmarks.clusters` prints the curve (docs/decisions/clusters.md).
LINK_SHARE = 0.25  # of the shorter sample: from it on two texts of about one day are one story
FAR_SHARE = 0.6  # and texts of days further apart, where an outlet's older copy comes back as background
NEAR_DAYS = 3  # what a wire's copy runs within; texts without a day are taken as near
COPY_SHARE = 0.9  # of the shorter sample: from it on one text is a copy, cut or lengthened, of the other
LEAST_SHARED = 3  # sampled shingles: some 25 shared words; fewer prove nothing, however short the text
# What one outlet prints on so many days is its furniture or its standing background, and links nothing.
FURNITURE_DAYS = 4


@dataclass(frozen=True, slots=True)
class Member:
    """What is known of one text when clusters are made; `n_shingles` without furniture."""

    version_id: str
    text_sha256: str
    n_shingles: int
    published_at: datetime | None = None
    published_date: date | None = None
    credit_name: str | None = None
    is_agency: bool = False


class Shared(NamedTuple):
    """How many sampled shingles, furniture apart, two texts share."""

    a: str
    b: str
    n: int


def find_clusters(members: Sequence[Member], shared: Iterable[Shared]) -> list[dict[str, object]]:
    """Return each member's cluster, role, most probable original, and the share of the shorter text that it shares with that.

    A cluster is named by the smallest version_id in it. A text that nothing is linked with is the ORIGINAL of its own.

    >>> texts = [Member("v1", "a", 40, published_date=date(2026, 2, 13)), Member("v2", "b", 50, published_date=date(2026, 2, 12))]
    >>> [(row["version_id"], row["cluster_id"], row["role"]) for row in find_clusters(texts, [Shared("v1", "v2", 38)])]
    [('v1', 'v1', 'COPY'), ('v2', 'v1', 'ORIGINAL')]
    """
    by_id = {member.version_id: member for member in members}
    shares = {(min(a, b), max(a, b)): _to_share(by_id[a], by_id[b], n) for a, b, n in shared if n >= LEAST_SHARED}
    links = [[a, b] for (a, b), share in shares.items() if share >= to_threshold(by_id[a], by_id[b])]
    links += [[same[0], other] for same in _group_texts(members) for other in same[1:]]
    rows: list[dict[str, object]] = []
    for cluster in _connect(by_id, links):
        original = min((by_id[version_id] for version_id in cluster), key=_to_precedence).version_id
        for version_id in cluster:
            is_original = version_id == original
            is_same = by_id[version_id].text_sha256 == by_id[original].text_sha256
            share = 1.0 if is_same else shares.get((min(version_id, original), max(version_id, original)), 0.0)
            rows.append(
                {
                    "version_id": version_id,
                    "cluster_id": min(cluster),
                    "role": "ORIGINAL" if is_original else "COPY" if share >= COPY_SHARE else "REWRITE",
                    "original_version_id": original,
                    "share_original": share,
                    "credit_name": by_id[version_id].credit_name,
                }
            )
    return sorted(rows, key=lambda row: str(row["version_id"]))


def to_threshold(a: Member, b: Member) -> float:
    """Return the share of the shorter text from which on two texts are one story.

    >>> to_threshold(Member("v1", "a", 40), Member("v2", "b", 50))
    0.25
    """
    is_far = a.published_date and b.published_date and abs((a.published_date - b.published_date).days) > NEAR_DAYS
    return FAR_SHARE if is_far else LINK_SHARE


def _to_share(a: Member, b: Member, n: int) -> float:
    return n / min(a.n_shingles, b.n_shingles)


def _group_texts(members: Sequence[Member]) -> Iterable[list[str]]:
    """Group the members whose texts are the same to the letter, however short."""
    same: defaultdict[str, list[str]] = defaultdict(list)
    for member in members:
        same[member.text_sha256].append(member.version_id)
    return same.values()


def _connect(version_ids: Iterable[str], links: Iterable[list[str]]) -> list[list[str]]:
    """Return the connected components (union-find with path halving)."""
    parent = {version_id: version_id for version_id in version_ids}

    def find(version_id: str) -> str:
        while parent[version_id] != version_id:
            parent[version_id] = version_id = parent[parent[version_id]]
        return version_id

    for a, b in links:
        parent[find(a)] = find(b)
    clusters: defaultdict[str, list[str]] = defaultdict(list)
    for version_id in parent:
        clusters[find(version_id)].append(version_id)
    return list(clusters.values())


def _to_precedence(member: Member) -> tuple[object, ...]:
    """Order a cluster's texts by how probably each is the original.

    One that credits another is not; then the earlier day, an agency before those it sells to, the earlier moment, the longer text.
    """
    day = member.published_date or date.max
    moment = member.published_at or datetime.combine(day, time.max)
    return (
        member.credit_name is not None,
        day,
        not member.is_agency,
        moment,
        -member.n_shingles,
        member.version_id,
    )
