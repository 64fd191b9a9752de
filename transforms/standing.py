"""Whether the thing counted is said to have happened: asserted, denied, planned or only possible."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from seeds.kinds import Standing
from transforms.aspects import start_of
from transforms.cues import Words, forms_of, look_over, to_gate, to_words
from transforms.figures import Kind, PeriodBasis, Polarity
from transforms.phrases import Phrases
from transforms.predicates import is_dash
from transforms.wordforms import CLAUSE_ENDS, VERBS

if TYPE_CHECKING:
    from seeds.loader import Seeds
    from transforms.figures import Figure
    from transforms.reading import Context
    from transforms.sentences import Sentence

_ASIDE = 6  # tokens from "which" to a word of standing
_AUXILIARIES = 3  # tokens before a verb in which its auxiliaries stand
_FUTURE = frozenset({"MODAL", "TO"})
_PAST = frozenset({"was", "were", "had"})
_LINK_WORDS = frozenset({"as", ":", "that"})  # tagged so, but the clause goes on for what is planned or denied
_STATE_KEY = "planned"
_NEXT = 1  # sentences that a list of what is planned may go on
_REACH = 18  # tokens before the number
_AUXILIARY_REACH = 4  # tokens from an auxiliary to its verb
_BOUND = "be "  # a passive, whose subject is the figure's: "40 boats are planned"
_RIGHT = 8  # tokens after what is counted
_PARTS = frozenset({"VERB", "BE", "HAVE", "MODAL", "TO", "SUB", "REL", ";", "."})  # between two clauses
_STOP_RIGHT = VERBS | CLAUSE_ENDS | {"BE", "HAVE", ",", "CONJ"}

_OPEN = frozenset({Polarity.PLANNED, Polarity.HYPOTHETICAL})
_BESIDE = frozenset({"with", "alongside"})
_PARTICIPLES = frozenset({"VBG", "VBN"})
_REPORTED = frozenset({"reported", "confirmed", "announced", "known"})  # "above the 55 reported so far"
_VERIFYING = frozenset({"confirm", "verify", "confirmed", "verified"})
_CONCERNING = frozenset({"into", "over", "for", "after", "about"})  # "an inquiry into the deaths of 53"
_KNOWN = frozenset({"the", "its", "their", "his", "same", "these", "those"})
_OUTSIDE = frozenset({"but", "despite", "during", "amid", "amidst", "according"})  # what they bring in is so
_SAYING = frozenset(
    {"saying", "adding", "noting", "claiming", "stating", "reporting"}
)  # ", saying 12 boats had sunk": a claim
_AS_THEY = (["as", "he"], ["as", "she"], ["as", "they"], ["as", "we"])
_WHOSE = frozenset({"their", "his", "her", "own", "our"})
_DRAFTED = "MIL_RECRUITED"  # announced when it is done, too
_HELP = frozenset({"ECO_AID", "EQP_SUPPLIED"})  # whose total so far has been given
_CLAIMS = frozenset(
    "that claim claims report reports allegation allegations accusation accusations suggestion rumour rumours".split()
)
_APART = frozenset(
    {"responsibility", "involvement", "targeting", "access", "entry", "knowledge"}
)  # denied, not the deed
_PRESENT = frozenset({"is", "are", "'s", "'re"})  # "is sending": not yet sent
_DONE_AFTER = frozenset({"after", "by", "while", "since", "for", "in", "with"})  # "by sinking 4 boats": sunk
_FREEING, _CAPTURED = frozenset({"free", "release"}), "DET_CAPTURED"

Found = tuple[Standing, str]


class Planned(NamedTuple):
    """What was planned last: the index of its sentence and the entry that told it."""

    sentence: int
    entry: Standing


class Standings:
    """The step that sets polarity."""

    def __init__(self, seeds: Seeds) -> None:
        auxiliaries: dict[str, Standing] = {}
        verbs: dict[str, list[Standing]] = {}
        phrases: dict[str, list[Standing]] = {}
        self._near: list[tuple[Standing, Words]] = []
        for entry in seeds.of(Standing).values():
            if entry.near:
                self._near.append((entry, to_words(entry.near)))
            auxiliaries |= dict.fromkeys([*entry.auxiliaries, *_backshifted(entry)], entry)
            for phrase in entry.phrases:
                phrases.setdefault(phrase, []).append(entry)
            for verb in entry.verbs:
                for form, rest, _, _ in forms_of(verb):
                    verbs.setdefault(" ".join((form, *rest)), []).append(entry)
        self._auxiliaries, self._verbs, self._phrases = Phrases(auxiliaries), Phrases(verbs), Phrases(phrases)
        self._fear = seeds.of(Standing)["possible"]
        forms = (form for table in (auxiliaries, verbs, phrases) for form in table)
        self._gate = to_gate(forms, is_last=False)  # to ask before looking up

    def __call__(self, ctx: Context, sentence: Sentence, figures: list[Figure]) -> None:
        """Set the polarity of each figure of a sentence.

        >>> from seeds.loader import load_seeds
        >>> from transforms.reading import Reader
        >>> text = "Oslo sent 12 boats and will send 8 guns."
        >>> [str(figure.polarity) for figure in Reader(load_seeds()).read(text).figures]
        ['ASSERTED', 'PLANNED']
        """
        before: Figure | None = None
        for figure in figures:
            if figure.converts is not None:
                figure.polarity = figure.converts.polarity
            elif figure.metric_code != "AGE":
                self._set(ctx, sentence, figure)
                if before is not None:
                    _go_on(sentence, before, figure)
                before = figure
            start = figure.period_start_date
            if ctx.published is not None and start is not None and start > ctx.published:
                _settle_ahead(figure)

    def _set(self, ctx: Context, sentence: Sentence, figure: Figure) -> None:
        if _is_done(sentence, figure):
            return
        found = self._before(sentence, figure)
        if found is not None and found[0].polarity in _OPEN and _is_fact(sentence, figure, found[1]):
            found = None
        if found is None or found[0].polarity == Polarity.ASSERTED:
            found = self._after(sentence, figure, is_settled=found is not None) or found
        if found is None:
            found = self._of_share(sentence, figure) or self._of_list(ctx, figure)
        if found is None:
            return
        entry, words = found
        k = figure.first - 1
        is_known = k > 0 and (sentence.tags[k] == "POSS" or sentence.lows[k] in _KNOWN)
        is_known = is_known and figure.number_form != "VAGUE"  # "run into the billions"
        if is_known and figure.metric_code == "OTHER":
            return  # "the bloc's 38 members would pay": they are there
        is_state = figure.metric_code == "OTHER" and figure.kind is Kind.STOCK and figure.dimension != "money"
        is_bound = words in entry.auxiliaries or words.startswith(_BOUND)
        is_loose = not is_bound and not entry.near and entry.polarity != Polarity.DENIED
        if is_state and is_loose:
            return  # a state that is spoken of beside a plan, with no modal verb of its own
        if entry.polarity == Polarity.PLANNED and _is_given(sentence, figure, entry):
            return
        figure.polarity = Polarity(entry.polarity)
        figure.why("polarity", "words of standing", f"standing/{entry.code}", words)
        if entry.metrics:
            ctx.state[_STATE_KEY] = Planned(sentence.index, entry)

    def _of_share(self, s: Sentence, figure: Figure) -> Found | None:
        """Read a share of which no verb tells more from the sentence: a forecast's figures are planned."""
        if figure.dimension != "share" or figure.metric_code != "OTHER":
            return None
        line, words = look_over(s)
        return next(((entry, "") for entry, phrases in self._near if phrases.stand_in(line, words)), None)

    def _of_list(self, ctx: Context, figure: Figure) -> Found | None:
        """Go on with what was planned in this sentence or the one before: the rest of an aid package."""
        planned = ctx.state.get(_STATE_KEY)
        if not isinstance(planned, Planned) or figure.kind is Kind.CUM or figure.sentence is None:
            return None
        is_next = figure.sentence.index - planned.sentence <= _NEXT
        return (planned.entry, "") if is_next and figure.metric_code in planned.entry.metrics else None

    def _before(self, s: Sentence, figure: Figure) -> Found | None:
        """Look left from the number to the start of its clause; the nearest word of standing decides."""
        lows, tags = s.lows, s.tags
        settled: Found | None = None
        package: Found | None = None  # a noun that is planned unless a verb before it tells otherwise
        for i in range(figure.first - 1, max(-1, figure.first - _REACH), -1):
            if self._is_open(lows, i) and (found := self._at(s, i, figure)):
                if found[0].metrics and tags[i] not in VERBS:
                    package = package or found
                elif found[0].polarity == Polarity.DENIED or (
                    (settled is None or lows[i] == "if") and found[0].polarity != Polarity.ASSERTED
                ):
                    return found
                else:
                    settled = settled or found  # "denied that it had lost": only a denial goes over a deed
            is_end = tags[i] in CLAUSE_ENDS and (lows[i] not in _LINK_WORDS or lows[i : i + 2] in _AS_THEY)
            is_end = is_end or (lows[i] == "including" and _goes_beside(s, i, figure.first))
            if is_end or lows[i] in _OUTSIDE or (lows[i] in _SAYING and lows[i - 1] in {",", "and"}):
                break
        return settled or package

    def _is_open(self, lows: list[str], i: int) -> bool:
        """Tell whether any word of standing may start at a token."""
        if lows[i] == "will" and i and lows[i - 1] in _WHOSE:
            return False  # "against their will"
        return lows[i] in self._gate.words or (i + 1 < len(lows) and (lows[i], lows[i + 1]) in self._gate.pairs)

    def _at(self, s: Sentence, i: int, figure: Figure) -> Found | None:
        """Return the word of standing at a token before the number, if it speaks of the figure."""
        lows, tags = s.lows, s.tags
        hit = self._auxiliaries.starting(lows, i)
        is_copula = lows[i : i + 2] == ["to", "be"] and (
            tags[i + 2 : i + 3] != ["VBN"] or lows[i + 3 : i + 4] == ["that"]
        )
        if lows[i + 1] == "not" and not _VERIFYING.isdisjoint(lows[i + 2 : i + 4]):
            return None  # "could not confirm that 12 had sunk"
        if hit and hit[0] <= figure.first and not s.words[i][0].isupper() and not is_copula:
            return hit[1], lows[i]
        for table in (self._phrases, self._verbs):
            many = table.starting(lows, i)
            if many is None or many[0] > figure.first or (table is self._verbs and tags[i] not in VERBS):
                continue
            entry = _meant(many[1], figure)
            if entry is not None and entry.metrics and lows[i + 1] == "that" and _is_finished(s, figure):
                continue  # "announced that its call-up of 40,000 men has been completed"
            if entry is None or (entry.polarity == Polarity.ASSERTED and not _is_free(lows, tags, i)):
                continue
            if entry.polarity != Polarity.DENIED or table is self._phrases or _is_of_claim(s, i, figure):
                return entry, lows[i]
        return None

    def _after(self, s: Sentence, figure: Figure, *, is_settled: bool) -> Found | None:
        """Look right for an auxiliary before the predicate, or a denial in the rest of the clause."""
        lows, tags = s.lows, s.tags
        start = max(figure.last, figure.unit_last)
        end = min(len(lows), start + _RIGHT)
        for j in range(start, end):
            if self._is_open(lows, j) and (hit := self._auxiliaries.starting(lows, j)) and not s.words[j][0].isupper():
                return hit[1], lows[j]
            if tags[j] == "BE" and (passive := self._passive(lows, tags, j, figure)):
                return passive
            if j == start and lows[j] == "feared":
                return self._fear, _BOUND + lows[j]  # "with 40 people feared dead"
            if tags[j] in _STOP_RIGHT or (tags[j] == "-" and s.starts[j] > s.ends[j - 1]):
                break
        for j in range(start, end):
            many = self._phrases.starting(lows, j) if self._is_open(lows, j) else None
            entry = _meant(many[1], figure) if many else None
            if entry is not None and (entry.polarity == Polarity.DENIED or (entry.metrics and not is_settled)):
                return entry, lows[j]
            if tags[j] in {";", "."}:
                break
        return None

    def _passive(self, lows: list[str], tags: list[str], j: int, figure: Figure) -> Found | None:
        """Read "40 boats were promised", "are needed" and "are feared lost"."""
        j += 2 if tags[j + 1 : j + 2] == ["ADV"] else 1  # "were also announced"
        if tags[j : j + 1] != ["VBN"]:
            return None
        many = self._verbs.starting(lows, j)
        entry = _meant(many[1], figure) if many else None
        is_open = entry is not None and entry.polarity in {Polarity.PLANNED, Polarity.HYPOTHETICAL}
        return (entry, _BOUND + lows[j]) if entry is not None and is_open else None


