"""`aliscan baseline audit`: a person says of each entry whether it is a real credential."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator

from aliscan.detect import detect
from aliscan.finding import EXIT_CLEAN, EXIT_INTERRUPTED, AliscanError, Match, Part
from aliscan.git import show
from aliscan.i18n import _
from aliscan.triage import accept
from aliscan.triage.baseline import Baseline, Entry, hashed, path_bytes
from aliscan.triage.pragmas import scrub
from aliscan.triage.shelf import read_file

Labels = dict[tuple[str, str], bool | None]


def run(top: bytes, name: str, baseline: Baseline, save: Callable[[Baseline], None]) -> int:
    """Ask about every unlabelled entry; ``save`` gets the baseline with the answers, also of a part.

    Answers come from standard input, a line each: yes, no, skip, back, quit; its end is quit.
    """
    open_entries = sorted(
        (e for e in baseline.entries if e.label is None), key=lambda e: (e.path, e.line, e.hashed)
    )
    if not open_entries:
        print(_("{name}: every entry has a label; nothing to ask.").format(name=name))
        return EXIT_CLEAN
    labels: Labels = {}
    try:
        finished = _ask_all(top, open_entries, labels)
    except KeyboardInterrupt:
        finished = None
        print()
    if labels:
        save(accept.label(baseline, labels))
    real = sum(1 for value in labels.values() if value)
    text = _("{name}: {n} labelled, {real} of them real; {left} left")
    left = sum(1 for e in open_entries if e.key not in labels)
    print(text.format(name=name, n=len(labels), real=real, left=left))
    if real:
        print(_("A real credential must be rotated: it is in the history, where everybody has read it."))
    return EXIT_INTERRUPTED if finished is None else EXIT_CLEAN


def _ask_all(top: bytes, entries: list[Entry], labels: Labels) -> bool:
    """Fill ``labels``; returns whether the end of the list was reached."""
    at = 0
    while at < len(entries):
        entry = entries[at]
        print(f"\n[{at + 1}/{len(entries)}] {_title(entry)}")
        for line in _shown(top, entry):
            print(f"    {line}")
        answer = _answer(back=at > 0)
        if answer == "q":
            return False
        if answer == "b":
            at -= 1
            continue
        if answer == "s":
            labels.pop(entry.key, None)
        else:
            labels[entry.key] = answer == "y"
        at += 1
    return True


def _answer(*, back: bool) -> str:
    """The first letter of an answer: y, n, s, b or q."""
    valid = "ynsbq" if back else "ynsq"
    question = _("Is this a real credential? (y)es, (n)o, (s)kip, (b)ack, (q)uit: ")
    if not back:
        question = _("Is this a real credential? (y)es, (n)o, (s)kip, (q)uit: ")
    while True:
        sys.stdout.write(question)
        sys.stdout.flush()
        if sys.stdin.isatty():
            _wait()
        line = sys.stdin.readline()
        if not line:
            print()
            return "q"
        letter = line.strip()[:1].lower()
        if letter and letter in valid:
            return letter
        print(_("Please answer with one of these letters: {letters}").format(letters=", ".join(valid)))


def _wait() -> None:
    """Until somebody has typed a line, or a signal has come.

    A Ctrl-C that falls between Python's last look at its signals and the beginning of a read does not
    end that read. It writes a byte into the pipe here, and so it ends this.
    """
    if sys.platform == "win32":
        return
    import select
    import signal

    reader, writer = os.pipe()
    os.set_blocking(writer, False)
    before = signal.set_wakeup_fd(writer, warn_on_full_buffer=False)
    try:
        select.select([sys.stdin, reader], [], [])
    finally:
        signal.set_wakeup_fd(before)
        os.close(reader)
        os.close(writer)


def _title(entry: Entry) -> str:
    kind = show(entry.type[:80].encode("utf-8", "surrogatepass"))
    return f"{show(path_bytes(entry.path))}  {kind}"


def _shown(top: bytes, entry: Entry) -> Iterator[str]:
    """The lines of an entry's value, values masked, with a line before and after; or why there are none."""
    path = path_bytes(entry.path)
    try:
        data = read_file(os.path.join(top, path), show(path), below=top)
    except AliscanError as error:
        yield str(error)
        return
    found = list(_holders(data or b"", path, entry.hashed)) or list(_holders(path, path, entry.hashed))
    if not found:
        yield _("The value is no longer there: aliscan baseline update takes the entry out.")
        return
    match, part = found[0]
    yield f"{part.kind} {part.masked}, {match.severity.label}"
    yield from _lines(data or b"", match, part)


def _holders(data: bytes, path: bytes, sha1: str) -> Iterator[tuple[Match, Part]]:
    for match in detect(data, path).matches:
        for part in match.parts:
            if hashed(part) == sha1:
                yield match, part


def _lines(data: bytes, match: Match, part: Part) -> Iterator[str]:
    """Lines around a part, with everything taken out that looks like a credential of anybody."""
    if match.member or part.via:
        return  # the lines of a file are not those of what is packed or encoded in it
    lines = data.split(b"\n")
    for number in range(max(1, part.place.line - 1), min(len(lines), part.place.line + 1) + 1):
        raw = lines[number - 1]
        for other in match.parts:
            raw = raw.replace(other.secret.reveal(), other.masked.encode("ascii"))
        mark = ">" if number == part.place.line else " "
        yield f"{mark}{number:5} {scrub(raw.decode('utf-8', 'replace'))}"
