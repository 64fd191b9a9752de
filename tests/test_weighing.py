"""Who did it where no rule says so: the heaviest evidence names the actor, and no rule is overruled."""

from __future__ import annotations

import pytest

from seeds.circumstances import Actor
from seeds.loader import load_seeds
from seeds.sheets import ActorWeight
from transforms.reading import Reader
from transforms.weighing import Weighing

OPEN = "Latvia counted nine bakers on its border."
READER = Reader(load_seeds())


@pytest.fixture
def weighing(monkeypatch: pytest.MonkeyPatch) -> Weighing:
    """Return the reader's own step with weights that the test sets."""
    step = next(step for step in READER.steps if isinstance(step, Weighing))
    monkeypatch.setattr(step, "weights", {})
    return step


@pytest.mark.parametrize(("nobody", "actor"), [(0.5, "LVA"), (2.0, None)])
def test_heaviest_candidate_acts(weighing: Weighing, nobody: float, actor: str | None) -> None:
    """The party with the most evidence is the actor, or nobody where that weighs more; the step says on what evidence."""
    weighing.weights |= {"is subject": 1.0, "nobody": nobody}
    (figure,) = READER.read(OPEN).figures
    assert (figure.actor_code, figure.actor_name) == (actor, actor and "Latvia")
    told = [step for step in figure.steps if step.rule == "heaviest evidence"]
    assert [step.seed for step in told] == ["actor_weights"] * bool(actor)


def test_no_rule_is_overruled(weighing: Weighing) -> None:
    """What a rule found stands, however heavy the evidence against it; so does a rule's "nobody"."""
    weighing.weights |= {"nobody": 100.0}
    (figure,) = READER.read("Ukraine shot down 60 drones.").figures
    assert figure.actor_code == "UKR"
    weighing.weights |= {"nobody": -100.0}
    (figure,) = READER.read("Washington seeks a way to end the four-year war in Ukraine.").figures
    assert figure.actor_code is None


def test_no_weight_names_a_side() -> None:
    """What tells for one side tells as much for the other: no evidence speaks of a party by its name."""
    weights = {row.feature for row in load_seeds().rows(ActorWeight)}
    assert not {code for code in load_seeds().of(Actor) if any(code in name.split() for name in weights)}


def test_learned_weights_are_used() -> None:
    """The weights of the seeds are those of the reader."""
    step = next(step for step in READER.steps if isinstance(step, Weighing))
    assert step.weights["is subject"] > 0
