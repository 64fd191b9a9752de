"""Languages of the corpora, all of them English: which article is told another, or too short; and what telling costs.

usage: python -m benchmarks.languages
"""

from __future__ import annotations

import json
import time

from benchmarks.dates import CORPORA
from benchmarks.sets import SHARED
from transforms.languages import read_language, read_status

HEAD = 70  # characters of a text that are shown
FOREIGN = {  # one short sentence of news in each language: code: sentence
    "de": "Russland hat in der Nacht mehr als 100 Drohnen auf die Ukraine abgefeuert.",
    "fr": "L'armée ukrainienne a abattu 87 drones pendant la nuit.",
    "es": "Al menos cinco personas murieron en un ataque ruso contra Járkov.",
    "it": "Almeno tre persone sono morte in un attacco russo a Odessa.",
    "nl": "Minstens vijf mensen kwamen om bij een Russische aanval op Charkov.",
    "pl": "Co najmniej pięć osób zginęło w rosyjskim ataku na Charków.",
    "pt": "Pelo menos cinco pessoas morreram num ataque russo contra Kharkiv.",
    "sv": "Minst fem personer dödades i en rysk attack mot Charkiv.",
    "tr": "Harkiv kentine düzenlenen Rus saldırısında en az beş kişi öldü.",
    "uk": "Щонайменше п’ятеро людей загинули внаслідок російської атаки на Харків.",
    "ru": "По меньшей мере пять человек погибли в результате удара по Харькову.",
    "ar": "قتل خمسة أشخاص على الأقل في هجوم روسي على خاركيف.",
    "he": "לפחות חמישה בני אדם נהרגו במתקפה רוסית על חרקיב.",
    "fa": "دست‌کم پنج نفر در حمله روسیه به خارکیف کشته شدند.",
    "zh": "俄罗斯对哈尔科夫的袭击造成至少五人死亡。",
}


def measure() -> list[tuple[str, str]]:
    """Return (measure, text) rows: articles not told English, each; short sentences told; milliseconds an article."""
    rows: list[tuple[str, str]] = []
    n, seconds = 0, 0.0
    read_language("Kharkiv Odesa Kyiv")  # loads the model
    for corpus, (field, _) in CORPORA.items():
        lost: list[tuple[str, str]] = []
        for line in (SHARED / "corpora" / f"{corpus}.jsonl").read_text("utf-8").splitlines():
            row = json.loads(line)
            text = row[field] or ""
            start = time.perf_counter()
            language = read_language(text)
            status = read_status(text, language)
            seconds += time.perf_counter() - start
            n += 1
            if status != "READ" or language != "en":
                lost.append((f"languages: {row['id']}", f"{status} {language}: {' '.join(text[:HEAD].split())}"))
        rows += [(f"languages: {corpus}, not English", str(len(lost))), *lost]
    told = {code: read_language(sentence) for code, sentence in FOREIGN.items()}
    wrong = ", ".join(f"{code} as {found}" for code, found in told.items() if found != code)
    rows.append(("languages: short sentences told", f"{sum(c == f for c, f in told.items())} of {len(told)} {wrong}"))
    rows.append(("languages: ms an article", f"{1000 * seconds / n:.3f}"))
    return rows


def main() -> None:
    """Print the measures."""
    for name, text in measure():
        print(f"{name:44} {text}")


if __name__ == "__main__":
    main()
