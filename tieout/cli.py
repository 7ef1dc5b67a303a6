"""The command line: `tieout [--firm FILE] COMMAND`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path

import click
from rich.text import Text

from tieout.errors import EXIT_FAILED, EXIT_USAGE, TieoutError
from tieout.owner_teams import owner_codes

DEFAULT_FIRM = "firm.yml"
DEMO_FOLDER = Path(".tieout/demo")

_SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class _Day(click.ParamType[date]):
    """A day, written YYYY-MM-DD."""

    name = "date"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(f"{value!r} is not a day; write it as 2026-06-30.", param, ctx)


DAY = _Day()
PORT = click.IntRange(1, 65535)


@click.group(context_settings=_SETTINGS)
@click.option(
    "--firm",
    "firm",
    metavar="FILE",
    help="The firm file. Default: $TIEOUT_FIRM, else firm.yml here, else the last demo's.",
)
@click.version_option(package_name="tieout", message="tieout %(version)s")
@click.pass_context
def cli(context: click.Context, firm: str | None) -> None:
    """Metrics of a professional services firm that tie out to the systems they come from.

    \b
    Begin with a simulated firm:
      tieout demo
      tieout query billable_utilization --by month,practice
      tieout dashboard

    \b
    Or with your own (copy firm.example.yml to firm.yml):
      tieout doctor
      tieout refresh
    """
    context.obj = firm


def _firm_path(context: click.Context) -> Path:
    named = context.find_root().obj or os.environ.get("TIEOUT_FIRM")
    if named:
        return Path(named)
    if not Path(DEFAULT_FIRM).exists():
        demos = sorted(DEMO_FOLDER.glob("*/firm.yml"), key=lambda path: path.stat().st_mtime)
        if demos:
            click.echo(f"Using the demo firm {demos[-1]}.", err=True)
            return demos[-1]
    return Path(DEFAULT_FIRM)


def _question_options(command: Callable[..., None]) -> Callable[..., None]:
    """The options that every question to the metrics takes, in the order that --help shows them."""
    options = (
        click.option(
            "--where", multiple=True, metavar="FILTER", help="A filter; repeat it for more, all must hold."
        ),
        click.option(
            "--mode",
            default="as_was",
            show_default=True,
            metavar="MODE",
            help="as_was: everything in the structure of its day; as_is: in today's; as_reported: as closed.",
        ),
        click.option(
            "--currency",
            default="reporting",
            show_default=True,
            metavar="MODE",
            help="reporting, functional, transaction or constant.",
        ),
        click.option(
            "--population", metavar="NAME", help="billable_resources or firm. Default: the firm's policy."
        ),
        click.option("--from", "date_from", type=DAY, help="First day. Default: that of the first record."),
        click.option(
            "--to",
            "--as-of",
            "date_to",
            type=DAY,
            help="Last day; a balance is that of its end. Default: the as-of date of the version.",
        ),
    )
    for option in reversed(options):
        command = option(command)
    return command


@cli.command(context_settings=_SETTINGS)
@click.option(
    "--size", type=click.Choice(["tiny", "small", "medium", "large"]), default="small", show_default=True
)
@click.option("--seed", type=int, default=1, show_default=True, help="Another seed is another firm.")
@click.option(
    "--home", type=click.Path(path_type=Path), help="Folder of the demo. Default: .tieout/demo/SIZE."
)
def demo(size: str, seed: int, home: Path | None) -> None:
    """Simulate a firm, refresh from its systems, and print the headlines.

    \b
    Examples:
      tieout demo
      tieout demo --size tiny --seed 7
    """
    from tieout.demo import print_headlines, simulate
    from tieout.output import console

    out = home or DEMO_FOLDER / size
    click.echo(f"Simulating a {size} firm (seed {seed}) in {out} …", err=True)
    firm_path = simulate(out, size, seed)
    _refresh(firm_path, (), full=False, as_of=None, as_json=False)
    print_headlines(firm_path, str(firm_path), console())


@cli.command(context_settings=_SETTINGS)
@click.option("--system", "systems", multiple=True, metavar="NAME", help="Load only this system; repeatable.")
@click.option(
    "--full",
    is_flag=True,
    help="Ask the systems for everything, whatever the cursors say, and build every table anew.",
)
@click.option(
    "--as-of", type=DAY, help="The reporting date. Default: the firm file's, else the latest extraction."
)
@click.option("--json", "as_json", is_flag=True, help="Progress as JSON lines on standard output.")
@click.pass_context
def refresh(
    context: click.Context, systems: tuple[str, ...], full: bool, as_of: date | None, as_json: bool
) -> None:
    """Load, build, check and publish a new version; readers keep the old one until then.

    \b
    Examples:
      tieout refresh
      tieout refresh --system psa
      tieout --firm acme.yml refresh --as-of 2026-06-30 --json

    Exit codes: 0 published · 1 failed, the last version still serves · 2 wrong usage or firm file · 3 another
    refresh is running.
    """
    _refresh(_firm_path(context), systems, full=full, as_of=as_of, as_json=as_json)


def _refresh(
    firm_path: Path, systems: tuple[str, ...], *, full: bool, as_of: date | None, as_json: bool
) -> None:
    from tieout.firm import load_firm
    from tieout.progress import progress_for
    from tieout.refresh import Options
    from tieout.refresh import refresh as run

    with progress_for(as_json) as progress:
        try:
            run(load_firm(firm_path), Options(systems, full, as_of), progress)
        except TieoutError as error:
            if as_json:
                progress(
                    "failed", {"reason": error.message, "cure": error.cure, "exit_code": error.exit_code}
                )
            raise


@cli.command(context_settings=_SETTINGS)
@click.argument("metrics", nargs=-1, metavar="METRIC...")
@click.option("--by", multiple=True, metavar="DIM,DIM", help="Dimensions to group by, separated by commas.")
@_question_options
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    help="At most so many rows: of one metric the largest, of several or by time the first.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="Output.",
)
@click.option("--sql", is_flag=True, help="Print the SQL instead of the rows.")
@click.pass_context
def query(
    context: click.Context,
    metrics: tuple[str, ...],
    by: tuple[str, ...],
    where: tuple[str, ...],
    mode: str,
    currency: str,
    population: str | None,
    date_from: date | None,
    date_to: date | None,
    limit: int | None,
    form: str,
    sql: bool,
) -> None:
    """Ask for one or more metrics.

    \b
    Examples:
      tieout query billable_utilization
      tieout query billable_utilization billable_hours --by month,practice
      tieout query cost_standard --by project --where practice=Data --from 2026-04-01 --to 2026-06-30
      tieout query capacity_walk --by practice --format csv
      tieout query billable_hours --where 'practice in Data,Cloud' --where 'month>=2026-04' --format json
      tieout query wip_commercial --as-of 2026-03-31 --by contract --limit 10

    \b
    Filters (a value with a comma goes in double quotes):
      practice=Data    practice!=Data    practice in Data,Cloud    practice not in Data,Cloud
      month>=2026-04   month<=2026-06    month between 2026-04,2026-06    quarter=2026-Q2

    `tieout metrics` lists the metrics, `tieout metrics NAME` the dimensions of one. With --format csv the period, the
    currency and the notes go to standard error.
    """
    from tieout.filter_text import parse_filter
    from tieout.metrics_service import MetricsService, Query
    from tieout.output import as_csv, as_json, console, print_result, said_beside

    names = [name.strip() for metric in metrics for name in metric.split(",") if name.strip()]
    dimensions = [name.strip() for part in by for name in part.split(",") if name.strip()]
    service = MetricsService.open(_firm_path(context))
    try:
        question = Query(
            metrics=names,
            by=dimensions,
            where=[parse_filter(text) for text in where],
            mode=mode,
            currency=currency,
            date_from=date_from,
            date_to=date_to,
            population=population,
            limit=limit,
        )
        result = service.query(question)
        trusted = service.trust(question) if form != "csv" and not sql else {}
        whole = service.whole(question) if form == "table" and not sql else None
    finally:
        service.close()
    if sql:
        click.echo(result.sql)
    elif form == "json":
        click.echo(as_json(result, trusted))
    elif form == "csv":
        click.echo(as_csv(result), nl=False)
        for line in said_beside(result):
            click.echo(line, err=True)
    else:
        print_result(result, console(), trusted, whole)


@cli.command(context_settings=_SETTINGS)
@click.argument("query", required=False)
@click.option(
    "--file",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Read the statement from here.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "csv", "json"]),
    default="table",
    show_default=True,
    help="Output.",
)
@click.option(
    "--limit", type=click.IntRange(min=0), help="At most so many rows. A table shows the first 100."
)
@click.pass_context
def sql(context: click.Context, query: str | None, file: Path | None, form: str, limit: int | None) -> None:
    """Ask the published version in SQL (DuckDB). It can only be read.

    \b
    Examples:
      tieout sql "select * from metrics.billable_utilization order by month"
      tieout sql "describe marts.fct_time_entry"
      tieout sql --file margin.sql --format csv > margin.csv
      echo "from reconciliation.rec_check_result" | tieout sql
      tieout sql

    Without a statement it reads one from a pipe, else it prompts: statements end with ; and \\q leaves. A statement may
    take as long as TIEOUT_SQL_SECONDS says (60) and as much memory as TIEOUT_SQL_MEMORY (1GB).

    Exit codes: 0 done · 1 out of time or memory, or nothing is published · 2 the statement is wrong or not allowed.
    """
    from tieout import sql_console
    from tieout.errors import UsageError
    from tieout.firm import load_firm
    from tieout.output import console

    if query is not None and file is not None:
        raise UsageError("Name a statement or a file, not both.")
    statement = file.read_text(encoding="utf-8") if file is not None else query
    opened = sql_console.SqlConsole(load_firm(_firm_path(context)))
    try:
        if statement is None and sys.stdin.isatty():
            sql_console.prompt(opened, console())
            return
        with opened.run(sys.stdin.read() if statement is None else statement, limit) as answer:
            if form == "table":
                sql_console.print_table(answer, console())
            else:
                write = sql_console.write_json if form == "json" else sql_console.write_csv
                write(answer, lambda text: click.echo(text, nl=False))
    finally:
        opened.close()


@cli.command(context_settings=_SETTINGS)
@click.argument("metric")
@_question_options
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=20,
    show_default=True,
    help="At most so many rows, the largest first. All rows are summed, whatever the limit.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv"]),
    default="table",
    show_default=True,
    help="Output.",
)
@click.option("--sql", is_flag=True, help="Print the SQL of the number and of its rows, too.")
@click.pass_context
def explain(
    context: click.Context,
    metric: str,
    where: tuple[str, ...],
    mode: str,
    currency: str,
    population: str | None,
    date_from: date | None,
    date_to: date | None,
    limit: int,
    form: str,
    sql: bool,
) -> None:
    """Show the rows that make a number, where they come from, and that they sum to it.

    \b
    Examples:
      tieout explain wip_commercial --where practice=Data
      tieout explain billable_utilization --where practice=Data --where month=2026-06
      tieout explain cost_standard --where 'project=Data platform' --currency functional --limit 100 --format csv

    Takes the filters of `tieout query`. With --format csv the closing line goes to standard error.

    Exit codes: 0 the rows sum to the number · 1 they do not · 2 wrong usage.
    """
    from tieout import explain_text
    from tieout.filter_text import parse_filter
    from tieout.metrics_service import MetricsService, Query
    from tieout.output import console

    service = MetricsService.open(_firm_path(context))
    try:
        explanation = service.explain(
            Query(
                metrics=[metric],
                where=[parse_filter(text) for text in where],
                mode=mode,
                currency=currency,
                date_from=date_from,
                date_to=date_to,
                population=population,
            ),
            limit,
        )
    finally:
        service.close()
    if form == "json":
        click.echo(explain_text.as_json(explanation))
    elif form == "csv":
        click.echo(explain_text.as_csv(explanation), nl=False)
        click.echo(explanation.closing, err=True)
    else:
        explain_text.print_explanation(explanation, console(), sql=sql)
    if not explanation.agrees:
        raise click.exceptions.Exit(EXIT_FAILED)


@cli.command(context_settings=_SETTINGS)
@click.argument("id", metavar="ID")
@click.option(
    "--limit",
    type=click.IntRange(min=0),
    default=5,
    show_default=True,
    help="At most so many records of a kind.",
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def trace(context: click.Context, id: str, limit: int, form: str) -> None:
    """Show the chain that a record stands in: opportunity, contract, line, project, work, billing event, invoice,
    payment, revenue and ledger; and what is missing in it.

    \b
    Examples:
      tieout trace TE-0000042
      tieout trace erp:INV-00007
      tieout trace project:P-1001 --limit 20

    ID is that of the record in its system. Where several records have it, all are followed; put the system, the kind
    or both before it to mean one.

    Exit codes: 0 found · 2 nothing has this id.
    """
    from tieout import trace_text
    from tieout.metrics_service import MetricsService
    from tieout.output import console

    service = MetricsService.open(_firm_path(context))
    try:
        found = service.trace(id, limit)
    finally:
        service.close()
    if form == "json":
        click.echo(trace_text.as_json(found))
    else:
        trace_text.print_trace(found, console())


@cli.command(context_settings=_SETTINGS)
@click.argument("name", required=False)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.pass_context
def metrics(context: click.Context, name: str | None, form: str) -> None:
    """The catalogue, or all about one metric.

    \b
    Examples:
      tieout metrics
      tieout metrics billable_utilization
    """
    from tieout.catalogue_text import as_json, print_entry, print_list
    from tieout.metrics_service import MetricsService
    from tieout.output import console

    service = MetricsService.open(_firm_path(context))
    try:
        entries = service.describe(name)
    finally:
        service.close()
    if form == "json":
        click.echo(as_json(entries))
    elif name is None:
        print_list(entries, console())
    else:
        print_entry(entries[0], console())


@cli.command(context_settings=_SETTINGS)
@click.argument("id", metavar="[ID]", required=False)
@click.option(
    "--by",
    metavar="WHAT,WHAT",
    help="Group: check, project, contract, customer, practice or owner. check,project are the causes.",
)
@click.option("--check", metavar="ID", help="Only this check, such as B-01.")
@click.option("--owner", metavar="TEAM", help=f"Only what this team owns, by name or code: {owner_codes()}.")
@click.option(
    "--severity", type=click.Choice(["low", "medium", "high", "critical"]), help="Only this severity."
)
@click.option("--practice", metavar="NAME", help="Only this practice's.")
@click.option("--project", metavar="NAME|ID", help="Only this project's.")
@click.option("--contract", metavar="NAME|ID", help="Only this contract's.")
@click.option("--customer", metavar="NAME|ID", help="Only this customer's.")
@click.option(
    "--limit", type=click.IntRange(min=1, max=100_000), default=20, show_default=True, help="At most so many."
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["table", "json", "csv", "xlsx"]),
    default="table",
    show_default=True,
    help="Output. A workbook (xlsx) goes into the file of --out.",
)
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), metavar="FILE", help="Write into this file."
)
@click.pass_context
def breaks(
    context: click.Context,
    id: str | None,
    by: str | None,
    check: str | None,
    owner: str | None,
    severity: str | None,
    practice: str | None,
    project: str | None,
    contract: str | None,
    customer: str | None,
    limit: int,
    form: str,
    out: Path | None,
) -> None:
    """Where the systems disagree: what it costs, how old it is, whose it is and what to do.

    \b
    Examples:
      tieout breaks
      tieout breaks --by check,project
      tieout breaks --owner DEL --severity high
      tieout breaks --check B-01 --limit 100000 --format xlsx --out breaks.xlsx
      tieout breaks 1f0c23ab

    `counted` is the money that no earlier cause of its kind claims, in reporting currency: the list and the groups stand
    most money first. The headline holds what leaks and waits, each transaction once. ID is that of a break, as listed, or
    of the record that it is about: all that is known of it.
    """
    from tieout import break_list, break_page
    from tieout.errors import UsageError
    from tieout.metrics_service import MetricsService
    from tieout.output import console

    grouping = [name.strip() for name in (by or "").split(",") if name.strip()]
    asked = {
        "check": check,
        "owner_team": owner,
        "severity": severity,
        "practice": practice,
        "project": project,
        "contract": contract,
        "customer": customer,
    }
    if id is not None and (grouping or any(asked.values())):
        raise UsageError("One break is not filtered or grouped.", "Leave the options or the id out.")
    if id is not None and form in ("csv", "xlsx"):
        raise UsageError("One break is no table.", "Ask with --format json.")
    if form == "xlsx" and out is None:
        raise UsageError("A workbook needs a file.", "Add --out breaks.xlsx.")
    terminal = console()
    written: str | bytes | None = None
    service = MetricsService.open(_firm_path(context))
    try:
        rejected = service.version.rejected_note if id is None else ""
        if id is not None:
            page = break_page.open_page(service, id)
            written = break_page.as_json(page) if form == "json" else None
            show = partial(break_page.print_page, page, terminal)
        else:
            where = break_list.chosen(service, asked)
            about = {
                "as_of": service.version.as_of.isoformat(),
                "filters": ", ".join(f"{name} {value}" for name, value in asked.items() if value) or "none",
                "version": service.version.id,
                "firm": service.version.firm_name,
            }
            if grouping:
                found, totals = service.break_groups(grouping, where, limit), service.break_totals(where)
                none = "" if found.groups else break_list.nothing_fits(service, asked, where)
                show = partial(break_list.print_groups, found, totals, grouping, terminal, none)
                if form == "json":
                    written = break_list.groups_json(found, totals)
                elif form == "csv":
                    written = break_list.groups_csv(found, grouping)
                elif form == "xlsx":
                    written = break_list.groups_xlsx(found, grouping, about)
            else:
                rows, total = break_list.find(service, where, limit)
                if form == "json":
                    written = break_list.as_json(rows, total, break_list.results(service, where), [rejected])
                elif form == "csv":
                    written = break_list.as_csv(rows, about)
                elif form == "xlsx":
                    written = break_list.as_xlsx(rows, about)
                else:
                    totals, lines = service.break_totals(where), break_list.check_lines(service, where)
                    none = "" if rows else break_list.nothing_fits(service, asked, where)
                    show = partial(break_list.print_breaks, rows, totals, lines, terminal, none)
    finally:
        service.close()
    if out is not None:
        if written is None:
            raise UsageError("A table is for the terminal.", "With --out, add --format csv, json or xlsx.")
        data = written if isinstance(written, bytes) else written.encode("utf-8")
        out.write_bytes(data)
        click.echo(f"Wrote {out}", err=True)
    elif written is None:
        show()
        if rejected:
            terminal.print(Text(rejected, style="dim"), soft_wrap=True)
    else:
        click.echo(written, nl=form == "json")


@cli.command(context_settings=_SETTINGS)
@click.option("--port", type=PORT, default=8501, show_default=True)
@click.pass_context
def dashboard(context: click.Context, port: int) -> None:
    """Serve the dashboard on this machine (127.0.0.1).

    \b
    Examples:
      tieout dashboard
      tieout --firm acme.yml dashboard --port 8600
    """
    from tieout.metrics_service import MetricsService
    from tieout.paths import project_dir
    from tieout.ports import check_free

    firm_path = _firm_path(context).resolve()
    MetricsService.open(firm_path).close()
    check_free(port)
    click.echo(f"Dashboard: http://127.0.0.1:{port} (stop with Ctrl-C)", err=True)
    sys.stderr.flush()
    arguments = [
        "dashboard.serve",
        *("--server.address", "127.0.0.1", "--server.port", str(port), "--server.headless", "true"),
        *("--browser.gatherUsageStats", "false"),
    ]
    os.chdir(project_dir())  # streamlit reads .streamlit/config.toml from where it starts
    environment = {**os.environ, "TIEOUT_FIRM": str(firm_path), "DO_NOT_TRACK": "1"}
    os.execve(sys.executable, [sys.executable, "-m", *arguments], environment)  # noqa: S606 - no shell is wanted


@cli.command(context_settings=_SETTINGS)
@click.option("--serve", is_flag=True, help="Serve the page on this machine (127.0.0.1).")
@click.option("--port", type=PORT, default=8502, show_default=True)
@click.pass_context
def docs(context: click.Context, serve: bool, port: int) -> None:
    """Build the documentation of every table and column, with lineage.

    \b
    Examples:
      tieout docs
      tieout docs --serve
    """
    from tieout import docs_site
    from tieout.firm import load_firm
    from tieout.ports import check_free

    if serve:
        check_free(port)
    page = docs_site.build_docs(load_firm(_firm_path(context)))
    click.echo(str(page))
    if serve:
        click.echo(f"Docs: http://127.0.0.1:{port} (stop with Ctrl-C)", err=True)
        docs_site.serve(page, port)


@cli.command(context_settings=_SETTINGS)
@click.pass_context
def doctor(context: click.Context) -> None:
    """Check the firm file, systems, versions, pointer, lock, freshness and disk.

    Exit code 1 if something does not work.
    """
    from tieout.doctor import examine
    from tieout.output import console

    terminal = console()
    styles = {"ok": "green", "note": "yellow", "problem": "red"}
    problems = 0
    for finding in examine(_firm_path(context)):
        problems += finding.state == "problem"
        line = Text(f"{finding.state:<8}", style=styles[finding.state])
        line.append(f"{finding.subject}: {finding.text}", style="default")
        if finding.cure:
            line.append(f" → {finding.cure}", style="default")
        terminal.print(line, soft_wrap=True)
    if problems:
        raise click.exceptions.Exit(EXIT_FAILED)


@cli.command(context_settings=_SETTINGS)
@click.option(
    "--to", metavar="VERSION", help="The version to go back to. Default: the one before the current."
)
@click.pass_context
def rollback(context: click.Context, to: str | None) -> None:
    """Serve an earlier version again. Nothing is deleted; the next refresh starts from the version that serves.

    \b
    Examples:
      tieout rollback
      tieout rollback --to 20260630T020011000000Z
    """
    from tieout import ledger, publish
    from tieout.firm import load_firm
    from tieout.lock import refresh_lock

    home = load_firm(_firm_path(context)).home
    run_id = publish.new_version_id()
    with refresh_lock(home.lock, run_id):
        before, after = publish.rollback(home, to)
        ledger.append(
            home.ledger,
            {
                "run_id": run_id,
                "finished_at": datetime.now().astimezone().isoformat(),
                "result": "rolled back",
                "from": before,
                "version": after,
            },
        )
    click.echo(f"Version {after} serves now (before: {before}).")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; its exit code. Errors are one message with a cure on standard error, never a traceback."""
    try:
        outcome = cli.main(
            args=list(arguments) if arguments is not None else None, prog_name="tieout", standalone_mode=False
        )
        return outcome if isinstance(outcome, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.exceptions.Abort:
        click.echo("Interrupted.", err=True)
        return EXIT_FAILED
    except click.ClickException as error:
        error.show()
        return EXIT_USAGE
    except TieoutError as error:
        click.echo(error.message, err=True)
        if error.cure:
            click.echo(error.cure, err=True)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return EXIT_FAILED
    except Exception as error:
        if os.environ.get("TIEOUT_TRACEBACK"):
            raise
        first = next(iter(str(error).splitlines()), "")
        click.echo(f"{type(error).__name__}: {first}", err=True)
        click.echo("This was not foreseen. TIEOUT_TRACEBACK=1 shows where it happened.", err=True)
        return EXIT_FAILED


if __name__ == "__main__":
    sys.exit(main())
