"""`aliscan verify`: scan files, then ask Alibaba Cloud who the keys in them are."""

from __future__ import annotations

import argparse

from aliscan.commands import scan
from aliscan.commands.verifying import add_verify_arguments


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The options of this command: those of scan, and where to ask."""
    scan.add_scan_arguments(parser)
    add_verify_arguments(parser, flag=False)


def run(options: argparse.Namespace) -> int:
    """Scan, ask, report; the exit code is that of a scan."""
    options.verify = True
    return scan.run(options)
