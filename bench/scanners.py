"""Run a secret scanner over a directory and collect what it says of each file.

Every function takes the directory, starts the scanner as a user would, without network, and yields
`Report`s. One that is not installed raises FileNotFoundError.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Report:
    """One thing that a scanner reports: the file, its rule's name, what it shows of the value.

    ``text`` is what the scanner prints of it; a scanner that prints only digests has ``digest``.
    """

    path: str
    rule: str
    text: str = ""
    digest: str = ""


def _tool(name: str) -> str:
    beside = Path(sys.executable).with_name(name)
    return str(beside) if beside.exists() else name


def _run(*command: str, cwd: Path) -> bytes:
    return subprocess.run(command, cwd=cwd, capture_output=True, check=False).stdout


def aliscan(directory: Path) -> Iterator[Report]:
    """The command line as users run it; its reports carry fingerprints, never values."""
    out = _run(_tool("aliscan"), "scan", "--format", "json", "--no-config", ".", cwd=directory)
    for finding in json.loads(out)["findings"]:
        path = finding["origin"]["path"] if "origin" in finding else finding["path"]
        for part in finding["parts"]:
            yield Report(path, finding["rule"], digest=part["fingerprint"])


def kingfisher(directory: Path) -> Iterator[Report]:
    """Validation off: nothing leaves the machine."""
    flags = ("--no-validate", "--no-update-check", "--git-history", "none", "--no-dedup", "--no-ignore")
    out = _run(
        _tool("kingfisher"), "scan", ".", *flags, "--confidence", "low", "--format", "json", cwd=directory
    )
    for found in json.loads(out.decode("utf-8", "replace").splitlines()[0])["findings"]:
        finding = found["finding"]
        captures = " ".join(map(str, finding.get("dependent_captures", {}).values()))
        yield Report(finding["path"], found["rule"]["id"], f"{finding['snippet']} {captures}")


def credsweeper(directory: Path) -> Iterator[Report]:
    """With its deep scanner, which opens containers and decodes, and files of every name."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        options = ("--depth", "5", "--pedantic", "--no-stdout", "--jobs", "2", "--save-json", str(report))
        _run(_tool("credsweeper"), "--path", ".", *options, cwd=directory)
        for found in json.loads(report.read_bytes()):
            for line in found["line_data_list"]:
                yield Report(line["path"], found["rule"], line["value"])


def detect_secrets(directory: Path, *options: str) -> Iterator[Report]:
    """All plugins that it has by default, all files; it gives SHA-1 of the values."""
    flags = ("-c", "2", "scan", "--all-files", "--no-verify", *options)
    out = _run(_tool("detect-secrets"), *flags, ".", cwd=directory)
    for path, found in json.loads(out)["results"].items():
        for secret in found:
            yield Report(path, secret["type"], digest=secret["hashed_secret"])


def with_plugin(directory: Path) -> Iterator[Report]:
    """detect-secrets with aliscan's plugin."""
    plugin = _run(_tool("aliscan"), "plugin-path", cwd=directory).decode().strip()
    return detect_secrets(directory, "-p", plugin)


SCANNERS: dict[str, Callable[[Path], Iterator[Report]]] = {
    "aliscan": aliscan,
    "kingfisher": kingfisher,
    "credsweeper": credsweeper,
    "detect-secrets": detect_secrets,
}
PACKAGES = {"kingfisher": "kingfisher-bin"}


def digests(text: str) -> set[str]:
    """The digests by which a scanner may name a value."""
    raw = text.encode()
    return {hashlib.sha256(raw).hexdigest()[:16], hashlib.sha1(raw, usedforsecurity=False).hexdigest()}


def names_alibaba(rule: str) -> bool:
    """Whether a rule claims that the value is Alibaba Cloud's."""
    return any(word in rule.lower() for word in ("alibaba", "aliyun", "dashscope", "dingtalk", "alipay"))
