"""What refs name: a commit, or a tag of a tag of a tree, to the end of it."""

from __future__ import annotations

from aliscan.git import Git


def named(git: Git) -> dict[bytes, tuple[str, ...]]:
    """Every ref and HEAD, with the ids of the object that it names and of all that a commit would reach.

    Tags are followed to what is no tag: git before 2.45 takes one step, later ones name the last alone,
    and a tag in between may hold something. Of a tree everything in it counts: no commit tells of it.
    """
    chains: dict[bytes, list[str]] = {}
    kinds: dict[str, bytes] = {}
    text = git.run("for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
    for line in text.split(b"\n")[:-1]:
        oid, kind, name = line.split(b" ", 2)
        chains[name] = [oid.decode("ascii")]
        kinds[chains[name][0]] = kind
    head = git.resolve("HEAD")
    if head:
        chains[b"HEAD"] = [head]
    _follow_tags(git, chains, kinds)
    for chain in chains.values():
        if kinds.get(chain[-1]) == b"tree":
            chain += _inside(git, chain[-1])
    return {name: tuple(chain) for name, chain in chains.items()}


def _follow_tags(git: Git, chains: dict[bytes, list[str]], kinds: dict[str, bytes]) -> None:
    """Append to each chain what its tags point at, step by step."""
    tags = {chain[-1] for chain in chains.values() if kinds.get(chain[-1]) == b"tag"}
    target: dict[str, str] = {}
    while tags:
        gone: list[str] = []
        for oid, kind, data in git.objects(sorted(tags), gone):
            words = [line.partition(b" ")[2] for line in data.split(b"\n", 2)[:2]]
            if kind == "tag" and len(words) == 2:
                target[oid] = words[0].decode("ascii", "replace")
                kinds.setdefault(target[oid], words[1])
        tags = {oid for oid in target.values() if kinds[oid] == b"tag" and oid not in target} - set(gone)
    for chain in chains.values():
        while chain[-1] in target and len(chain) <= len(target):
            chain.append(target[chain[-1]])


def _inside(git: Git, tree: str) -> list[str]:
    fields = git.fields("ls-tree", "-r", "-t", "-z", "--full-tree", tree)
    return [field.split(b" ", 3)[2][: len(tree)].decode("ascii") for field in fields]
