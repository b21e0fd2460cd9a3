"""The command line: what each command is called, and what it takes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

import typer

from gate import __version__
from gate.cli import (
    checkup,
    compare,
    dashboard,
    doctor,
    drift,
    evaluate,
    explain,
    init,
    judge,
    options,
    retrain,
    selftest,
    settling,
)
from gate.cli.auto import Promote
from gate.cli.bounded import bounded, guarded
from gate.cli.ending import Ending, FailOn
from gate.cli.evaluate import WIDE
from gate.cli.judge import Format
from gate.cli.notices import TELLING
from gate.cli.options import ScopeName, Seconds
from gate.late import alone

app = typer.Typer(
    name="gate",
    help="May a newly trained model replace the current best one?",
    no_args_is_help=True,
    invoke_without_command=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,  # boxes would cost more than half of the time of --help
)


@app.callback()
def general(
    context: typer.Context,
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.", is_eager=True)] = False,
) -> None:
    if version:
        typer.echo(f"promotion-gate {__version__}")
        raise typer.Exit
    if context.invoked_subcommand != "sandbox":  # its agent runs trainings, which may want the threads
        alone()


@app.command()
def check(
    pr: Annotated[int | None, typer.Option("--pr", help="Number of the pull request to judge.", min=1)] = None,
    commit: Annotated[str | None, typer.Option(help="Full sha of the commit to judge, 40 digits.")] = None,
    scope: ScopeName = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.text,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file, not to the terminal.")] = None,
    reports: options.Reports = None,
    post: Annotated[bool, typer.Option(help="Post the commit status and the comment, if the token may.")] = True,
    comment: options.Comment = True,
    policy: options.Policy = "",
    wait: options.Wait = 0.0,
    fail_on: options.Red = FailOn.unknown,
    promote: options.Promotion = Promote.manual,
    timeout: Seconds = 30,
) -> None:
    """Judge the model of a pull request or commit against the best one.

    Without --pr and --commit the commit comes from the GitHub event (GITHUB_EVENT_PATH), then from COMMIT_ID.
    Options may also be given as GATE_POLICY, GATE_FAIL_ON and so on.

    \b
    Exit codes:
      0  passed, or a person must review
      1  failed: a rule is broken
      2  configuration or usage
      3  unknown: evidence is missing
      4  a service is unreachable or refuses
      5  conflict about who is best
      6  a person must review, with --fail-on review
    """
    wish = judge.Wish(pr, commit, scope, form, output, post, comment, policy, wait, promote, reports)
    ending = Ending(fail_on)
    bounded(timeout + wait, lambda: judge.check(wish, timeout, ending), ending, grace=TELLING)


@app.command("doctor")
def examine(
    predictions: Annotated[
        Path | None, typer.Option(help="Instead: a Parquet file of predictions, or a folder of such files.")
    ] = None,
    form: Annotated[doctor.Format, typer.Option("--format", help="How to write what was found.")] = doctor.Format.text,
    timeout: Seconds = 60,
) -> None:
    """Look at everything that a check depends on: settings, ClearML, GitHub, permissions, clocks. Nothing is written.

    With --predictions: everything that is wrong with these files, and what they are good for.

    Exit codes: 0 all well, or the predictions can be counted; 2 something is ours to mend, 4 a service is unreachable.
    """
    if predictions is not None:
        raise typer.Exit(guarded(lambda: doctor.predictions(predictions, form)))
    bounded(timeout, lambda: checkup.checkup(form, timeout))


@app.command("selftest")
def selftest_(
    repository: Annotated[str, typer.Option(help="A scratch repository, OWNER/NAME, in which it may write.")],
    yes: Annotated[bool, typer.Option("--yes", help="Yes: write there and in ClearML, and remove it again.")] = False,
    reviewed: Annotated[
        bool, typer.Option("--even-under-review", help="Even if it is the repository under review.")
    ] = False,
    form: Annotated[doctor.Format, typer.Option("--format", help="How to write the answers.")] = doctor.Format.text,
    timeout: Seconds = 300,
) -> None:
    """Try every call to ClearML and GitHub once, and print what the real services answered. Cleans up after itself.

    Exit codes: 0 everything held that the gate relies on, 1 something did not, 2 usage, 4 a service failed.
    """
    wish = selftest.Wish(repository, yes, reviewed, form, timeout)
    raise typer.Exit(guarded(lambda: selftest.selftest(wish)))


@app.command("evaluate")
def evaluate_(
    best: Annotated[Path | None, typer.Argument(help="Predictions of the best: a Parquet file or a folder.")] = None,
    candidate: Annotated[Path | None, typer.Argument(help="Predictions of the candidate, likewise.")] = None,
    wide: Annotated[Path | None, typer.Option(help="Instead: one file with the predictions of both.")] = None,
    columns: Annotated[str, typer.Option(help="Its columns: the truth, the best, the candidate.")] = ",".join(WIDE),
    form: Annotated[
        evaluate.Format, typer.Option("--format", help="How to write the comparison; csv has a row per class.")
    ] = evaluate.Format.text,
    output: Annotated[Path | None, typer.Option(help="Write it to this file, not to the terminal.")] = None,
) -> None:
    """Compare two models by their prediction files, without ClearML, GitHub or a policy.

    Exit codes: 0 compared, 2 the files cannot be counted; every reason is listed.
    """
    wish = evaluate.Wish(best, candidate, wide, columns, form, output)
    raise typer.Exit(guarded(lambda: evaluate.evaluate(wish)))


@app.command("init")
def init_(
    project: Annotated[str, typer.Option(help="ClearML project, exactly.")] = "",
    task: Annotated[str, typer.Option(help="Name of the ClearML task, exactly.")] = "",
    tag: Annotated[str, typer.Option(help="The tag that the best run holds, or will hold.")] = "best",
    run: Annotated[str, typer.Option(help="Id of the run to look at; else the best one, else the newest.")] = "",
    output: Annotated[Path, typer.Option(help="Write the policy to this file.")] = Path("gate.toml"),
    force: Annotated[bool, typer.Option("--force", help="Replace files that exist.")] = False,
    schema: Annotated[bool, typer.Option(help="Write the JSON Schema beside it, for editors.")] = True,
    timeout: Seconds = 60,
) -> None:
    """Write a first policy with comments, from what a run of ClearML reported and predicted.

    Without --project, --task and --run it is a template, and no service is asked. Exit codes: 0 written, 2 not.
    """
    wish = init.Wish(project, task, tag, run, output, force, schema)
    bounded(timeout, lambda: init.init(wish, timeout))


@app.command("explain")
def explain_(
    file: Annotated[Path, typer.Argument(help="The policy.")] = Path("gate.toml"),
    schema: Annotated[bool, typer.Option("--schema", help="Instead: print the JSON Schema for editors.")] = False,
) -> None:
    """Print a policy in plain sentences, or every mistake in it with its line. Asks no service.

    Exit codes: 0 it can be obeyed, 2 it cannot.
    """
    raise typer.Exit(guarded(explain.schema if schema else lambda: explain.explain(file)))


@app.command("drift")
def drift_(
    run: Annotated[str | None, typer.Option(help="The ClearML run to watch; without it the best one.")] = None,
    candidate: Annotated[str | None, typer.Option(help="Another run: how much of the damage does it repair?")] = None,
    pr: Annotated[int | None, typer.Option("--pr", help="The same, as the run of a pull request.", min=1)] = None,
    scope: ScopeName = None,
    begin: Annotated[
        str | None, typer.Option("--from", help="First day of the current window, such as 2013-07-01.")
    ] = None,
    end: Annotated[str | None, typer.Option("--to", help="The day after its last.")] = None,
    slice_: Annotated[str | None, typer.Option("--slice", help="Only the rows of this slice: column=value.")] = None,
    reference: Annotated[
        Path | None, typer.Option(help="Instead of runs: a file or folder of test predictions.")
    ] = None,
    current: Annotated[Path | None, typer.Option(help="And a file or folder of later ones.")] = None,
    policy: Annotated[
        Path | None, typer.Option(help="With files: the gate.toml that holds; else its defaults.")
    ] = None,
    form: Annotated[Format, typer.Option("--format", help="How to write the report.")] = Format.text,
    output: Annotated[Path | None, typer.Option(help="Write the report to this file, not to the terminal.")] = None,
    timeout: Seconds = 60,
) -> None:
    """Say how far the world has moved away from a model since its test, with and without labels.

    \b
    Exit codes:
      0  steady
      1  drifted beyond what [drift] in gate.toml allows
      2  configuration or usage
      3  not enough evidence to call it steady
      4  a service is unreachable or refuses
    """
    window = drift.Window(begin, end, slice_)
    wish = drift.Wish(scope, run, candidate, pr, window, reference, current, policy, form, output)
    bounded(timeout, lambda: drift.drift(wish, timeout), grace=TELLING)


@app.command("dashboard")
def dashboard_(
    address: Annotated[
        str, typer.Option(envvar="STREAMLIT_SERVER_ADDRESS", help="The address to listen on.")
    ] = "127.0.0.1",
    port: Annotated[int, typer.Option(envvar="STREAMLIT_SERVER_PORT", help="And the port.", min=1, max=65535)] = 8501,
) -> None:
    """Serve the review pages, and finish whatever a crash cut short. docs/operations.md says how to run it for others.

    Beyond this machine it listens only where a sign-in is configured. SIGTERM ends it once what is in flight is done.
    """
    dashboard.dashboard(address, port)


@app.command("compare")
def compare_(
    a: Annotated[str, typer.Argument(help="A ClearML run, by its id.")],
    b: Annotated[str, typer.Argument(help="Another one.")],
    form: Annotated[
        compare.Format, typer.Option("--format", help="How to write the comparison.")
    ] = compare.Format.text,
    everything: Annotated[bool, typer.Option("--all", help="What is equal, too.")] = False,
    output: Annotated[Path | None, typer.Option(help="Write it to this file, not to the terminal.")] = None,
    timeout: Seconds = 60,
) -> None:
    """Say in what two runs differ: parameters, datasets, commits and their files, packages, machine and results.

    Exit codes: 0 compared, whether they differ or not; 2 configuration; 4 a service is unreachable or has no such run.
    """
    wish = compare.Wish(a, b, form, everything, output)
    bounded(timeout, lambda: compare.compare(wish, timeout))


app.add_typer(settling.app)


@app.command("retrain")
def retrain_(
    once: Annotated[bool, typer.Option("--once", help="Look once and stop, for cron and CI.")] = False,
    interval: Annotated[float, typer.Option(help="As a service: seconds between two looks.", min=1)] = 60,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Look once, say what would be done, change nothing.")
    ] = False,
    now: Annotated[bool, typer.Option("--now", help="Train now, in the name of GITHUB_TOKEN's person.")] = False,
    reason: Annotated[str, typer.Option(help="With --now: why. It is kept for ever.")] = "",
    dataset: Annotated[str, typer.Option(help="With --now: the id of a dataset version; else the newest.")] = "",
    scope: ScopeName = None,
    timeout: Seconds = 120,
) -> None:
    """Train the best model again on new data, on drift or by schedule, and ask for review of what comes of it.

    What gate.toml says under retrain is done once for each dataset version, however often this is killed or started.

    \b
    Exit codes, of one look (--once, --dry-run, --now):
      0  all that was due is under way, or nothing was
      1  refused, or a training ended without a model
      2  configuration or usage
      3  something that is needed to decide is not known
      4  a service is unreachable or refuses
      5  the journal of the loop does not verify
    As a service it goes on after any error but a first that is configuration, and ends with 0 at Ctrl-C or SIGTERM.
    """
    wish = retrain.Wish(scope, dry_run, now, reason, dataset)
    if once or dry_run or now:
        bounded(timeout, lambda: retrain.once(wish, timeout))
    raise typer.Exit(guarded(lambda: retrain.serve(wish, interval, timeout)))


@app.command(
    "sandbox",
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def sandbox(context: typer.Context) -> None:
    """Start a complete world on this machine to try everything in: servers, models, pull requests, dashboard."""
    from gate.sandbox.commands import sandbox_app  # its imports would slow every other command

    sandbox_app(context.args, prog_name="gate sandbox")


def main() -> Any:
    """The entry point of `gate` and `python -m gate`."""
    if os.environ.get("GATE_LOG"):
        from gate.logs import configure

        configure(os.environ)
    return app()