def _is_done(s: Sentence, figure: Figure) -> bool:
    """Tell what somebody is said to have done: "would draft more than the 300,000 he added to his ranks"."""
    end = max(figure.last, figure.unit_last)
    return s.tags[end : end + 2] == ["PRON", "VERB"] and s.lows[end + 1].endswith("ed")


def _is_fact(s: Sentence, figure: Figure, words: str) -> bool:
    """Tell what is so whatever is planned or may be of it.

    "urged them to free 300 sailors who were seized", "revenge for the 89 killed", "will ask about the deaths of 53", "if they stayed,
    13 refused".
    """
    end, cue = max(figure.last, figure.unit_last), figure.cue
    if words == "if":
        return _is_past_if(s, figure.first, end)
    if cue is None or (cue < figure.first and s.tags[cue] in VERBS):
        return False
    if cue > end and s.tags[end : end + 1] == ["REL"]:
        behind = slice(end, cue)
        return "MODAL" not in s.tags[behind] and ("HAVE" in s.tags[behind] or not _PAST.isdisjoint(s.lows[behind]))
    verb = figure.first - 1
    if cue == end and s.tags[cue] == "VBN" and s.lows[verb] in _FREEING and figure.metric_code == _CAPTURED:
        return True  # "urged them to free 40 men taken at sea"
    is_told = s.tags[end : end + 1] == ["VBN"] or (cue == end and figure.role == "OBJECT")
    is_told = is_told or not _REPORTED.isdisjoint(s.lows[end : end + 1])
    if is_told and s.lows[figure.first - 1] == "the":
        return True
    is_deed = s.lows[cue] == "of" and s.lows[cue - 2] == "the" and s.tags[cue - 1] == "NOUN"
    return cue < figure.first and is_deed and s.lows[cue - 3] in _CONCERNING


