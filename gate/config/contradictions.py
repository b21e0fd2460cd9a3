"""Settings that are right one by one and cannot stand together.

They are looked for in the file as it is written, so that they are told together with whatever else is wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from gate.config.kinds import KINDS
from gate.config.mistakes import Mistake
from gate.config.repeats import repeats
from gate.config.shown import found, meant
from gate.config.written import UNREADABLE, Rule, Scope, Written

MEANS = ("macro_f1", "weighted_f1")
MODEL = ("project", "task", "tag")
ANCHORED = [name for name, kind in KINDS.items() if "against" in kind.table.model_fields]
Said = Iterator[tuple[str, str]]  # the key that would have to change, or "" for the whole table; and a sentence


def contradictions(written: Written) -> list[Mistake]:
    """All of a file, each once."""
    found = [*_of_models(written), *_of_gate(written), *_of_approval(written), *_of_predictions(written)]
    for scope in written.scopes:
        found += [*repeats(scope), *_of_anchors(scope, written)]
    for rule in written.rules:
        for check in (_level, *CHECKS.get(rule.kind, ())):
            found += [Mistake((*rule.path, *filter(None, [key])), said) for key, said in check(rule, written)]
    return list(dict.fromkeys(found))


def _of_models(written: Written) -> Iterator[Mistake]:
    if written.data.get("scope"):
        for key in MODEL:
            if key in written.gate:
                yield Mistake(("gate", key), "each [[scope]] says this for itself; [gate] says it where there is none")
    elif not {"project", "task"} & set(written.gate):
        yield Mistake((), "no model is named: give [gate] a project and a task, or begin a [[scope]] for each model")
    elif missing := {"project", "task"} - set(written.gate):
        yield Mistake(("gate",), f"{missing.pop()} is missing: project and task name the model together")
    for scope in written.scopes:
        if scope.certain and not scope.rules:
            yield Mistake(scope.path, "no rule holds here: nothing demanded is not a pass; begin one with [[rule]]")
    yield from _twins(written)


def _twins(written: Written) -> Iterator[Mistake]:
    names: dict[object, Scope] = {}
    models: dict[object, Scope] = {}
    for scope in written.scopes:
        name = scope.table.get("name")
        model = (scope.table.get("project"), scope.table.get("task"), scope.table.get("tag", "best"))
        if isinstance(name, str) and names.setdefault(name, scope) is not scope:
            yield Mistake((*scope.path, "name"), f"two scopes are named {found(name)}")
        if all(isinstance(each, str) for each in model) and models.setdefault(model, scope) is not scope:
            yield Mistake(scope.path, f"two scopes are about the same model: {', '.join(map(found, model))}")


def _of_gate(written: Written) -> Iterator[Mistake]:
    opponents = [written.gate.get("against"), *(rule.table.get("against") for rule in written.rules)]
    if "anchor" in written.gate and not {"anchor", UNREADABLE} & {each for each in opponents if _is_word(each)}:
        said = 'nothing is compared with it; write against = "anchor" here, or in a rule of its own'
        yield Mistake(("gate", "anchor"), said)


def _of_approval(written: Written) -> Iterator[Mistake]:
    """What only people can give cannot be had without them."""
    table = written.data.get("approval")
    if not isinstance(table, Mapping) or table.get("allow_automatic") is not True:
        return
    team, approvals = table.get("team"), table.get("approvals")
    if isinstance(team, str) and team:
        yield Mistake(("approval", "allow_automatic"), "a workflow is no member of the team that must approve")
    if isinstance(approvals, int) and approvals > 1:
        yield Mistake(("approval", "allow_automatic"), "a workflow is not the several people who must approve")


def _of_anchors(scope: Scope, written: Written) -> Iterator[Mistake]:
    """best_ever is found by a metric that the runs reported."""
    general, anchor = written.gate.get("against"), written.gate.get("anchor", "best_ever")
    wanting = [rule for rule in scope.rules if rule.kind in ANCHORED and rule.table.get("against", general) == "anchor"]
    if anchor == "best_ever" and wanting and "metric" not in {rule.kind for rule in scope.rules}:
        said = 'is compared with best_ever, which is the best by the first rule of kind "metric", and there is none'
        yield Mistake(wanting[0].path, said)


def _is_word(value: object) -> bool:
    return isinstance(value, str) or value is UNREADABLE


def _of_predictions(written: Written) -> Iterator[Mistake]:
    if ("connection" in written.predictions) != ("table" in written.predictions):
        yield Mistake(("predictions",), "connection and table go together: the table is behind the connection")


def _level(rule: Rule, _: Written) -> Said:
    if rule.text("on_inconclusive") == "fail" and (level := rule.text("level")) in ("warn", "info"):
        yield "on_inconclusive", f'"fail" cannot be: a rule of level "{level}" never fails a verdict'


def _metric(rule: Rule, _: Written) -> Said:
    if not rule.gives("allowed_loss", "min", "max"):
        yield "", "demands nothing: give allowed_loss (how much worse than the best), min or max"
    low, high = rule.number("min"), rule.number("max")
    if low is not None and high is not None and low > high:
        yield "min", f"{found(low)} is more than max = {found(high)}: no value is both"
    if rule.gives("against") and not rule.gives("allowed_loss"):
        yield "against", "says what allowed_loss is counted from, and there is no allowed_loss"


def _compare(rule: Rule, _: Written) -> Said:
    if rule.gives("slice") and (rule.text("metric") or "").startswith("recall@"):
        yield "metric", "is not counted within slices: leave out slice, or choose accuracy or an F1"
    if rule.text("method") == "delta" and rule.text("metric") not in (None, *MEANS):
        yield "method", f"the delta method is for {' and '.join(MEANS)}; leave it out, and what fits the metric is done"


def _classes(rule: Rule, _: Written) -> Said:
    if rule.gives("critical") and not rule.gives("critical_loss"):
        yield (
            "critical",
            'demands nothing of these classes without critical_loss; for example critical_loss = "2pp"',
        )
    if rule.gives("critical_loss") and not rule.gives("critical"):
        yield "critical_loss", 'is about no class: name them, for example critical = ["stop sign"]'


def _slice(rule: Rule, written: Written) -> Said:
    column = (rule.text("slice") or "").partition("=")[0].strip()
    if column:
        yield from _uncounted("slice", [column], written)


def _slices(rule: Rule, written: Written) -> Said:
    columns = rule.table.get("columns")
    if columns is None and written.sliced == ():
        yield "", 'there is nothing to slice by: name columns in [predictions], for example slices = ["site"]'
    if isinstance(columns, list):
        yield from _uncounted("columns", [column for column in columns if isinstance(column, str)], written)


def _uncounted(key: str, columns: list[str], written: Written) -> Said:
    """Columns that are not counted by; nothing is said where the list could not be read."""
    for column in columns:
        if written.sliced is not None and column not in written.sliced:
            listed = ", ".join(map(found, written.sliced)) or "none"
            near = meant(column, written.sliced)
            yield key, f"{found(column)} is not among the slices of [predictions]; those are: {listed}{near}"


def _testset(rule: Rule, _: Written) -> Said:
    if rule.table.get("same") is False and rule.gives("min_matched"):
        yield "min_matched", "says how much of the test set must be the same, and same = false asks for none of it"


def _data(rule: Rule, _: Written) -> Said:
    if not rule.gives("project", "dataset", "ids") and rule.table.get("newest") in (None, False):
        yield "", "demands nothing: give project, dataset, ids, or newest = true"
    if rule.table.get("newest") is True and rule.gives("ids"):
        yield "newest", "demands a version that is not known yet, and ids lists the only ones that are allowed"


CHECKS: Mapping[str, tuple[Callable[[Rule, Written], Said], ...]] = {
    "metric": (_metric,),
    "compare": (_compare, _slice),
    "classes": (_classes, _slice),
    "slices": (_slices,),
    "testset": (_testset,),
    "data": (_data,),
}
