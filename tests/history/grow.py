"""Repositories that grow at random, with keys planted wherever git can keep one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random

from aliscan.detect import detect
from tests.support import keys
from tests.support.repo import Repo

START = 1_700_000_000
NAMES = ("a.ini", "src/main.py", "src/deep/er/b.yml", "中文 名.txt", "new\nline", "-rf", "c")


@dataclass
class Grower:
    """One repository. ``planted`` are the values; each step is one of `STEPS`, by name."""

    repo: Repo
    rng: Random
    planted: list[bytes] = field(default_factory=list)
    now: int = START
    count: int = 0

    def step(self, name: str) -> None:
        """Do one thing. Every commit is a minute later than all before it, unless a step says otherwise."""
        self.count += 1
        STEPS[name](self)

    def git(self, *args: str, check: bool = True, stdin: bytes = b"") -> str:
        self.now += 60
        date = f"{self.now} +0800"
        return self.repo.git(
            *args, check=check, stdin=stdin, GIT_AUTHOR_DATE=date, GIT_COMMITTER_DATE=date, GIT_EDITOR="true"
        )

    def key(self) -> str:
        """A new value that detect takes for one: an AccessKey id, or a key whose shape says whose it is."""
        while True:
            draw = self.rng.choice((keys.key_id, lambda rng: keys.signed_model_key("ws-H", rng)))
            value = draw(self.rng)
            if detect(f"k = {value}\n".encode()).matches:
                self.planted.append(value.encode())
                return value

    def files(self) -> list[str]:
        return [name for name in self.git("ls-files", "-z").split("\0") if name]

    def path(self) -> str:
        return self.rng.choice(NAMES)

    def read(self, name: str) -> str:
        path = self.repo.path / name
        return path.read_text("utf-8") if path.is_file() else ""

    def add_line(self, name: str, line: str) -> None:
        lines = self.read(name).splitlines(keepends=True)
        lines.insert(self.rng.randrange(len(lines) + 1), line + "\n")
        self.repo.write(name, "".join(lines))
        self.git("add", "-f", "--", name)

    def commit(self, message: str = "") -> None:
        self.git("commit", "-q", "--allow-empty", "-m", message or f"commit {self.count}")


def write(g: Grower) -> None:
    for _ in range(g.rng.randrange(1, 4)):
        g.add_line(g.path(), f"line {g.rng.random()}")
    g.commit()


def plant(g: Grower) -> None:
    g.add_line(g.path(), f"k = {g.key()}")
    g.commit()


def remove(g: Grower) -> None:
    for name in g.files():
        text = g.read(name)
        kept = [line for line in text.splitlines(keepends=True) if not line.startswith("k = ")]
        if "".join(kept) != text and g.rng.random() < 0.6:
            g.repo.write(name, "".join(kept))
            g.git("add", "-f", "--", name)
    g.commit()


def bring_back(g: Grower) -> None:
    if g.planted:
        g.add_line(g.path(), f"k = {g.rng.choice(g.planted).decode()}")
    g.commit()


def rename(g: Grower) -> None:
    names = g.files()
    if names:
        g.git("mv", "--", g.rng.choice(names), f"moved-{g.count}.txt")
    g.commit()


def copy(g: Grower) -> None:
    names = g.files()
    if names:
        g.repo.write(f"copy/{g.count}", g.read(g.rng.choice(names)))
        g.git("add", "-f", "--", f"copy/{g.count}")
    g.commit()


def delete(g: Grower) -> None:
    names = g.files()
    if len(names) > 1:
        g.git("rm", "-q", "--", g.rng.choice(names))
    g.commit()


def name_of_a_file(g: Grower) -> None:
    g.add_line(f"{g.rng.choice(('up', 'up/per'))}/{keyed(g)}{g.rng.choice(('.txt', '/x'))}", "name")
    g.commit()


def keyed(g: Grower) -> str:
    """An AccessKey id: a name of a file cannot hold the base64 of the others."""
    while not (value := g.key()).isalnum():
        g.planted.pop()
    return value


def message(g: Grower) -> None:
    g.commit(f"about {g.key()}\n\nand more")


def amend(g: Grower) -> None:
    plant(g)
    g.git("commit", "-q", "--amend", "--allow-empty", "-m", f"amended {g.count}")
    if g.rng.random() < 0.5:
        g.git("reset", "-q", "--hard", "HEAD~1")


def branch(g: Grower) -> None:
    g.git("checkout", "-q", "-b", f"b{g.count}")
    write(g)


def orphan(g: Grower) -> None:
    g.git("checkout", "-q", "--orphan", f"o{g.count}")
    g.commit()


def switch(g: Grower) -> None:
    g.git("checkout", "-q", g.rng.choice(heads(g)))


def heads(g: Grower) -> list[str]:
    return g.git("for-each-ref", "--format=%(refname:short)", "refs/heads").split() or ["HEAD"]


def detach(g: Grower) -> None:
    g.git("checkout", "-q", "--detach")
    plant(g)


def merge(g: Grower) -> None:
    start_merge(g)
    g.git("add", "-A", "-f", ".")
    g.commit()


def start_merge(g: Grower) -> None:
    other = g.rng.choice(heads(g))
    g.git("merge", "-q", "--no-ff", "--no-commit", "--allow-unrelated-histories", "-X", "ours", other,
          check=False)  # fmt: skip


def evil_merge(g: Grower) -> None:
    start_merge(g)
    g.git("add", "-A", "-f", ".")
    g.add_line(g.path(), f"k = {g.key()}")
    g.commit()


def octopus(g: Grower) -> None:
    g.add_line(g.path(), f"k = {g.key()}")
    parents = list(dict.fromkeys(["HEAD", *heads(g)]))[:4]
    words = [word for parent in parents for word in ("-p", g.git("rev-parse", parent))]
    made = g.git("commit-tree", g.git("write-tree"), *words, "-m", "octopus")
    g.git("reset", "-q", "--hard", made)


def stash(g: Grower) -> None:
    g.repo.write(g.path(), f"k = {g.key()}\n")
    g.git("add", "-A", "-f", ".")
    g.git("stash", "-q")


def dropped_stash(g: Grower) -> None:
    stash(g)
    g.git("stash", "drop", "-q")


def staged_then_reset(g: Grower) -> None:
    g.add_line(g.path(), f"k = {g.key()}")
    g.git("reset", "-q", "--hard")


def light_tag(g: Grower) -> None:
    g.git("tag", f"t{g.count}")


def annotated_tag(g: Grower) -> None:
    g.git("tag", "-a", f"t{g.count}", "-m", f"say {g.key()}")
    if g.rng.random() < 0.3:
        g.git("tag", "-a", f"tt{g.count}", "-m", "a tag of a tag", f"t{g.count}")
    if g.rng.random() < 0.3:
        g.git("tag", "-d", f"t{g.count}")


def tag_of_a_blob(g: Grower) -> None:
    blob = g.git("hash-object", "-w", "--stdin", stdin=f"k = {g.key()}\n".encode())
    options = ["-a", "-m", "a blob"] if g.rng.random() < 0.5 else []
    g.git("tag", *options, f"t{g.count}", blob)


def tag_of_a_tree(g: Grower) -> None:
    blob = g.git("hash-object", "-w", "--stdin", stdin=f"k = {g.key()}\n".encode())
    tree = g.git("mktree", stdin=f"100644 blob {blob}\tin-a-tree\n".encode())
    tree = g.git("mktree", stdin=f"040000 tree {tree}\tfolder\n".encode())
    g.git("tag", f"t{g.count}", tree)


def note(g: Grower) -> None:
    g.git("notes", "add", "-f", "-m", f"note {g.key()}")


def remote(g: Grower) -> None:
    g.git("update-ref", f"refs/remotes/origin/r{g.count % 3}", "HEAD")


def delete_a_branch(g: Grower) -> None:
    others = [
        name for name in heads(g) if name != "HEAD" and name != g.git("rev-parse", "--abbrev-ref", "HEAD")
    ]
    if others:
        g.git("branch", "-q", "-D", g.rng.choice(others))


def wrong_clock(g: Grower) -> None:
    now, g.now = g.now, g.now - 86_400
    plant(g)
    g.now = now


def repack(g: Grower) -> None:
    g.git("pack-refs", "--all")
    g.git("repack", "-q", g.rng.choice(("-Ad", "-d", "-adk")), f"--depth={g.rng.choice((0, 3, 50))}")


STEPS: dict[str, Callable[[Grower], None]] = {
    step.__name__: step
    for step in (
        *(
            write,
            plant,
            remove,
            bring_back,
            rename,
            copy,
            delete,
            name_of_a_file,
            message,
            amend,
            wrong_clock,
        ),
        *(branch, orphan, switch, detach, merge, evil_merge, octopus, delete_a_branch, remote, repack),
        *(stash, dropped_stash, staged_then_reset, note),
        *(light_tag, annotated_tag, tag_of_a_blob, tag_of_a_tree),
    )
}


def start(repo: Repo, seed: int) -> Grower:
    """A repository with a first commit."""
    grower = Grower(repo, Random(seed))
    grower.add_line("a.ini", "start")
    grower.commit()
    return grower
