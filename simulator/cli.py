"""The command line: a thin door in front. Nothing but click is imported before a command runs."""

from __future__ import annotations

import os
import sys

import click

from simulator import __version__
from simulator.cli_advise import advise
from simulator.cli_compare import compare
from simulator.cli_files import explain, init, schema, validate
from simulator.cli_report import diff, report
from simulator.cli_run import BUG, INTERRUPTED, run
from simulator.cli_size import size
from simulator.cli_sweep import sweep_load

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="shardsim")
def cli() -> None:
    """A capacity simulator for Amazon Kinesis streams read by AWS Lambda.

    Describe a stream, its producers, functions and event source mappings in a YAML file and learn what latency,
    iterator age, loss and throttling to expect, what binds, and how long an outage takes to recover from.
    """


for command in (run, compare, size, advise, sweep_load, report, diff, validate, schema, init, explain):
    cli.add_command(command)


def main() -> None:
    """The entry point of `shardsim` and `python -m simulator`."""
    try:
        sys.exit(cli.main(standalone_mode=False))
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:  # Ctrl-C
        click.echo("interrupted", err=True)
        sys.exit(INTERRUPTED)
    except BrokenPipeError:  # the reader of our output has gone, as `head` does
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or Python would fail to flush it at its end
        sys.exit(BUG)
    except OSError as error:  # such as a full disk behind stdout
        click.echo(f"error: {error}", err=True)
        sys.exit(BUG)