def _is_past_if(s: Sentence, first: int, end: int) -> bool:
    """Tell an "if" that stands in an aside between dashes, or whose clause is over before something that happened."""
    i = max(k for k in range(first) if s.lows[k] == "if")
    if is_dash(s, i - 1):
        return any(is_dash(s, k) for k in range(i, first))
    verb = next((k for k in range(end, len(s.tags)) if s.tags[k] in _PARTS or s.tags[k] == "VBN"), 0)
    is_past = bool(verb) and (s.lows[verb] in _PAST or s.lows[verb].endswith("ed"))
    return is_past and s.lows[first - 1] == ","


def _goes_beside(s: Sentence, start: int, first: int) -> bool:
    """Tell whether a number stands beside those counted before it: "1,000 men hiding with 600 others"."""
    k = next((k for k in range(start, first) if s.lows[k] in _BESIDE), start)
    return not _PARTICIPLES.isdisjoint(s.tags[start:k])


def _is_finished(s: Sentence, figure: Figure) -> bool:
    """Tell whether a perfect passive is said of what a figure is part of, behind it."""
    rest = range(max(figure.last, figure.unit_last), len(s.tags) - 2)
    return any(s.tags[k : k + 3] == ["HAVE", "BE", "VBN"] for k in rest)


def _backshifted(entry: Standing) -> list[str]:
    """Return what "will" and a verb become in reported speech: "would send", "would also be sent"."""
    made: list[str] = []
    for verb in entry.backshifted:
        forms = forms_of(verb)
        for form in [forms[0][0], *(f"be {form}" for form, _, _, is_participle in forms if is_participle)]:
            made += [f"would {form}", f"would also {form}"]
    return made


