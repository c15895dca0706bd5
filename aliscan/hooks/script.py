"""The text of an installed hook: bytes that git starts, and how to recognise them again.

One script for one repository, and one for the hooks directory of all repositories; they differ in
which other hooks they run first. Plain POSIX sh, so that Git for Windows runs it too.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass

# event of git -> the hook of ours that it runs
EVENTS = {
    "pre-commit": "pre-commit",
    "pre-merge-commit": "pre-merge-commit",
    "commit-msg": "commit-msg",
    "pre-push": "pre-push",
    "pre-receive": "pre-receive",
}
# Events whose hook reads standard input: every hook of a chain gets all of it.
READS_STDIN = frozenset({"pre-push", "pre-receive", "post-receive", "post-rewrite", "reference-transaction"})
PROBE = "--aliscan-probe"  # asks an installed hook for our own part alone (`aliscan doctor`)

_MARK = b"# aliscan hook 1, "
_DIGEST = b"# digest "
_HERE, _EVERYWHERE = b"this repository", b"all repositories"


@dataclass(frozen=True, slots=True)
class Script:
    """What an installed hook says about itself.

    ``active``: it runs aliscan, not only the hooks of others. ``intact``: unchanged since written.
    """

    event: str
    kept: bytes
    python: bytes
    everywhere: bool
    active: bool
    intact: bool


def quote(raw: bytes) -> bytes:
    """Any bytes (without NUL) as one word for sh."""
    return b"'" + raw.replace(b"'", b"'\\''") + b"'"


def render(
    event: str,
    python: bytes,
    *,
    kept: bytes = b"",
    everywhere: bool = False,
    previous: bytes = b"",
    library: bytes = b"",
    active: bool = True,
) -> bytes:
    """The script for one event of git.

    ``kept`` is the name, beside the script, of the hook that was there before. ``everywhere``: this
    is for the hooks directory of all repositories; it then runs the hook in ``previous`` (the
    directory that `core.hooksPath` named before, if any) and the repository's own. ``library`` is
    a folder that ``python -I`` does not search by itself and that holds this package. A script
    that is not ``active`` only runs the others.

    Other hooks run first: they may change the index, and what ours has seen is what is committed.
    """
    stdin = event in READS_STDIN
    values = {
        b"EVENT": event.encode(),
        b"HOOK": EVENTS.get(event, "").encode(),
        b"KEPT": quote(kept),
        b"PREVIOUS": quote(previous) + b" " if previous else b"",
        b"READ": b"input=$(cat; echo .)\n" if stdin else b"",
        b"FEED": b'printf %s "${input%.}" | ' if stdin else b"",
        # exec keeps no shell around; at the end of a pipe there is nothing to gain
        b"EXEC": b"" if stdin else b"exec ",
        b"CODE": quote(_code(library)),
        b"PYTHON": quote(python),
        b"SCOPE": _EVERYWHERE if everywhere else _HERE,
    }
    chain = _CHAIN_EVERYWHERE if everywhere else _CHAIN_HERE
    template = _BODY + chain + _END_CHAIN + (_OURS if active and event in EVENTS else b"exit 0\n")
    body = _fill(template, values)
    return _fill(_HEAD, values) + _DIGEST + _digest(body) + b"\n" + body


def _fill(template: bytes, values: dict[bytes, bytes]) -> bytes:
    return re.sub(rb"@([A-Z]+)@", lambda m: values[m[1]], template)


def parse(text: bytes) -> Script | None:
    """Recognise a script that `render` wrote, by any version; None for everything else."""
    first = re.search(rb"^# aliscan hook \d+, (all repositories|this repository): ([a-z0-9-]+)$", text, re.M)
    if not first:
        return None
    _, _, rest = text.partition(b"\n" + _DIGEST)
    digest, _, body = rest.partition(b"\n")
    return Script(
        event=first[2].decode(),
        kept=_assigned(b"kept", body),
        python=_assigned(b"python", body),
        everywhere=first[1] == _EVERYWHERE,
        active=not body.endswith(b"esac\nexit 0\n"),
        intact=digest == _digest(body) and text.startswith(b"#!/bin/sh\n" + _MARK),
    )


def _assigned(name: bytes, body: bytes) -> bytes:
    found = re.search(rb"^" + name + rb"=((?:'[^']*'|\\')*)$", body, re.M)
    return found[1].replace(b"'\\''", b"\0").replace(b"'", b"").replace(b"\0", b"'") if found else b""


def _digest(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest()[:16].encode()


def _code(library: bytes) -> bytes:
    path = f"import os; sys.path.append(os.fsdecode({library!r}))\n" if library else ""
    return f"import sys\n{path}{_START}".encode()


_START = """\
try:
    from aliscan.cli import run
