"""Where a model comes from and what became of it, from what tracker and ledger say."""

from __future__ import annotations

from gate.evidence import Run
from gate.lineage import Line, Lineage
from gate.origin import Origin, Version
from gate.record import Model, Override, Record
from tests.records import NEW, chain

V1, V2, V3 = (Version(digit * 32, "flights", f"1.{digit}.0", size=1000) for digit in "123")


def run(**changed: object) -> Run:
    fields = {"id": "new", "name": "train", "project": "Owls", "status": "completed", "commit": "1" * 40}
    return Run(**{"repository": "https://github.com/skyline/owls", **fields, **changed})  # type: ignore[arg-type]


def lineage(*records: Record, **changed: object) -> Lineage:
    return Lineage(Origin(run(**changed)), records=records)


def texts(lines: list[Line]) -> dict[str, str]:
    return {line.name: line.text for line in lines}


def test_data_is_followed_to_its_first_ancestor_and_a_circle_ends() -> None:
    versions = {
        V3.id: Version(V3.id, "flights", "1.3.0", (V2.id, "f" * 32)),
        V2.id: Version(V2.id, "flights", "1.2.0", (V1.id,), 1_432_805, 5),
        V1.id: Version(V1.id, "flights", "1.1.0", (V3.id,)),
    }
    found = Lineage(Origin(run(datasets={"train": V3.id})), versions).data()
    assert [(line.name, line.indent) for line in found] == [
        ("train", 0),
        ("made from", 1),
        ("made from", 2),
        ("made from", 1),
    ]
    assert found[1].text == f"flights 1.2.0 · 1.43 MB · 5 files · {V2.id}"
    assert found[3].text == f"{'f' * 32} (deleted, or no dataset)"
    assert texts(lineage().data()) == {"datasets": "none was recorded"}


def test_uncommitted_changes_are_named() -> None:
    diff = "".join(f"diff --git a/f{number}.py b/f{number}.py\n" for number in range(8))
    found = texts(Lineage(Origin(run(diff="abc" * 20), diff=diff)).code())
    assert found["uncommitted changes"] == (
        "yes: f0.py, f1.py, f2.py, f3.py, f4.py, f5.py and 2 more (sha256 abcabcabcabc)"
    )
    assert texts(lineage().code())["uncommitted changes"] == "none were recorded"
    assert texts(lineage(commit="").code())["commit"] == "not recorded"


def test_the_promotion_that_made_it_best_and_what_replaced_it_are_told() -> None:
    other = Model("other", "2" * 40, 9)
    records = [
        *chain("bootstrap", candidate=None),
        *chain("approve", "promoted", start=2, previous="a" * 64, comment="better"),
        *chain("promoted", start=4, previous="b" * 64, candidate=other, best=other),
    ]
    found = lineage(*records).fate()
    assert [line.name for line in found] == ["promoted", "replaced"]
    assert found[0].text == "2026-01-01 00:00 UTC by anna, on packet pppppppppppp: better"
    assert found[0].pull == NEW.pull
    assert found[1].text == "by run other on 2026-01-01 00:00 UTC, promoted"
    assert found[1].run == "other"
    assert texts(lineage(*records[:3]).fate())["now"] == "it is the best model"
    assert [line.name for line in lineage(*records[:1], id="old").fate()] == ["bootstrap", "now"]
    assert texts(lineage(*records[:1]).fate()) == {"decisions": "none so far"}


def test_a_rejection_and_an_override_are_part_of_the_fate() -> None:
    override = Model("new", "1" * 40, 7, Override("urgent", "noor", "2027-01-01T00:00:00Z"))
    granted = chain("promoted", start=2, previous="a" * 64, candidate=override, best=override)
    found = lineage(*chain("reject", comment="no"), *granted).fate()
    assert [line.name for line in found] == ["reject", "promoted", "now"]
    assert "OVERRIDE of noor until 2027-01-01: urgent" in found[1].text


def test_a_parent_that_nobody_has_any_more_is_said_to_be_gone() -> None:
    assert texts(lineage().kin()) == {"parent run": "none: it was not cloned"}
    (line,) = lineage(parent="p" * 32).kin()
    assert line.text == f"{'p' * 32} (deleted, or not to be seen)"
    (line,) = Lineage(Origin(run(parent="p")), parent=run(id="p")).kin()
    assert (line.text, line.run) == ("p", "p")