def _meant(entries: list[Standing], figure: Figure) -> Standing | None:
    """Return the entry that speaks of the figure's metric."""
    return next((e for e in entries if not e.metrics or figure.metric_code in e.metrics), None)


def _is_given(s: Sentence, figure: Figure, entry: Standing) -> bool:
    """Tell what a plan starts from or adds to: "to raise it from 2% to 3%", "with 40 boats already there", a total so far."""
    start = start_of(s, figure)
    after = max(figure.last, figure.unit_last)
    if s.lows[start - 1 : start] == ["from"] and "to" in s.lows[after : after + _RIGHT] and not entry.near:
        return True
    if entry.metrics and figure.metric_code == _DRAFTED and _is_past(figure):
        return True  # "announced that it had called up 300 men"
    is_total = figure.kind is Kind.CUM and figure.metric_code in _HELP
    return (is_total and bool(entry.metrics)) or "already" in s.lows[after : after + 2]


def _is_of_claim(s: Sentence, i: int, figure: Figure) -> bool:
    """Tell a denial of what is said from one of a thing: "dismissed two officials", "denied involvement in both cases"."""
    if s.lows[i + 1] in _APART or _is_in_aside(s, i, figure.first):
        return False
    said = range(i + 1, figure.first)
    return figure.metric_code != "OTHER" or any(s.lows[k] in _CLAIMS or s.tags[k] == "VBG" for k in said)