except ImportError as error:
    print("aliscan: this hook cannot start (%s). Nothing was looked at, so git is stopped. Install "
          "aliscan again and run: aliscan install" % error, file=sys.stderr)
    sys.exit(3)
sys.exit(run())"""

_HEAD = (
    b"#!/bin/sh\n"
    + _MARK
    + b"""@SCOPE@: @EVENT@
# Written by `aliscan install`; `aliscan uninstall` takes it out and puts back what was here.
"""
)

_BODY = b"""kept=@KEPT@
python=@PYTHON@
@READ@case ${1-} in
--aliscan-probe) shift ;;
*)
"""
_END_CHAIN = b"    ;;\nesac\n"

_CHAIN_HERE = b"""\
    case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
    if [ -n "$kept" ] && [ -f "$here/$kept" ] && [ -x "$here/$kept" ]; then
        @FEED@"$here/$kept" "$@" || exit $?
    fi
"""

# .git/hooks without asking git, where that is sure: this runs for every event of every repository.
_CHAIN_EVERYWHERE = b"""\
    case $0 in */*) here=${0%/*} ;; *) here=. ;; esac
    if [ -z "${GIT_DIR-}" ] && [ -d .git ]; then
        own=.git/hooks
    elif [ -n "${GIT_DIR-}" ] && [ ! -e "$GIT_DIR/HEAD" ]; then
        own=$GIT_DIR/hooks  # `git init`, as of git 2.53: HEAD is only being written
    else
        own=$(git rev-parse --git-common-dir && echo .) || exit $?
        own=${own%??}/hooks
    fi
    for hook in ${kept:+"$here/$kept"} @PREVIOUS@"${own:-.git/hooks}"; do
        [ "$hook" = "$here/$kept" ] || hook=$hook/@EVENT@
        if [ -f "$hook" ] && [ -x "$hook" ]; then
            @FEED@"$hook" "$@" || exit $?
        fi
    done
"""

_OURS = b"""\
if [ ! -x "$python" ]; then
    printf '%s\\n' "aliscan: the Python of this hook is gone: $python" \\
        "aliscan: nothing was looked at, so git is stopped. Install it again and run: aliscan install" >&2
    exit 3
fi
# -I: nothing in the repository, however it is named, is imported in place of Python's own modules
@FEED@@EXEC@"$python" -I -c @CODE@ hook @HOOK@ "$@"
"""


def interpreter() -> tuple[bytes, bytes]:
    """The Python that runs now, and the folder to add so that ``python -I`` finds this package.

    The folder is empty when none is needed. ``-I`` leaves out the user's own site-packages and
    PYTHONPATH, where aliscan may well be.
    """
    import subprocess
    import sys

    python = os.fsencode(os.path.abspath(sys.executable))
    home = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    ask = "import os, aliscan; print(os.path.dirname(os.path.dirname(os.path.abspath(aliscan.__file__))))"
    done = subprocess.run([python, "-I", "-c", ask], capture_output=True, check=False, cwd=os.path.sep)
    if done.returncode == 0 and os.path.samefile(os.fsdecode(done.stdout[:-1]), home):
        return python, b""
    return python, os.fsencode(home)
