"""The command line: a thin door in front. Nothing but click is imported before a command runs."""

from __future__ import annotations

import sys

import click

from simulator.cli_advise import advise
from simulator.cli_backtest import backtest
from simulator.cli_compare import compare
from simulator.cli_events import events
from simulator.cli_exit import BUG, TABLE
from simulator.cli_explore import explore
from simulator.cli_export import export
from simulator.cli_files import explain, schema, validate
from simulator.cli_import import import_
from simulator.cli_init import init
from simulator.cli_report import diff, report
from simulator.cli_run import run
from simulator.cli_signals import ending, heed_signals
from simulator.cli_size import size
from simulator.cli_streams import make_streams_fit
from simulator.cli_sweep import sweep_load
from simulator.version import __version__

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=CONTEXT, epilog=TABLE)
@click.version_option(__version__, prog_name="shardsim")
def cli() -> None:
    """A capacity simulator for Amazon Kinesis streams read by AWS Lambda.

    Describe a stream, its producers, functions and event source mappings in a YAML file and learn what latency,
    iterator age, loss and throttling to expect, what binds, and how long an outage takes to recover from.
    """


COMMANDS = (
    run, compare, size, advise, sweep_load, explore, report, diff, validate, schema, init, import_, export, backtest,
    events, explain,
)  # fmt: skip
for command in COMMANDS:
    cli.add_command(command)


def main() -> None:
    """The entry point of `shardsim` and `python -m simulator`."""
    make_streams_fit()
    heed_signals()
    try:
        sys.exit(_code())
    finally:
        sys.stdout.flush()  # here, where it can still be told that it fails


def _code() -> int:
    """Run the command; its exit code, unless it ends by itself."""
    try:
        return int(cli.main(standalone_mode=False) or 0)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except click.Abort as error:
        words, code = ending(error.__cause__)
        click.echo(words, err=True)
        return code
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        click.echo(f"error: a bug: {type(error).__name__}: {error}\nPlease report it.", err=True)
        return BUG
