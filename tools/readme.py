"""Put what `aliscan --help` prints into both READMEs: ``python tools/readme.py`` (make readme)."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
BLOCK = re.compile(r"(?<=```text\n)\S+ ?aliscan \[.*?(?=\n```)", re.DOTALL)


def main() -> None:
    """Rewrite the files that differ."""
    for name, language in (("README.md", "en"), ("README.zh-CN.md", "zh")):
        path = ROOT / name
        command = [str(Path(sys.executable).with_name("aliscan")), "--lang", language, "--help"]
        env = {**os.environ, "COLUMNS": "100", "PYTHONUTF8": "1", "NO_COLOR": "1"}
        shown = subprocess.run(command, check=True, capture_output=True, env=env).stdout.decode().rstrip("\n")
        text = path.read_text("utf-8")
        path.write_text(BLOCK.sub(lambda _: shown, text), "utf-8")  # noqa: B023


if __name__ == "__main__":
    main()
