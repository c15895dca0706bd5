"""Random histories, pushed ref by ref: whatever a push publishes and holds a key is refused, nothing else is.

The truth is worked out without our code: a second bare repository receives the same push unguarded, and
`git cat-file --batch-all-objects` says which objects are new in it.
"""

from __future__ import annotations

import random
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import aliscan
from tests.support import keys
from tests.support.repo import Repo


def objects(repo: Repo) -> dict[str, str]:
    """Every object of a repository with its type."""
    listed = repo.git("cat-file", "--batch-all-objects", "--batch-check=%(objectname) %(objecttype)")
    return dict(line.split(" ") for line in listed.split("\n") if line)


class World:
    """A repository that changes at random, and the keys that lie in it."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.rng = random.Random(seed)
        self.remote = Repo.init(folder / "remote.git", "--bare")
        self.repo = Repo.init(folder / "work")
        self.repo.git("remote", "add", "origin", str(self.remote.path))
        self.repo.commit("root", f0="0\n")
        self.keys: list[bytes] = []
        self.count = 0

    def key(self) -> str:
        key = keys.key_id(self.rng)
        self.keys.append(key.encode())
        return key

    def text(self) -> str:
        self.count += 1
        text = "".join(f"{self.rng.random()}\n" for _ in range(self.rng.randrange(1, 30)))
        return text + (f"{self.key()}\n" if self.rng.random() < 0.1 else "")

    def step(self) -> None:
        """One change: a commit, a removal, a branch, a merge (clean or evil), a tag, a note."""
        git, rng = self.repo.git, self.rng
        branches = git("for-each-ref", "--format=%(refname:short)", "refs/heads").split("\n")
        kind = rng.choice(
            ["commit"] * 4
            + ["remove", "rename", "branch", "switch", "merge", "evil", "tag", "note", "message"]
        )
        if kind == "commit":
            self.repo.commit(f"c{self.count}", **{f"d{rng.randrange(3)}/f{rng.randrange(6)}": self.text()})
        elif kind in ("remove", "rename"):
            files = git("ls-files").split("\n")
            name = rng.choice(files)
            if kind == "remove" and len(files) > 1:
                git("rm", "-qf", name)
            else:
                git("mv", name, f"moved{self.count}{rng.randrange(99)}")
            self.repo.commit(kind)
        elif kind == "branch":
            git("checkout", "-q", "-b", f"b{self.count}-{rng.randrange(999)}")
        elif kind == "switch":
            git("checkout", "-q", rng.choice(branches))
        elif kind in ("merge", "evil"):
            self.merge(rng.choice(branches), kind == "evil")
        elif kind == "tag":
            words = self.key() if rng.random() < 0.2 else "words"
            git("tag", "-a", f"t{self.count}-{rng.randrange(999)}", "-m", words, check=False)
        elif kind == "note":
            git("notes", "append", "-m", self.key() if rng.random() < 0.2 else "note")
        else:
            self.repo.commit(self.key() if rng.random() < 0.3 else "nothing")

    def merge(self, branch: str, evil: bool) -> None:
        done = self.repo.run("merge", "-q", "--no-commit", "--no-ff", "-X", "ours", branch)
        if done.returncode or not (self.repo.path / ".git/MERGE_HEAD").exists():
            self.repo.run("merge", "--abort")
            self.repo.git("reset", "-q", "--hard")
            return
        if evil:
            self.repo.stage(f"evil{self.count}", self.text())
        self.repo.git("commit", "-q", "-m", "merge")

    def publishes(self, refspecs: list[str], folder: Path) -> list[bytes]:
        """The keys in what a push of these refs would add to the remote."""
        copy = folder / "copy.git"
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(self.remote.path, copy)
        before = objects(Repo(copy))
        self.repo.git("push", "-q", "--no-verify", "--force", str(copy), *refspecs)
        new = [oid for oid, kind in objects(Repo(copy)).items() if oid not in before and kind != "tree"]
        data = subprocess.run(["git", "cat-file", "--batch"], cwd=copy, input="\n".join(new).encode() + b"\n",
                              capture_output=True, check=True).stdout  # fmt: skip
        return [key for key in self.keys if key in data]


@pytest.mark.parametrize("seed", range(4))
def test_random_pushes(tmp_path: Path, seed: int) -> None:
    world = World(tmp_path, seed)
    world.repo.git("push", "-q", "origin", "main")
    assert aliscan("install", "--hooks", "pre-push", cwd=world.repo.path).returncode == 0
    verdicts = set()
    for _ in range(8):
        for _ in range(world.rng.randrange(1, 5)):
            world.step()
        refs = world.repo.git(
            "for-each-ref", "--format=%(refname)", "refs/heads", "refs/tags", "refs/notes"
        ).split("\n")
        chosen = world.rng.sample(refs, min(len(refs), world.rng.randrange(1, 3)))
        specs = [f"+{ref}:{ref}" for ref in chosen]
        leaks = world.publishes(specs, tmp_path)
        done = world.repo.run("push", "-q", "origin", *specs)
        assert (done.returncode != 0) == bool(leaks), (specs, leaks, done.stderr.decode())
        verdicts.add(bool(leaks))
        if leaks and world.rng.random() < 0.5:  # it got there all the same; the remote has it now
            world.repo.git("push", "-q", "--no-verify", "origin", *specs)
    assert verdicts
