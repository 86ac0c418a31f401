"""Fixed variables have their places in the records of a run that knew nothing of them."""

from __future__ import annotations

from dataclasses import replace

from gdcli.descent.fixed import with_fixed
from gdcli.records import Finished, Minimum, Started, Status, Step

STARTED = Started("minimize", "a*b + c", ("b",), {"b": 1.0}, "gd", "auto", 9, "native", "cpu", "float64", 0)
STEP = Step(1, 2.0, 3.0, {"b": 4.0})
FINISHED = Finished(
    command="minimize",
    expression="a*b + c",
    status=Status.STALLED,
    message="",
    x={"b": 5.0},
    value=0.0,
    gradient={"b": 6.0},
    gradient_norm=6.0,
    start={"b": 1.0},
    steps=1,
    evaluations=2,
    seconds=0.0,
    method="gd",
    lr="auto",
    engine="native",
    device="cpu",
    dtype="float64",
    seed=0,
    last=STEP,
    minima=(Minimum({"b": 7.0}, 0.0, 1),),
)


def test_every_point_has_every_variable_in_order() -> None:
    records = [STARTED, STEP, FINISHED, replace(FINISHED, last=None, minima=None)]
    started, step, finished, plain = with_fixed(records, ("a", "b", "c"), {"c": 9.0, "a": 8.0})

    def whole(b: float) -> list[tuple[str, float]]:
        return [("a", 8.0), ("b", b), ("c", 9.0)]

    assert isinstance(started, Started)
    assert started.variables == ("a", "b", "c")
    assert list(started.start.items()) == whole(1.0)
    assert isinstance(step, Step)
    assert list(step.x.items()) == whole(4.0)
    assert isinstance(finished, Finished)
    assert list(finished.x.items()) == whole(5.0)
    assert list(finished.start.items()) == whole(1.0)
    assert list(finished.gradient.items()) == [("a", 0.0), ("b", 6.0), ("c", 0.0)]
    assert finished.last == step
    assert finished.minima == (Minimum(dict(whole(7.0)), 0.0, 1),)
    assert isinstance(plain, Finished)
    assert plain.last is plain.minima is None
