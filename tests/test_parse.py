"""The light parse: word classes prove themselves, clauses have the subject, object, agent and voice that a reader sees."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from seeds.kinds import WordClass
from seeds.loader import load_seeds
from transforms.parse import Parser
from transforms.sentences import Sentence

PARSES = tomllib.loads((Path(__file__).parent / "parses.toml").read_text("utf-8"))["sentence"]
# classes whose words take another class's tag in the sentence, as the context asks
READ_AS = {
    "VERB": {"VERB", "VBN"}, "VERB_OR_NOUN": {"NOUN"}, "PAST": {"VERB"}, "PARTICIPLE": {"VBN"}, "INTRANSITIVE": {"VERB"},
    "PAST_OR_PARTICIPLE": {"VERB", "VBN"}, "NOUN_OR_GERUND": {"NOUN", "VBG"}, "ADJ_OR_NOUN": {"NOUN", "ADJ"},
    "UNCHANGED_PAST": {"VERB", "VBN"},
}  # fmt: skip


@pytest.fixture(scope="module")
def parser() -> Parser:
    """Return a parser over all seeds."""
    return Parser(load_seeds())


def to_sentence(text: str) -> Sentence:
    """Return a text as one sentence."""
    return Sentence(text, 0, len(text), 0)


@pytest.mark.parametrize("entry", load_seeds().of(WordClass).values(), ids=lambda entry: entry.code)
def test_word_classes(entry: WordClass, parser: Parser) -> None:
    """The word that an example names is of its class; no word of a counterexample stands in the class's list."""
    for text, word in entry.examples.items():
        sentence = to_sentence(text)
        tags = parser.tag(sentence)
        low = str(word).lower()
        assert {low, parser.lemma(low)} & set(entry.words)
        assert tags[sentence.words.index(str(word))] in READ_AS.get(entry.code, {entry.code})
    for text in entry.counterexamples:
        assert not {low for low in to_sentence(text).lows if parser.lemma(low) == low} & set(entry.words)


@pytest.mark.parametrize("case", PARSES, ids=lambda case: case["text"][:60])
def test_clauses(case: dict[str, Any], parser: Parser) -> None:
    """Each clause that a case lists is found by its verb, with the parts that the case names."""
    sentence = to_sentence(case["text"])
    clauses = {sentence.words[clause.verb]: clause for clause in parser.clauses(sentence)}
    for verb, parts in case["clauses"].items():
        clause = clauses[verb]
        for part, expected in parts.items():
            if part == "passive":
                assert clause.is_passive is expected, f"{verb}: passive"
                continue
            span = getattr(clause, part)
            assert (" ".join(sentence.words[slice(*span)]) if span else "") == expected, f"{verb}: {part}"


def test_every_token_has_one_tag(parser: Parser) -> None:
    """Tags are as many as tokens, whatever the text."""
    for text in ("", "'s", "to", "that", '— ( " 5', "He's 5.", "A-B-C 10,000!?", "of of of", "killed", "Um, … 7"):
        sentence = to_sentence(text)
        assert len(parser.tag(sentence)) == len(sentence.words)
        parser.clauses(sentence)
