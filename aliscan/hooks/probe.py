"""Prove that an installed hook refuses: show it a made-up key in an index and objects of its own.

Nothing is written to the repository: the index and every object are in a temporary folder, with the
repository's objects as an alternate. Other hooks in the chain are not run.
"""

from __future__ import annotations

import os
import secrets
import string
import subprocess
import tempfile
from dataclasses import dataclass

from aliscan import git
from aliscan.finding import Secret
from aliscan.git import Git, GitError
from aliscan.hooks import script

SECONDS = 60


@dataclass(frozen=True, slots=True)
class Answer:
    """What the hook did. ``refused``: it stopped git, because of the key that it was shown."""

    refused: bool
    status: int
    said: bytes


def ask(hook: bytes, event: str, top: bytes) -> Answer:
    """Run the hook (an absolute path) for ``event`` as git would, at the top of the repository."""
    with tempfile.TemporaryDirectory(prefix="aliscan-doctor-") as folder:
        made_up = _made_up_pair()
        try:
            arguments, stdin, extra = _situation(event, os.fsencode(folder), top, made_up)
        except (GitError, OSError) as error:
            return Answer(False, -1, str(error).encode())
        command = _command(hook, event, [script.PROBE, *arguments], with_stdin=bool(stdin))
        try:
            done = subprocess.run(
                command,
                cwd=top,
                input=stdin,
                capture_output=True,
                check=False,
                timeout=SECONDS,
                env={**os.environ, **extra},
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            return Answer(False, -1, str(error).encode())
    said = done.stderr + done.stdout
    known = Secret(made_up.split(b'"')[3]).fingerprint.encode() in said
    return Answer(done.returncode != 0 and known, done.returncode, said)


def _made_up_pair() -> bytes:
    """A key of the right shape that never was: drawn now, gone with the temporary folder."""
    draw = secrets.SystemRandom().choices
    letters = string.ascii_letters + string.digits
    # One of each class of characters, so that no rule takes the secret for a word.
    secret = "".join(draw(letters, k=27)) + "q7Z"
    return (
        f'access_key_id = "LTAI5t{"".join(draw(letters, k=18))}"\naccess_key_secret = "{secret}"\n'.encode()
    )


def _command(hook: bytes, event: str, arguments: list[str], *, with_stdin: bool) -> list[str | bytes]:
    # `git hook run` finds the hook as git itself does, but gives it no standard input before 2.41.
    if not with_stdin and git.version() >= (2, 36):
        return [git.executable(), "hook", "run", event, "--", *arguments]
    return [hook, *arguments]


def _situation(
    event: str, folder: bytes, top: bytes, content: bytes
) -> tuple[list[str], bytes, dict[str, str]]:
    """Arguments, standard input and environment of a hook that is about to let the key pass."""
    here = Git(os.fsdecode(top))
    objects = os.path.join(folder, b"objects")
    os.mkdir(objects)
    real = here.run("rev-parse", "--path-format=absolute", "--git-path", "objects").removesuffix(b"\n")
    before = os.environ.get("GIT_ALTERNATE_OBJECT_DIRECTORIES", "")
    extra = {
        "GIT_INDEX_FILE": os.fsdecode(os.path.join(folder, b"index")),
        "GIT_OBJECT_DIRECTORY": os.fsdecode(objects),
        "GIT_ALTERNATE_OBJECT_DIRECTORIES": os.pathsep.join(filter(None, [_alternate(real), before])),
    }
    away = Git(os.fsdecode(top), extra=tuple(extra.items()))
    if event == "commit-msg":
        message = os.path.join(folder, b"message")
        with open(message, "wb") as file:
            file.write(b"A message\n\n" + content)
        return [os.fsdecode(message)], b"", extra
    head = away.resolve("HEAD^{commit}")
    if head:
        away.run("read-tree", head)
    blob = away.run("hash-object", "-w", "--stdin", stdin=content).strip().decode()
    name = f"aliscan-doctor-{secrets.token_hex(4)}.txt"
    away.run("update-index", "--add", "--cacheinfo", f"100644,{blob},{name}")
    if event not in script.READS_STDIN:
        return [], b"", extra
    tree = away.run("write-tree").strip().decode()
    commit = _commit(away, tree, head)
    zeros = "0" * len(commit)
    if event == "pre-receive":
        extra["GIT_QUARANTINE_PATH"] = extra["GIT_OBJECT_DIRECTORY"]
        return [], f"{zeros} {commit} refs/heads/aliscan-doctor\n".encode(), extra
    place = os.fsdecode(os.path.join(folder, b"remote"))
    line = f"refs/heads/aliscan-doctor {commit} refs/heads/aliscan-doctor {zeros}\n"
    return [place, place], line.encode(), extra


def _commit(away: Git, tree: str, head: str | None) -> str:
    person = {"NAME": "aliscan doctor", "EMAIL": "doctor@localhost", "DATE": "@1 +0000"}
    who = tuple((f"GIT_{role}_{key}", v) for role in ("AUTHOR", "COMMITTER") for key, v in person.items())
    signed = Git(away.directory, away.foreign, (*away.extra, *who))
    parent = ("-p", head) if head else ()
    return signed.run("commit-tree", "--no-gpg-sign", *parent, tree, stdin=b"doctor\n").strip().decode()


def _alternate(path: bytes) -> str:
    """A path as GIT_ALTERNATE_OBJECT_DIRECTORIES wants it: quoted where it holds something special."""
    text = os.fsdecode(path)
    if os.pathsep not in text and not text.startswith('"') and "\n" not in text:
        return text
    quoted = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{quoted}"'