def _is_in_aside(s: Sentence, i: int, first: int) -> bool:
    """Tell whether a relative between commas holds a word, and the main verb comes after it: "the raid, which he denies, killed 12"."""
    opens = next((k for k in range(i - 1, max(-1, i - _ASIDE), -1) if s.tags[k] in _PARTS | {","}), -1)
    if opens < 0 or s.tags[opens] != "REL":
        return False
    return any(s.tags[k] == "," and s.tags[k + 1] in {"VERB", "BE", "HAVE"} for k in range(i + 1, first - 1))


def _is_free(lows: list[str], tags: list[str], i: int) -> bool:
    """Tell whether a settled verb stands by itself: not after "to", "will" or "may", nor within another's phrase."""
    if tags[i] == "VBG" and i:
        k = i - 2 if lows[i - 1] == "-" and i > 1 else i  # "re-taking"
        if (
            tags[k - 1] in VERBS
            or lows[k - 1] in _PRESENT
            or (tags[k - 1] == "PREP" and lows[k - 1] not in _DONE_AFTER)
        ):
            return False  # "denied losing", "is sending", "capable of taking"
    if tags[i - 1 : i] == ["CONJ"] and i > 1 and tags[i - 2] in {"VERB", "VBN"} and tags[i] in {"VERB", "VBN"}:
        i -= 2  # "may have killed or wounded"
    for k in range(i - 1, max(-1, i - _AUXILIARY_REACH), -1):
        if tags[k] in {"TO", "MODAL"}:
            return False
        if tags[k] not in {"ADV", "NEG", "BE", "HAVE"} and lows[k] != "likely":  # "would likely take"
            return True
    return True


def _go_on(s: Sentence, before: Figure, figure: Figure) -> None:
    """Read an item of a list as the one before it: "will include 12 boats, spare sails and 40 oars"."""
    is_told = any(step.field == "polarity" for step in figure.steps)
    if is_told or before.polarity == Polarity.ASSERTED or before.metric_code != figure.metric_code:
        return
    if _goes_beside(s, before.last, figure.first):
        return
    between = range(before.last, figure.first)
    if not any(s.tags[k] in _PARTS and s.lows[k] != "as" for k in between):  # "as well as"
        figure.polarity = before.polarity
        figure.why("polarity", "a list goes on")


def _settle_ahead(figure: Figure) -> None:
    """Settle a period that starts after publication: the thing is planned, or, where it is done, the day is not its own."""
    if figure.polarity in {Polarity.PLANNED, Polarity.HYPOTHETICAL}:
        return
    is_told = any(step.field == "polarity" for step in figure.steps)
    if figure.polarity is Polarity.ASSERTED and not is_told and not _is_past(figure):
        figure.polarity = Polarity.PLANNED
        figure.why("polarity", "period ahead of publication")
        return
    figure.period_edtf = figure.period_start_date = figure.period_end_date = figure.period_precision = None
    figure.period_basis = PeriodBasis.NONE
    figure.why("period", "ahead of publication, yet done")


def _is_past(figure: Figure) -> bool:
    """Tell whether the verb of a figure's metric is told as past: "50 people were evacuated"."""
    s, cue = figure.sentence, figure.cue
    if s is None or cue is None or s.tags[cue] not in {"VERB", "VBN"}:
        return False
    before = slice(max(0, cue - _AUXILIARIES), cue)
    if not _FUTURE.isdisjoint(s.tags[before]):
        return False
    return (
        not _PAST.isdisjoint(s.lows[before])
        or "HAVE" in s.tags[before]
        or (s.tags[cue] == "VERB" and s.lows[cue].endswith("ed"))
    )
