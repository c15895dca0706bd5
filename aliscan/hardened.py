"""How git is started so that a hostile repository cannot execute, hide or fetch; used by aliscan.git only,
and by the command line, to have git at work before anything else is imported.

Every odd flag says which trap it dodges; "R5", "1.1", "5.4" are sections of the corner-case
reference that this project keeps.
"""

from __future__ import annotations

import os
import sys

from aliscan.process import Process

# Inherited from hooks and shells, and able to run code, change output or hide objects (R5).
_DROPPED = (
    "GIT_EXTERNAL_DIFF", "GIT_SSH", "GIT_SSH_COMMAND", "GIT_ASKPASS", "GIT_PAGER",
    "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_DIFF_OPTS", "GIT_TRACE", "GIT_TRACE2",
    "GIT_TRACE_SETUP", "GIT_TRACE_PACKET", "GIT_TRACE2_EVENT", "GIT_TRACE2_PERF", "GIT_REPLACE_REF_BASE",
)  # fmt: skip
_SET = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_NO_LAZY_FETCH": "1",  # a partial clone must not go to the network (4.5)
    "GIT_ALLOW_PROTOCOL": "none",  # nor run core.sshCommand or uploadpack for it (5.1)
    "GIT_NO_REPLACE_OBJECTS": "1",  # refs/replace can show a clean blob instead (2.6)
    "GIT_GRAFT_FILE": os.devnull,  # grafts make parents vanish (2.6)
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_TERMINAL_PROMPT": "0",
    "LC_ALL": "C",  # messages are matched below
}
FLAGS = (
    "--no-pager",
    "--literal-pathspecs",  # a file called ":(top)x" is a file (3.19)
    "-c", "core.fsmonitor=false",  # ls-files and diff-index would run it (5.1)
    "-c", f"core.hooksPath={os.devnull}",
    "-c", "core.commitGraph=false",  # a forged commit-graph hides parents (2.6)
    "-c", "log.showSignature=false",  # would run gpg.program (5.1)
    "-c", "diff.external=",
    "-c", "core.quotePath=false",
    "-c", "advice.graftFileDeprecated=false",  # our own /dev/null would be called deprecated on stderr
    "-c", "core.bigFileThreshold=1m",  # cat-file streams big blobs instead of holding them (4.7)
    "-c", "core.deltaBaseCacheLimit=32m",  # 96 is hardly faster, and every worker of a history has a git
)  # fmt: skip
# For git that reads all trees of a history: no slower, and 30 to 60 MB less
TREES_ONLY = ("-c", "core.deltaBaseCacheLimit=12m")
# What `git rev-parse --local-env-vars` prints: variables that belong to one repository.
_LOCAL = (
    "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_CONFIG", "GIT_OBJECT_DIRECTORY", "GIT_DIR", "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_INTERNAL_SUPER_PREFIX", "GIT_SHALLOW_FILE",
    "GIT_PREFIX", "GIT_COMMON_DIR", "GIT_QUARANTINE_PATH",
)  # fmt: skip


def where() -> str:
    """The absolute path of git, or "" when there is none.

    Relative and empty PATH entries are skipped: they would run ``./git`` of the scanned repository
    (5.4).
    """
    names = ("git.exe", "git") if sys.platform == "win32" else ("git",)
    for folder in os.environ.get("PATH", os.defpath).split(os.pathsep):
        if not os.path.isabs(folder):
            continue
        for name in names:
            candidate = os.path.join(folder, name)
            if os.access(candidate, os.X_OK) and os.path.isfile(candidate):
                return candidate
    return ""


def environment(*, own_repository: bool = False) -> dict[str, str]:
    """The environment git runs in: a hook's GIT_DIR, GIT_INDEX_FILE and quarantine stay (1.1, 1.14).

    With ``own_repository`` those are dropped too: for a repository other than the hook's (1.3).
    """
    env = {k: v for k, v in os.environ.items() if k not in _DROPPED and not k.startswith("GIT_CONFIG_KEY_")}
    if own_repository:
        for name in _LOCAL:
            env.pop(name, None)
    env.update(_SET)
    return env


def look_up(names: list[str]) -> Process | None:
    """git, looking up which commits ``names`` stand for, in the repository that we are in.

    The answer is for `aliscan.git.told_commits`, which needs the same names. None when it cannot be started,
    or there is a name that cannot be asked for: others have the words for that.
    """
    git = where()
    if not git or not names or not all(names) or any({"\n", "\r", "\0"} & {*name} for name in names):
        return None
    asked = "".join(f"{name}^{{commit}}\n" for name in names).encode("utf-8", "surrogateescape")
    try:
        return Process([git, *FLAGS, *LOOK_UP], environment(), asked, name="git cat-file")
    except OSError:
        return None


LOOK_UP = ("cat-file", "--batch-check=%(objectname) %(objecttype)", "--buffer")
