"""Is the plugin in step? ``python -m bench.plugin``: the corpus through the real detect-secrets.

Lists every value that aliscan gives back and detect-secrets with aliscan's plugin does not, and why.
"""

from __future__ import annotations

import json
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

from bench import scanners
from fixtures.corpus import cases
from fixtures.export import export, place
from fixtures.judge import secret_values
from fixtures.render import SEED, render


def reason(data: bytes) -> str:
    """Why detect-secrets, which reads lines of UTF-8, could not see what a file holds."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        return "not UTF-8: detect-secrets skips the file, or was asked to read a container"
    return "zero bytes" if "\0" in text else ""


def main() -> int:
    """Print counts and differences; the exit code is 1 when one of them is not explained."""
    corpus = [render(case) for case in cases()]
    with tempfile.TemporaryDirectory() as folder:
        export(corpus, Path(folder), SEED)
        found: dict[str, set[str]] = defaultdict(set)
        ours: set[str] = set()
        for report in scanners.with_plugin(Path(folder) / "files"):
            found[report.path].add(report.digest)
            if scanners.names_alibaba(report.rule):
                ours.add(report.path)
    values = 0
    reasons: Counter[str] = Counter()
    strange = []
    for rendered in corpus:
        for label, value in secret_values(rendered).items():
            values += 1
            if not scanners.digests(value) & found[place(rendered)]:
                why = reason(rendered.data)
                reasons[why or "unexplained"] += 1
                if not why:
                    strange.append(f"{rendered.case.name}: {label}")
    alarms = [r.case.name for r in corpus if r.case.silent and place(r) in ours]
    print(json.dumps({"values": values, "found": values - sum(reasons.values()), "not found": reasons,
                      "unexplained": strange, "false alarms": alarms}, indent=1))  # fmt: skip
    return 1 if strange or alarms else 0


if __name__ == "__main__":
    sys.exit(main())
