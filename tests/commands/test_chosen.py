"""The command line of a gate without argparse: the same result, or none."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from aliscan.cli import of_command
from aliscan.commands import chosen, ci, scan
from aliscan.finding import AliscanError

WORDS = (
    *("--base", "--head", "--policy", "--full", "--strict", "--no-config", "--no-baseline", "--config"),
    *("--baseline", "--threshold", "--severity", "--format", "--output", "--verify", "--endpoint"),
    *("--timeout", "--lang", "--verify-cache", "--no_config", "--bas", "--full=1", "--help", "--", "-", "-1"),
    *("main", "origin/main", "HEAD~2", "", "high", "sarif", "sarif=x.json", "text", "html:-", "zh", "a b"),
    *("--base=main", "--head=", "--format=junit=a=b", "--format=nothing", "--base=-x", "--threshold=low"),
    *("--reports", "--command", "--reports=x", "--base=--head"),
)


def by_argparse(line: list[str], command: str = "ci") -> dict[str, object] | None:
    try:
        return vars(of_command(command).parse_args(line))
    except (SystemExit, AliscanError):
        return None


def test_the_defaults_are_argparse_s() -> None:
    assert by_argparse([]) == {**ci.DEFAULTS, "reports": []}
    assert by_argparse([], "scan") == {**scan.DEFAULTS, "reports": [], "paths": []}


@given(st.lists(st.sampled_from(WORDS), max_size=5))
@example(["--base", "origin/main", "--head=topic", "--format", "sarif=a.sarif", "--format", "text", "--full"])
def test_a_line_means_what_it_means_to_argparse(line: list[str]) -> None:
    found = chosen.usual(line, ci.DEFAULTS)
    assert found is None or vars(found) == by_argparse(line)


@given(st.lists(st.sampled_from(WORDS), max_size=5))
@example(["--format=json", "--strict", "--", "a", "b"])
@example(["--no-config", "a", "--strict"])
@example(["--format", "json", "a"])
@example(["-"])
def test_a_line_with_paths_means_what_it_means_to_argparse(line: list[str]) -> None:
    found = scan.usual(line)
    assert found is None or vars(found) == by_argparse(line, "scan")


def test_usual_scans_need_no_argparse() -> None:
    for line in (
        [],
        ["."],
        ["a", "b"],
        ["--", "a"],
        ["--strict"],
        ["--format=json", "a"],
        ["--no-config", "--", "a"],
    ):
        assert scan.usual(line) is not None


def test_what_is_usual_needs_no_argparse() -> None:
    for line in (
        [],
        ["--base", "origin/main", "--head", "topic"],
        ["--full", "--strict", "--threshold", "high"],
        ["--base=main", "--format", "sarif=x.sarif", "--format=github"],
    ):
        assert chosen.usual(line, ci.DEFAULTS) is not None
