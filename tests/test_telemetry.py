"""Logs, metrics and readiness: what operators ask, without secrets and without names where they do not belong."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
import requests
from hypothesis import given as drawn
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette
from starlette.middleware import Middleware

from gate.access import Access
from gate.desk import Pulse, Worker
from gate.logs import configure
from gate.metrics import Metrics
from gate.operation import OVERDUE, Operation, not_ready
from gate.sandbox.serve import serve
from gate.secrecy import VARIABLES
from gate.surface import Surface
from gate.telemetry import LOG, about, tell
from gate.trail import Trail
from gate.workflow import Question, check
from tests.chat import until
from tests.reviewer import a_better_candidate, decision
from tests.small_world import SmallWorld
from tests.test_worker import ended

WELL = Pulse(alive=True, stopping=False, looked=3.0, trouble="", waiting=0, oldest=0.0, up=100.0)
Logged = Callable[..., io.StringIO]


@pytest.fixture
def logged() -> Iterator[Logged]:
    """Logs into a text, as the environment says; everything is as before at the end."""
    root = logging.getLogger()
    families = ("gate", "uvicorn", "streamlit", "websockets")
    named = [logging.getLogger(name) for name in [*root.manager.loggerDict] if name.partition(".")[0] in families]
    before = root.handlers, root.level, [(each.handlers, each.level, each.propagate) for each in named]

    def begin(**environment: str) -> io.StringIO:
        stream = io.StringIO()
        configure(environment, stream)
        return stream

    yield begin
    root.handlers, level, others = before
    root.setLevel(level)
    for each, (handlers, own, propagate) in zip(named, others, strict=True):
        each.handlers, each.propagate = handlers, propagate
        each.setLevel(own)
    logging.captureWarnings(False)


# -- logs


def test_a_line_of_json_has_the_event_its_facts_and_what_it_is_about(logged: Logged) -> None:
    stream = logged(GATE_LOG="json")
    with about(request="r-1", decision="d-1"):
        tell("decided", kind="approve", by="noor", pull=7, seconds=1.5, empty="")
    tell("elsewhere")
    first, second = map(json.loads, stream.getvalue().splitlines())
    assert {key: first[key] for key in ("level", "said", "request", "decision", "kind", "by", "pull", "seconds")} == {
        "level": "info",
        "said": "decided",
        "request": "r-1",
        "decision": "d-1",
        "kind": "approve",
        "by": "noor",
        "pull": 7,
        "seconds": 1.5,
    }
    assert first["at"].endswith("Z")
    assert "empty" not in first
    assert "request" not in second


def test_a_line_of_text_says_the_same(logged: Logged) -> None:
    stream = logged()
    tell("decided", logging.WARNING, kind="approve", comment="better on owls")
    assert stream.getvalue().split(" ", 1)[1] == 'WARNING decided kind=approve comment="better on owls"\n'


@pytest.mark.parametrize("form", ["text", "json"])
def test_no_secret_is_logged_whatever_repeats_it(logged: Logged, form: str) -> None:
    secrets = {name: f"s3cr3t-of-{name.lower()}" for name in VARIABLES}
    stream = logged(GATE_LOG=form, **secrets)
    looks = "https://hooks.slack.com/services/T0/B0/abcdefgh ghp_abcdefghijklmnopqrstuvwxyz012345"
    try:
        raise ValueError(f"refused {' '.join(secrets.values())} {looks}")
    except ValueError as error:
        tell("failed", logging.ERROR, True, why=error, url=f"https://me:hunter2@host/{secrets['GITHUB_TOKEN']}")
        logging.getLogger("uvicorn.error").error("%s", error)
    said = stream.getvalue()
    assert "refused" in said
    assert "Traceback" in said
    assert not [word for word in ("s3cr3t", "T0/B0", "ghp_abc", "hunter2") if word in said], said


@drawn(st.text(max_size=60))
def test_one_event_is_one_line_whatever_others_wrote_in_it(text: str) -> None:
    stream = io.StringIO()
    handlers = logging.getLogger().handlers
    try:
        configure({"GATE_LOG": "json"}, stream)
        tell("decided", comment=text)
    finally:
        logging.getLogger().handlers = handlers
    (line,) = stream.getvalue().split("\n")[:-1]
    assert json.loads(line)["said"] == "decided"
    assert line.isprintable()


def test_libraries_that_log_in_their_own_way_are_brought_into_line(logged: Logged) -> None:
    library = logging.getLogger("streamlit.runtime.example")
    library.propagate, own = False, io.StringIO()
    library.addHandler(logging.StreamHandler(own))
    stream = logged(GATE_LOG="json", GITHUB_TOKEN="s3cr3t-s3cr3t")
    library.warning("the script failed with %s", "s3cr3t-s3cr3t")
    assert own.getvalue() == ""
    told = json.loads(stream.getvalue())
    assert (told["logger"], "s3cr3t" in told["said"]) == ("streamlit.runtime.example", False)


def test_a_request_is_told_once(logged: Logged) -> None:
    stream = logged(GATE_LOG_LEVEL="debug")
    logging.getLogger("uvicorn.access").info("127.0.0.1 - GET /static/index.js")
    assert stream.getvalue() == ""


def test_the_level_is_a_setting_and_a_wrong_one_is_told_and_does_no_harm(logged: Logged) -> None:
    stream = logged(GATE_LOG_LEVEL="debug")
    tell("request", logging.DEBUG)
    assert "request" in stream.getvalue()
    assert configure({"GATE_LOG": "xml", "GATE_LOG_LEVEL": "loud"}, io.StringIO()) == (
        "GATE_LOG is 'xml'; allowed: text, json; GATE_LOG_LEVEL is 'loud'; allowed: debug, info, warning, error"
    )


def test_the_log_says_who_decided_what_and_every_step_of_it(owls: SmallWorld, logged: Logged) -> None:
    number, *_ = a_better_candidate(owls)
    stream = logged(GATE_LOG="json")
    worker = Worker(owls.connect)
    worker.start()
    click = decision(owls, number)
    with about(request="request-1"):
        progress = worker.submit(click)
    assert ended(progress).record is not None
    worker.stop(10)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    (done,) = [line for line in lines if line["said"] == "decided"]
    expected = {"kind": "approve", "end": "promoted", "by": "noor", "pull": number, "comment": "better on owls"}
    assert {key: done[key] for key in expected} == expected
    assert (done["decision"], done["request"]) == (click.nonce, "request-1")
    assert len([line for line in lines if line["said"] == "step" and line["decision"] == click.nonce]) > 5
    assert lines[-1]["said"] == "stopped"


# -- metrics


def scraped(metrics: Metrics) -> dict[tuple[str, str], float]:
    """By name and labels."""
    found = text_string_to_metric_families(metrics.text().decode())
    return {
        (sample.name, ",".join(f"{sample.labels[name]}" for name in sorted(sample.labels))): sample.value
        for family in found
        for sample in family.samples
    }


@pytest.fixture
def metrics() -> Iterator[Metrics]:
    made = Metrics(lambda: replace(WELL, waiting=2, oldest=7.5, looked=4.0))
    level = LOG.parent.level if LOG.parent else 0
    logging.getLogger("gate").setLevel(logging.DEBUG)
    made.listen()
    yield made
    made.close()
    logging.getLogger("gate").setLevel(level)


def test_checks_decisions_requests_and_errors_are_counted(owls: SmallWorld, metrics: Metrics) -> None:
    number, *_ = a_better_candidate(owls)
    owls.tracker.fail("tasks.get_all_ex", status=502)
    assert check(owls.connect(), Question(pull=number)).verdict.outcome.value == "passed"
    worker = Worker(owls.connect)
    worker.start()
    ended(worker.submit(decision(owls, number, kind="reject")))
    ended(worker.submit(decision(owls, number, login="lena")))
    worker.stop(10)
    found = scraped(metrics)
    assert found["gate_checks_total", "passed"] >= 1
    assert found["gate_check_seconds_count", ""] == sum(
        value for (name, _), value in found.items() if name == "gate_checks_total"
    )
    assert found["gate_decisions_total", "reject,reject"] == 1
    assert found["gate_decisions_total", "refused,approve"] == 1
    assert found["gate_reconciles_total", "done"] >= 1
    assert found["gate_service_requests_total", "unavailable,clearml"] == 1
    assert found["gate_service_requests_total", "ok,github"] > 5
    assert found["gate_service_request_seconds_count", "clearml"] > 3
    assert (found["gate_decisions_waiting", ""], found["gate_oldest_decision_seconds", ""]) == (2, 7.5)
    assert found["gate_reconcile_age_seconds", ""] == 4


def test_metrics_hold_no_names(owls: SmallWorld, metrics: Metrics) -> None:
    number, _, candidate = a_better_candidate(owls)
    worker = Worker(owls.connect)
    worker.start()
    ended(worker.submit(decision(owls, number)))
    worker.stop(10)
    said = metrics.text().decode()
    names = ("noor", "owls", "skyline", "127.0.0.1", "Owls", "token", candidate, owls.main()[:12])
    assert not [name for name in names if name in said]


def test_every_run_of_a_page_is_counted_with_its_time(owls: SmallWorld, opened: Any, metrics: Metrics) -> None:
    at = opened(owls, "ledger")
    before = scraped(metrics)
    assert before["gate_page_runs_total", "Ledger"] >= 1
    assert 0 < before["gate_page_seconds_sum", "Ledger"] < 60
    at.run()
    assert scraped(metrics)["gate_page_runs_total", "Ledger"] > before["gate_page_runs_total", "Ledger"]


def test_nobody_counts_what_nobody_tells_and_a_closed_handler_hears_nothing(metrics: Metrics) -> None:
    before = metrics.text().count(b"\n")
    LOG.warning("not an event")
    tell("an event that is not counted")
    assert metrics.text().count(b"\n") == before
    metrics.close()
    tell("judged", verdict="passed", seconds=1.0)
    assert ("gate_checks_total", "passed") not in scraped(metrics)


def test_what_cannot_be_counted_stops_nobody(metrics: Metrics, capsys: pytest.CaptureFixture[str]) -> None:
    class Nameless:
        def __str__(self) -> str:
            raise ValueError("no name")

    tell("decided", kind=Nameless(), end="promoted")
    assert "ValueError: no name" in capsys.readouterr().err
    tell("judged", verdict="passed", seconds=1.0)
    assert scraped(metrics)["gate_checks_total", "passed"] == 1


# -- readiness


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"alive": False}, "does not run"),
        ({"stopping": True}, "being stopped"),
        ({"looked": None}, "not yet looked"),
        ({"looked": None, "trouble": "configuration"}, "unfinished: configuration; the log says why"),
        ({"looked": OVERDUE - 1, "trouble": "service"}, ""),
        ({"looked": OVERDUE + 1, "trouble": "service"}, "unfinished has ended for 301 s: service"),
        ({"looked": OVERDUE + 1}, "the worker is busy"),
    ],
    ids=str,
)
def test_a_process_says_why_it_should_get_no_visitors(changed: Mapping[str, object], said: str) -> None:
    reasons = not_ready(replace(WELL, **changed))  # type: ignore[arg-type]
    assert bool(reasons) is bool(said)
    assert said in "; ".join(reasons)


def test_the_endpoints_answer_from_memory_alone(owls: SmallWorld) -> None:
    worker = Worker(owls.connect)
    around = [Middleware(Trail), Middleware(Surface, access=Access("oidc"))]
    app = Starlette(routes=Operation(lambda: worker, {}).routes, middleware=around)
    with serve(lambda _: app) as url:
        assert requests.get(f"{url}/readyz", timeout=5).status_code == 503
        worker.start()
        assert until(lambda: worker.pulse.looked is not None)
        heard = len(owls.forge.heard), len(owls.tracker.heard)
        answers = {path: requests.get(url + path, timeout=5) for path in ("/healthz", "/readyz", "/metrics")}
        assert (len(owls.forge.heard), len(owls.tracker.heard)) == heard
        worker.stop(5)
        after = {path: requests.get(url + path, timeout=5) for path in ("/healthz", "/readyz")}
    assert {path: answer.status_code for path, answer in answers.items()} == dict.fromkeys(answers, 200)
    assert answers["/healthz"].json()["alive"] is True
    assert answers["/readyz"].json()["reasons"] == []
    assert "gate_worker_alive 1.0" in answers["/metrics"].text
    assert answers["/metrics"].headers["content-type"].startswith("text/plain; version=0.0.4")
    assert all(answer.headers["cache-control"] == "no-store" for answer in answers.values())
    assert [answer.status_code for answer in after.values()] == [200, 503]


# -- the name of a request


@pytest.mark.parametrize(("given", "kept"), [("proxy-request-1", True), ("x" * 80, False), ("a b\tc<d>", False)])
def test_a_request_keeps_the_name_that_the_proxy_gave_it_if_it_is_one(given: str, kept: bool) -> None:
    worker = Worker(lambda: pytest.fail("asked"))
    app = Starlette(routes=Operation(lambda: worker, {}).routes, middleware=[Middleware(Trail)])
    with serve(lambda _: app) as url:
        answer = requests.get(f"{url}/healthz", headers={"X-Request-Id": given}, timeout=5)
    assert (answer.headers["x-request-id"] == given) is kept
    assert len(answer.headers["x-request-id"]) >= 8
