"""Reports: each format is one module here that renders a Report and computes nothing new.

A format module has one function, ``write(report, out)``: it writes the whole report as text to
``out`` (UTF-8 when it is a file of ours). Everything that comes from the scanned repository goes
through aliscan.formats.inert on its way.
"""

from __future__ import annotations

from aliscan.i18n import N_

TYPE_CHECKING = False  # typing is not imported on the fast path
if TYPE_CHECKING:
    from typing import Any, Protocol, TextIO

    from aliscan.finding import Report

    class Format(Protocol):
        """A module of this package."""

        def write(self, report: Report, out: TextIO) -> None:
            """Write the whole report to ``out``."""


# format -> its one-line help (a msgid); the module is aliscan.formats.<format>
FORMATS = {
    "text": N_("for a person at a terminal"),
    "json": N_("for programs, one object; its schema is in the package"),
    "jsonl": N_("for programs, one object a line"),
    "sarif": N_("SARIF 2.1.0, for code scanning"),
    "gitlab": N_("GitLab secret detection report"),
    "github": N_("annotations and step summary of GitHub Actions"),
    "junit": N_("JUnit XML, for Jenkins and most CI servers"),
    "csv": N_("a table for spreadsheets"),
    "markdown": N_("a report for people, as Markdown"),
    "html": N_("a report for people, as one HTML file"),
}


def load(name: str) -> Format:
    """Import the module of a format in `FORMATS`: only what is written is ever imported."""
    module: Any = __import__(f"aliscan.formats.{name}", fromlist=["write"])  # importlib imports warnings
    found: Format = module
    return found
