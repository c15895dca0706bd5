"""docs/server-hooks.md, followed: the script for a pre-receive.d folder, as GitLab and Gitea run it."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest

from tests.formats.samples import pair
from tests.support.repo import Repo

PAGE = Path(__file__).parents[2] / "docs" / "server-hooks.md"

# What Gitaly and Gitea do: run every executable of the folder with the same input, stop at the first no.
DISPATCH = """#!/bin/sh
input=$(cat)
for hook in "$PWD"/hooks/pre-receive.d/*; do
    printf '%s\\n' "$input" | env -i GIT_DIR="$GIT_DIR" GIT_QUARANTINE_PATH="$GIT_QUARANTINE_PATH" \
        GIT_OBJECT_DIRECTORY="$GIT_OBJECT_DIRECTORY" \
        GIT_ALTERNATE_OBJECT_DIRECTORIES="$GIT_ALTERNATE_OBJECT_DIRECTORIES" \
        PATH=/usr/local/bin:/usr/bin:/bin "$hook" || exit 1
done
"""


@pytest.mark.skipif(sys.platform == "win32", reason="server hooks are shell scripts")
def test_the_script_of_the_page_refuses_a_push_and_keeps_nothing(tmp_path: Path, repo: Repo) -> None:
    (script,) = re.findall(r"<<'HOOK'\n(.*?)    HOOK\n", PAGE.read_text(), re.DOTALL)
    script = re.sub(r"(?m)^    ", "", script)
    assert "/opt/aliscan/bin/python" in script
    server = Repo.init(tmp_path / "server.git", "--bare")
    folder = server.path / "hooks" / "pre-receive.d"
    folder.mkdir(parents=True)
    for path, text in (
        (server.path / "hooks" / "pre-receive", DISPATCH),
        (folder / "aliscan", script.replace("/opt/aliscan/bin/python", sys.executable)),
    ):
        path.write_text(text)
        path.chmod(0o755)

    repo.commit(**{"a.txt": "clean"})
    repo.git("push", "-q", str(server.path), "HEAD:main")
    before = server.git("cat-file", "--batch-all-objects", "--batch-check")

    _match, ident, secret = pair()
    repo.commit("leak", **{"app.py": f'id = "{ident}"\nsecret = "{secret}"\n'})
    done = repo.run("push", str(server.path), "HEAD:main")
    assert done.returncode != 0
    assert b"push refused by this server" in done.stderr
    assert b"alibaba-access-key-pair  app.py:1:" in done.stderr
    assert secret.encode() not in done.stderr
    assert server.git("cat-file", "--batch-all-objects", "--batch-check") == before
