"""Two runs side by side: every difference is named, nothing else is, and no secret is shown."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gate.compare import Comparison, Files, as_json, as_text, compared, differences
from gate.compare.packages import packages, python
from gate.evidence import Run, Scalar
from gate.lineage import size_text
from gate.origin import Origin, Version
from gate.patch import touched
from gate.ports import Relation
from gate.secrecy import HIDDEN, masked

MAPPING = st.dictionaries(st.text(max_size=6), st.text(max_size=6), max_size=8)
PACKAGES = """# Python 3.11.7 (main, May  9 2026, 07:35:25) [GCC 12.2.0]

clearml == 2.1.12
scikit_learn == 1.9.1  # a comment
Pandas>=2,<4
torch[cuda]==2.0; sys_platform == "linux"
-e git+https://github.com/skyline/owls.git@abc#egg=Owls_Lib
git+https://github.com/skyline/nest.git@def
own @ https://example.org/own-1.0.whl
--extra-index-url https://example.org/simple
"""


def origin(**changed: object) -> Origin:
    of_run = {"id": "a" * 32, "name": "train", "project": "Owls", "status": "completed", "commit": "1" * 40}
    fields = {name: changed.pop(name) for name in list(changed) if name in Run.__dataclass_fields__}
    run = Run(**{"repository": "https://github.com/skyline/owls", **of_run, **fields})  # type: ignore[arg-type]
    return Origin(run, **changed)  # type: ignore[arg-type]


def side_by_side(a: Origin, b: Origin, files: Files | None = None, **versions: Version) -> Comparison:
    return compared(a, b, {version.id: version for version in versions.values()}, files or Files({}, {}))


def named(found: Comparison, section: str) -> dict[str, tuple[str | None, str | None]]:
    return {line.name: (line.a, line.b) for line in found.section(section).differing}


@settings(max_examples=40)
@given(MAPPING, MAPPING)
def test_differences_are_those_of_the_two_mappings(a: dict[str, str], b: dict[str, str]) -> None:
    found = differences(a, b)
    by_kind = {
        kind: {line.name for line in found if line.kind == kind} for kind in ("added", "removed", "changed", "same")
    }
    assert by_kind["added"] == b.keys() - a.keys()
    assert by_kind["removed"] == a.keys() - b.keys()
    assert by_kind["changed"] == {name for name in a.keys() & b.keys() if a[name] != b[name]}
    assert by_kind["same"] == {name for name in a.keys() & b.keys() if a[name] == b[name]}
    assert [line.name for line in found] == sorted(a.keys() | b.keys())
    assert {line.name: line.b for line in differences(b, a)} == {line.name: line.a for line in found}


@given(MAPPING)
def test_a_run_does_not_differ_from_itself(values: dict[str, str]) -> None:
    one = origin(parameters=values, packages="numpy == 2.0", diff="x", datasets=values)
    found = side_by_side(one, one)
    assert found.same
    assert "differ" in as_text(found)
    assert not any(section["lines"] for section in json.loads(as_json(found))["sections"].values())


def test_packages_are_compared_by_the_names_that_indexes_know() -> None:
    found = packages(PACKAGES)
    assert found == {
        "clearml": "2.1.12",
        "scikit-learn": "1.9.1",
        "pandas": "<4,>=2",
        "torch[cuda]": '2.0 ; sys_platform == "linux"',
        "owls-lib": "git+https://github.com/skyline/owls.git@abc#egg=Owls_Lib",
        "nest": "git+https://github.com/skyline/nest.git@def",
        "own": "https://example.org/own-1.0.whl",
        "--extra-index-url https://example.org/simple": "--extra-index-url https://example.org/simple",
    }
    assert python(PACKAGES) == "3.11.7"
    assert packages("numpy=2.0.1=py311_0\n") == {"numpy": "2.0.1"}
    assert packages("") == {}
    assert python("numpy") == ""


def test_each_part_names_what_differs_and_only_that() -> None:
    versions = {"v1": Version("1" * 32, "flights", "1.0.0", size=838_102), "v2": Version("2" * 32, "flights", "1.1.0")}
    a = origin(
        parameters={"General/seed": "7", "General/trees": "24", "Args/old": "1"},
        datasets={"train": "1" * 32, "exam": "3" * 32},
        packages="# Python 3.11.7\nnumpy == 2.0\npandas == 3.0\n",
        scalars={"test/accuracy": Scalar(0.5, 0.5, 0.5), "loss/train": Scalar(1.0, 1.0, 1.0)},
        entry_point="train.py",
    )
    b = origin(
        id="b" * 32,
        commit="2" * 40,
        parameters={"General/seed": "8", "General/trees": "24", "Args/new": ""},
        datasets={"train": "2" * 32, "exam": "3" * 32},
        packages="# Python 3.12.1\nnumpy == 2.1\npandas == 3.0\nscipy == 1.0\n",
        scalars={"test/accuracy": Scalar(0.6, 0.5, 0.6), "loss/train": Scalar(1.0, 1.0, 1.0)},
        entry_point="train.py",
    )
    files = Files(
        {"a.py": "1", "b.py": "2", "same": "x"}, {"a.py": "9", "c.py": "3", "same": "x"}, Relation("ahead", 1, 0, "u")
    )
    found = side_by_side(a, b, files, **versions)
    assert named(found, "parameters") == {"General/seed": ("7", "8"), "Args/old": ("1", None), "Args/new": (None, "")}
    assert named(found, "datasets") == {
        "train": (f"flights 1.0.0 · 838 kB · {'1' * 32}", f"flights 1.1.0 · {'2' * 32}")
    }
    assert named(found, "code") == {"commit": ("1" * 40, "2" * 40)}
    assert named(found, "files") == {"a.py": ("1", "9"), "b.py": ("2", None), "c.py": (None, "3")}
    assert named(found, "packages") == {
        "numpy": ("2.0", "2.1"),
        "scipy": (None, "1.0"),
        "(Python)": ("3.11.7", "3.12.1"),
    }
    assert named(found, "results") == {"test/accuracy": ("0.5", "0.6")}
    assert named(found, "machine") == {}
    text = as_text(found)
    assert "  ~ General/seed: 7 -> 8" in text
    assert "  + Args/new: (empty)" in text
    assert "General/trees" not in text
    assert "General/trees: 24" in as_text(found, everything=True)


def test_uncommitted_changes_are_named_by_their_files() -> None:
    patch = "diff --git a/train.py b/train.py\n--- a/train.py\n+++ b/train.py\n@@ -1 +1 @@\n-a\n+b\n"
    found = side_by_side(origin(), Origin(origin(diff="f" * 64).run, diff=patch))
    assert named(found, "uncommitted files") == {"train.py": (None, f"patch {'f' * 12}")}
    assert named(found, "code") == {"uncommitted changes": ("none", f"sha256 {'f' * 12}")}


def test_what_is_not_known_is_said() -> None:
    found = side_by_side(origin(packages=""), origin(packages="numpy == 2"), Files(None, {}, None, "commit x is gone"))
    assert found.section("files").note == "commit x is gone"
    assert found.section("files").lines == ()
    assert found.section("packages").note == "no requirements were recorded with A"
    assert "  ? commit x is gone" in as_text(found)


SECRET = "hunter2-long-enough"
SECRETS = [
    "Args/password",
    "General/api_key",
    "Args/aws_secret_access_key",
    "x/token",
    "DB/pwd",
    "hf_token",
    "my-credentials",
]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_named_as_changed_and_shown_nowhere(name: str) -> None:
    found = side_by_side(origin(parameters={name: SECRET}), origin(parameters={name: f"{SECRET}-new"}))
    (line,) = found.section("parameters").differing
    assert (line.name, line.kind, line.a, line.b) == (name, "changed", HIDDEN, HIDDEN)
    assert SECRET not in as_text(found, everything=True) + as_json(found, everything=True) + repr(found.sections)


@pytest.mark.parametrize(
    "text",
    [
        "postgres://noor:hunter2@db/x",
        "ghp_" + "a" * 36,
        "AKIA" + "A" * 16,
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc",
        "-----BEGIN RSA PRIVATE KEY-----\nMIIE",
    ],
)
def test_what_looks_like_a_secret_is_hidden_whatever_its_name(text: str) -> None:
    shown = masked("General/comment", text)
    assert HIDDEN in shown
    for part in ("hunter2", "a" * 36, "AKIAA", "eyJzdWI", "MIIE"):
        assert part not in shown


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("General/max_tokens", "51200"),
        ("General/tokenizer", "bert-base"),
        ("General/seed", "7"),
        ("General/pad_token", "<pad>"),
        ("Args/sort_key", "date"),
        ("Args/author", "mira"),
        ("Args/token", ""),
        ("Args/use_auth", "True"),
    ],
)
def test_what_is_no_secret_is_shown(name: str, value: str) -> None:
    assert masked(name, value) == value


def test_hostile_names_are_one_line_of_text() -> None:
    bad = "x\n::set-output\x1b[2J\u202e"
    found = side_by_side(origin(parameters={bad: bad}), origin(name=bad, parameters={}))
    assert all(line.isprintable() for line in as_text(found, everything=True).split("\n"))


@pytest.mark.parametrize(
    ("diff", "files"),
    [
        ("", []),
        ("diff --git a/x.py b/x.py\nindex 1..2\n", ["x.py"]),
        ("diff --git a/old.py b/new.py\nrename from old.py\n--- a/old.py\n+++ b/new.py\n", ["old.py", "new.py"]),
        ('diff --git "a/sp ace.py" "b/sp ace.py"\n', ["sp ace.py"]),
        ("diff --git a/a b.py b/a b.py\n+++ b/a b.py\n", ["a b.py"]),
        ("--- a/gone.py\n+++ /dev/null\n", ["gone.py"]),
        ("no patch at all", []),
    ],
)
def test_a_patch_names_the_files_that_it_touches(diff: str, files: list[str]) -> None:
    assert touched(diff) == files


@pytest.mark.parametrize(
    ("size", "text"),
    [(None, ""), (0, "0 B"), (999, "999 B"), (838_102, "838 kB"), (2_333_160, "2.33 MB"), (10**16, "1e+04 TB")],
)
def test_sizes_have_three_digits_and_a_unit(size: int | None, text: str) -> None:
    assert size_text(size) == text
