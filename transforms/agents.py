"""Which party the words of a sentence name: by noun phrase, by clause and voice, by act ("a Russian strike on Lviv")."""

from __future__ import annotations

from typing import TYPE_CHECKING

from seeds.circumstances import Act, SpeakerWord, SpeechCue
from transforms.findings import Found, View, coordinated, is_person, listed, reach
from transforms.parse import Parser
from transforms.parties import Parties
from transforms.statements import TAKING_VERBS

if TYPE_CHECKING:
    from collections.abc import Collection

    from seeds.circumstances import Role
    from seeds.loader import Seeds
    from transforms.chunks import Chunk, Span
    from transforms.clauses import Clause
    from transforms.figures import Figure
    from transforms.sentences import Sentence

_NOMINAL = frozenset({"NOUN", "PREP"})
_AIMED = frozenset({"on", "against", "at", "in", "near", "across", "over", "around"})
_OWNED = frozenset({"of", "from", "by"})
_RECIPIENT = frozenset({"to", "for"})
_WITHIN = frozenset({"in"})
_FORCES = "MIL_STRENGTH"
_OF_FORCES = ("CAS_", _FORCES)  # metrics of a party's own people
_POSSESSIVES = frozenset(("its", "their", "our"))
_LAND = "country"
_PERSONAL = frozenset({"he", "she", "his", "her"})
_THIRD_PERSON = frozenset({"it", "they", "its", "their"})
_ANAPHORS = _THIRD_PERSON | {"we", "our"} | _PERSONAL
_LEXICAL = frozenset({"VERB", "VBN", "VBG", "HAVE"})
_PHRASES_ON = 3  # noun phrases after an act that may say by whom and on whom
_OWNED_ON = 6  # tokens between an owner's name and what is counted
_TOKENS_ON = 8  # tokens between the act and such a phrase


