"""Throw mutated files at detect: ``python tests/fuzz/fuzz_detect.py [libFuzzer options] [corpus folder]``.

Needs atheris. Begins with every rendered case of fixtures/ (values drawn at random), in the folder given,
or in a temporary one. Nothing may be raised, nothing may take longer than the limits allow, and every
place must lie inside the bytes. ``make fuzz FUZZ_SECONDS=600`` runs it.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["aliscan.detect", "aliscan.finding"]):
    from aliscan.detect import Limits, anchors, detect, search
    from aliscan.detect.containers import pdf, sqlite, streams, tar, zip  # noqa: F401
    from aliscan.detect.rules import family
    from aliscan.detect.views import VIEWS  # noqa: F401

    for _name in anchors.ANCHORS:
        family(_name)

_ = search
LIMITS = Limits(inflated=8 << 20, members=200, seconds=10)
PATHS = (b"", b"a.yml", b".env", b"config/access.yaml", b"x.gz")


def one(data: bytes) -> None:
    """One execution: the first byte chooses the path, the second whether an anchor is put in front."""
    if len(data) < 2:
        return
    path, text = PATHS[data[0] % len(PATHS)], data[2:]
    if data[1] & 1:
        text = b"aliyun accessKeySecret " + text
    found = detect(text, path, LIMITS)
    assert not any("takes longer" in reason or "failed" in reason for reason in found.unread), found.unread
    for match in found.matches:
        assert match.parts
        for part in match.parts:
            assert 0 <= part.start <= part.end
            assert match.member or part.end <= len(text)
            assert part.place.line >= 1
            assert part.place.column >= 1
            assert part.secret.reveal()


def seeds(folder: Path) -> None:
    """Write the labelled cases as a corpus."""
    sys.path.insert(0, str(Path(__file__).parents[2]))
    from fixtures.corpus import cases
    from fixtures.render import render

    for number, case in enumerate(cases()):
        data = render(case, number).data
        if len(data) < 20_000:
            (folder / f"{number:04}").write_bytes(b"\0\0" + data)


def main() -> None:
    """Hand over to libFuzzer."""
    folders = [a for a in sys.argv[1:] if not a.startswith("-")]
    folder = Path(folders[0] if folders else tempfile.mkdtemp(prefix="aliscan-fuzz-"))
    folder.mkdir(parents=True, exist_ok=True)
    if not any(folder.iterdir()):
        seeds(folder)
    options = [a for a in sys.argv if a.startswith("-")]
    atheris.Setup(
        [sys.argv[0], "-timeout=30", "-rss_limit_mb=2048", "-max_len=8192", *options, str(folder)], one
    )
    atheris.Fuzz()


if __name__ == "__main__":
    main()