class Agents:
    """Finds the parties that words name; compiled once."""

    def __init__(self, seeds: Seeds) -> None:
        self._parser = Parser(seeds)
        self.parties = Parties(seeds)
        self._last: View | None = None  # several steps ask for the same sentence one after another
        self.acts: dict[str, frozenset[str]] = {act.place: frozenset(act.words) for act in seeds.of(Act).values()}
        self.act_seeds: dict[str, str] = {act.place: f"acts/{act.code}" for act in seeds.of(Act).values()}
        cues = seeds.of(SpeechCue).values()
        said = frozenset(form for cue in cues if cue.place in {"VERB", "WEAK_VERB"} for form in cue.words)
        self.said = said
        self._blaming = self.acts["BLAME_VERB"] | self.acts["TRIAL_VERB"]
        self._titles = frozenset(
            word for entry in seeds.of(SpeakerWord).values() if entry.place == "TITLE" for word in entry.words
        )
        self._said_not_given = said - self.acts["GIVING_SPEECH"]

    def view(self, sentence: Sentence) -> View:
        """Return tags, chunks, clauses and mentions of a sentence together."""
        made = self._last
        if made is None or made.sentence is not sentence:
            tags = self._parser.tag(sentence)
            mentions = self.parties.find(sentence)
            chunks, clauses = self._parser.chunks(sentence), self._parser.clauses(sentence)
            made = self._last = View(sentence, sentence.lows, tags, chunks, clauses, mentions)
        return made

    def named(self, view: View, span: Span, rule: str) -> Found | None:
        """Return the party named first within a span of tokens, with those that "and" joins to it."""
        inside = [m for m in view.mentions if span[0] <= m.first < span[1]]
        if not inside:
            return None
        joined = any(view.tags[k] == "CONJ" for k in range(inside[0].last, inside[-1].first))
        chosen = [*listed(view, inside[0]), *inside] if joined else inside[:1]
        codes = sorted({code for m in chosen for code in m.code.split("/")})
        base = view.sentence.start
        first, last = view.sentence.starts[chosen[0].first], view.sentence.ends[chosen[-1].last - 1]
        seed = self.act_seeds.get(f"{inside[0].kind}_NOUN")  # of a foe
        return Found("/".join(codes), view.sentence.text[first - base : last - base], rule, seed)

    def owner(self, view: View, figure: Figure) -> Found | None:
        """Return the party named in the figure's own noun phrase: "40 Ukrainian drones", "ten of Russia's tanks".

        Those of "12 deaths from Russian shelling" are not Russian.
        """
        last = max(figure.unit_last, figure.last)
        for k, chunk in enumerate(view.chunks):
            if chunk.last <= figure.first or chunk.first >= last:
                continue
            end = chunk.last
            for follower in view.chunks[k + 1 : k + 3]:
                is_act = view.lows[follower.head] in self.acts["ATTACK_NOUN"] and figure.metric_code.startswith("CAS_")
                if follower.prep != end or view.lows[end] not in _OWNED or is_act:
                    break
                end = follower.last
            return self.named(view, (chunk.first, max(end, last)), "owner") or self._own(view, figure)
        return self.named(view, (figure.first, last), "owner") or self._own(view, figure)

    def _own(self, view: View, figure: Figure) -> Found | None:
        """Return whose "1,351 of its troops" are: the last subject's before them that did them no harm."""
        of = view.lows[figure.last : figure.last + 2]
        is_partitive = of[:1] == ["of"] and not _POSSESSIVES.isdisjoint(of)
        if not is_partitive or not figure.metric_code.startswith(_OF_FORCES):
            return None
        for clause in reversed(view.clauses):
            if clause.subject and clause.subject[1] <= figure.first and not self._harms(view, clause, figure):
                found = self.named(view, clause.subject, "owner")
                if found:
                    return found
        return None

    def _harms(self, view: View, clause: Clause, figure: Figure) -> bool:
        """Tell whether a clause's subject is who killed: "Kyiv said Russian shells killed 40 of its men"."""
        subject = clause.subject[1] - 1 if clause.subject else -1
        is_of_cue = figure.cue is not None and clause.verb <= figure.cue <= clause.last
        is_doer = is_of_cue and view.lows[clause.verb] not in self.acts["LOSS_VERB"]
        return figure.metric_code != _FORCES and (is_doer or view.lows[subject] in self.acts["ATTACK_NOUN"])

    def possessor(self, view: View, figure: Figure) -> Found | None:
        """Return the party whose the figure's noun phrase is said to be: "two of Russia's bases", "NATO's 30 members"."""
        last = max(figure.unit_last, figure.last)
        for mention in view.mentions:
            end = mention.last
            own = view.tags[end : end + 1] == ["POSS"] and mention.kind != "SEAT"
            if not own or mention.first >= last or end + 1 < figure.first - _OWNED_ON:
                continue
            held = [c for c in view.chunks if c.first <= mention.first < c.last]
            if not held or view.lows[held[0].head] in self.acts["NO_ONES_ACT"]:
                continue  # "Russia's four-year war"
            if held[0].last > figure.first and (held[0].first <= figure.last or view.lows[mention.first - 1] == "of"):
                return self.named(view, (mention.first, mention.last), "possessor")
        return None

    def by(self, view: View, figure: Figure) -> Found | None:
        """Return who does what a noun says to those counted: "the killing of 40 civilians in a village by Russian troops"."""
        if figure.cue is None or figure.cue >= figure.first or view.tags[figure.cue] not in _NOMINAL:
            return None
        end = max(figure.unit_last, figure.last)
        for chunk in view.chunks:
            if chunk.first < end:
                end = max(end, chunk.last)
            elif chunk.prep != end:
                return None
            elif view.lows[end] == "by":
                return self.named(view, (chunk.first, chunk.last), "agent of the noun")
            else:
                end = chunk.last
        return None

    def around(self, view: View, token: int) -> Found | None:
        """Return the party named in the noun phrase around a token: "Russian casualties"."""
        for chunk in view.chunks:
            if chunk.first <= token < chunk.last:
                nearest = max((m.first for m in view.mentions if chunk.first <= m.first < token), default=chunk.first)
                return self.named(view, (nearest, chunk.last), "owner")
        return None

    def party(self, view: View, span: Span | None, rule: str) -> Found | None:
        """Return the party that a noun phrase speaks of: by name, by pronoun, or as a body of whoever speaks."""
        if span is None:
            return None
        found = self.named(view, (span[0], reach(view, span)), rule)
        if found:
            return found
        is_body = view.lows[span[1] - 1] in self.acts["OWN_BODY"]
        if not is_body and view.lows[span[0]] not in _ANAPHORS:
            return None
        is_land = view.lows[span[1] - 1] == _LAND  # that was named last: "Biden said Ukraine ... as the country"
        near = span[0] - 1 - (view.lows[span[0] - 1] == "that")  # "and Kyiv said it had sunk"
        told = [c for c in view.clauses if c.verb == near and c.subject and c.subject[1] == near]
        speaking = told if view.lows[near] in self.said else []
        for clause in (*speaking, *(reversed(view.clauses) if is_land else view.clauses)):
            if clause.subject and clause.subject[1] <= span[0]:
                found = self.named(view, clause.subject, rule)
                is_he = is_person(view, clause.subject) or view.lows[clause.subject[1] - 1] in self._titles
                if found and view.lows[span[0]] in _PERSONAL and not is_he:
                    continue
                if found and found.seed and view.lows[span[0]] not in _THIRD_PERSON:
                    continue  # "the enemy fired 31 rockets, 26 of which our crews shot down"
                if found and is_body and not is_land and found.code in self.parties.groups:
                    continue  # "NATO said 900 soldiers had died": not its own
                if found:
                    found.seed = self.act_seeds["OWN_BODY"] if is_body else None
                    return found
        return None

    def doer(self, view: View, clause: Clause, figure: Figure, role: Role) -> Found | None:
        """Return the party that does what a clause says, by its voice; who only speaks of it does not."""
        verb = view.lows[clause.verb]
        speech = self._said_not_given if role.by_word or _by_noun(view, figure, role) else self.said
        takes = verb in TAKING_VERBS and view.tags[clause.last : clause.last + 1] == ["NUM"]
        blame = self._blame(view, clause, role)
        if blame and figure.first >= blame.last:
            place = "BLAME_VERB" if view.lows[blame.verb] in self.acts["BLAME_VERB"] else "TRIAL_VERB"
            return self._seeded(self.party(view, blame.object, "blamed"), place)
        if (verb in speech and not takes) or _is_predicative(view, clause) or self._is_no_deed(verb, figure, role):
            return None
        if not role.owner and role.doer == "ACTOR" and view.tags[clause.verb] not in _LEXICAL:
            return None
        if clause.is_passive:
            return self._passive_doer(view, clause, figure, role)
        if clause.subject is None:
            return None
        if clause.subject[0] <= figure.first < reach(view, clause.subject):
            if role.owner or clause.subject[0] != figure.first:
                return None  # "several NATO states are paying", "200 crews were at work"
            return self.owner(view, figure) or self.party(view, clause.subject, "subject")
        if role.owner is None and self.is_of_war(view, figure):
            return None  # "an agreement to end the four-year war"
        found = self.party(view, clause.subject, "subject")
        hangs = view.tags[clause.start] == "TO" or (view.tags[clause.start] == "VBG" and role.owner is not None)
        if found is None and hangs and clause.parent is not None:
            outer = view.clauses[clause.parent]  # "launched a missile to destroy", "signed an order calling up"
            found = None if outer.is_passive else self.party(view, outer.subject, "subject of purpose")
        return self._seeded(found, "GIVING_SPEECH") if verb in self.acts["GIVING_SPEECH"] else found

    def _blame(self, view: View, clause: Clause, role: Role) -> Clause | None:
        """Return the clause that blames its object for a deed: "accused Ukraine of a raid", also "..., killing two".

        A court does so too for the harm it tries: "sentenced a Russian soldier to life for killing a civilian".
        """
        verbs = self._blaming if role.has_attack else self.acts["BLAME_VERB"]
        for k, blame in enumerate(view.clauses):
            if view.lows[blame.verb] in verbs and blame.object and not blame.is_passive:
                hangs = not clause.is_finite and clause.subject in {blame.subject, blame.object}
                tells = clause.is_relative and clause.parent == k and role.has_attack  # "for a raid that killed two"
                hangs = (hangs or tells) and not clause.is_passive
                return blame if blame is clause or (hangs and clause.start > blame.start) else None
        return None

    def _passive_doer(self, view: View, clause: Clause, figure: Figure, role: Role) -> Found | None:
        """Return who does what a passive says: after "by"; for a removal, after "from"; a state's body that is moved."""
        if clause.agent or role.owner:
            return self.party(view, clause.agent, "agent of passive")
        if view.lows[clause.verb] in self.acts["EXPELLING_VERB"]:  # "27 diplomats were expelled from Norway"
            return self._seeded(self.source_of_gift(view), "EXPELLING_VERB")
        if clause.subject and figure.first >= clause.last:
            if view.lows[clause.subject[1] - 1] in self.acts["OWN_BODY"]:  # "troops were withdrawn from two bases"
                return self.party(view, clause.subject, "subject of passive")
        return None

    def _is_no_deed(self, verb: str, figure: Figure, role: Role) -> bool:
        """Tell whether a verb's subject does not do what the figure counts: who mends a harm, what falls to a level."""
        place = "RESTORING_VERB" if role.has_attack else "LEVEL_VERB"
        if role.owner == "ACTOR" or verb not in self.acts[place]:
            return False
        figure.why("actor", "no deed", self.act_seeds[place], verb)
        return True

    def _seeded(self, found: Found | None, place: str) -> Found | None:
        """Note the seed that found a party."""
        if found:
            found.seed = self.act_seeds[place]
        return found

    def is_of_war(self, view: View, figure: Figure) -> bool:
        """Tell whether a figure stands in the noun phrase of an act of both sides: "the four-year war"."""
        heads = [chunk.head for chunk in view.chunks if chunk.first <= figure.first < chunk.last]
        return bool(heads) and view.lows[heads[0]] in self.acts["NO_ONES_ACT"]

    def attack(self, view: View, figure: Figure) -> tuple[Found | None, Found | None]:
        """Return maker and aim of a hostile act that the sentence names: "a Russian strike on Lviv"."""
        maker = aim = None
        own = range(figure.first, max(figure.unit_last, figure.last))
        for k, chunk in enumerate(view.chunks):
            if view.lows[chunk.head] not in self.acts["ATTACK_NOUN"] or chunk.head in own:
                continue
            maker = maker or self.named(view, chunk[:2], "maker of the act") or self._announcer(view, chunk)
            for follower in view.chunks[k + 1 : k + 1 + _PHRASES_ON]:
                if follower.prep is None or follower.first > chunk.last + _TOKENS_ON:
                    break
                word = view.lows[follower.prep]
                is_blamed = word == "on" and view.lows[follower.prep - 1] in self.acts["BLAME_VERB"]
                if word == "by" and view.lows[follower.prep - 1] in self.acts["ORIGIN"]:
                    break  # "missiles supplied by the United States"
                if word == "by" or is_blamed:
                    maker = maker or self.named(view, (follower.first, follower.last), "maker of the act")
                elif word in _AIMED:
                    aim = aim or self.named(view, (follower.first, follower.last), "aim of the act")
        if maker and aim and maker.code == aim.code:
            aim = None
        for found in (maker, aim):
            if found:
                found.seed = self.act_seeds["ATTACK_NOUN"]
        return maker, aim

    def in_war(self, view: View, figure: Figure) -> bool:
        """Tell whether a toll is the whole war's, which both sides take: "killed in the war", "since the war began"."""
        for chunk in view.chunks:
            is_war = chunk.prep is not None and view.lows[chunk.head] in self.acts["NO_ONES_ACT"]
            if is_war and chunk.first >= figure.last:
                return not any(chunk.first <= m.first < chunk.last for m in view.mentions)
        return False

    def is_accident(self, view: View) -> bool:
        """Tell whether a sentence speaks of an accident, which is nobody's attack: "the jet crashed"."""
        return not self.acts["ACCIDENT_WORD"].isdisjoint(view.lows)

    def on_both_sides(self, view: View) -> bool:
        """Tell whether both parties of a war suffer what a sentence tells: "soldiers on both sides were killed"."""
        return "sides" in view.lows and " ".join(view.lows).find("on both sides") >= 0

    def between(self, view: View) -> Found | None:
        """Return the two that "between" names: "talks between Ukraine and Russia"."""
        for k, chunk in enumerate(view.chunks[:-1]):
            if chunk.prep is not None and view.lows[chunk.prep] == "between":
                return self.named(view, (chunk.first, view.chunks[k + 1].last), "between")
        return None

    def _announcer(self, view: View, act: Chunk) -> Found | None:
        """Return who announces an act of its own: "Russia announced a strike on a factory"."""
        for clause in view.clauses:
            if clause.object == (act.first, act.last) and view.lows[clause.verb] in self.acts["GIVING_SPEECH"]:
                return self.party(view, clause.subject, "maker of the act")
        return None

    def object(self, view: View, clause: Clause | None, rule: str) -> Found | None:
        """Return the party that is a verb's whole object: "will provide Ukraine with 100 drones", "fled Ukraine"."""
        span = clause.object if clause else None
        if span is None or not any(m.last == span[1] and m.kind == "NAME" for m in view.mentions):
            return None
        return self.named(view, span, rule)

    def recipient(self, view: View, giver: Found | None) -> Found | None:
        """Return who is given something: "to Ukraine and Moldova", "for Ukraine", else "in Ukraine"."""
        for links in (_RECIPIENT, _WITHIN):
            for chunk in view.chunks:
                if chunk.prep is None or view.lows[chunk.prep] not in links:
                    continue
                found = self.named(view, (chunk.first, coordinated(view, chunk)), "recipient")
                if found and not (giver and found.code == giver.code) and found.code not in self.parties.groups:
                    return found
        return None

    def other(self, view: View, actor: Found | None) -> Found | None:
        """Return the first party named but the actor: "placed 40 firms on its Russian sanctions list"."""
        codes = actor.code.split("/") if actor else []
        for mention in view.mentions:
            if mention.code not in codes:
                return self.named(view, (mention.first, mention.last), "other party")
        return None

    def source_of_gift(self, view: View) -> Found | None:
        """Return the giver of what is received: "from the United States"."""
        for chunk in view.chunks:
            if chunk.prep is not None and view.lows[chunk.prep] == "from":
                return self.named(view, (chunk.first, chunk.last), "from")
        return None

    def supplier(self, view: View, barred: Collection[str | None]) -> Found | None:
        """Return who gave the things of a sentence: "German-supplied tanks"; "German-made" tells no giver."""
        for mention, origin in self.parties.makers(view.sentence):
            if origin in self.acts["SUPPLIED"] and mention.code not in barred:
                return Found(mention.code, None, "supplier of the thing", self.act_seeds["SUPPLIED"])
        return None

    def main_doer(self, view: View, taken: Collection[str | None]) -> Found | None:
        """Return the first subject of a finite clause that is a party of its own: "the EU has given aid worth ..."."""
        for clause in view.clauses:
            if clause.is_finite and not clause.is_passive and view.lows[clause.verb] not in self._said_not_given:
                found = self.party(view, clause.subject, "subject of the main clause")
                if found and found.code not in taken:
                    return found
        return None

    def aid(self, view: View) -> Found | None:
        """Return whose aid a sentence speaks of: "a German loan"."""
        for chunk in view.chunks:
            if view.lows[chunk.head] in self.acts["AID_NOUN"]:
                found = self.named(view, (chunk.first, chunk.last), "aid")
                if found:
                    found.seed = self.act_seeds["AID_NOUN"]
                    return found
        return None


def _is_predicative(view: View, clause: Clause) -> bool:
    """Tell a participle that says of an object what it is counted as: "counted 40 children as killed"."""
    return view.lows[clause.start] == "as" and clause.subject is not None and clause.subject[1] <= clause.start


def _by_noun(view: View, figure: Figure, role: Role) -> bool:
    """Tell whether the act is a noun that its doer may announce: "Ukraine announced the recapture of two villages"."""
    if role.owner != "TARGET" or role.has_attack or not figure.cue:
        return False
    return view.tags[figure.cue - (view.tags[figure.cue] == "PREP")] == "NOUN"
