"""Commits and paths of objects."""

from __future__ import annotations

from contextlib import closing

from aliscan.git import Git
from aliscan.sources.attribution import changes, trace
from tests.support.repo import Repo


def git_of(repo: Repo) -> Git:
    return Git(str(repo.path), foreign=True)


def test_every_path_and_the_oldest_commit(repo: Repo) -> None:
    first = repo.commit("one", **{"a/x": "same", "q": "q"})
    second = repo.commit("two", **{"b\ny": "same"})
    repo.git("rm", "-q", "a/x")
    third = repo.commit("three")
    oid = repo.git("rev-parse", f"{first}:a/x")
    found = trace(git_of(repo), {oid}, [third])[oid]
    assert found.paths == (b"a/x", b"b\ny")
    assert found.first(b"b\ny") == second
    assert found.first(b"a/x") == first
    assert [(p.commit, p.path) for p in found.removed] == [(third, b"a/x")]


def test_excluded_commits_name_nothing(repo: Repo) -> None:
    first = repo.commit("one", a="1")
    head = repo.commit("two", a="2")
    old, new = repo.git("rev-parse", f"{first}:a"), repo.git("rev-parse", f"{head}:a")
    found = trace(git_of(repo), {old, new}, [head, f"^{first}"])
    assert set(found) == {new}
    assert found[new].first(b"a") == head


def test_evil_merge_is_named_and_a_clean_one_is_not(repo: Repo) -> None:
    repo.commit("base", f="f")
    repo.git("checkout", "-q", "-b", "side")
    side = repo.commit("side", s="side")
    repo.git("checkout", "-q", "main")
    repo.commit("main", m="m")
    repo.git("merge", "-q", "--no-commit", "side")
    repo.stage("evil", "evil")
    repo.git("commit", "-q", "-m", "merge")
    merge = repo.git("rev-parse", "HEAD")
    evil, plain = repo.git("rev-parse", f"{merge}:evil"), repo.git("rev-parse", f"{side}:s")
    found = trace(git_of(repo), {evil, plain}, [merge])
    assert [p.commit for p in found[evil].added] == [merge]
    assert [p.commit for p in found[plain].added] == [side]


def test_octopus_and_removal_by_a_merge(repo: Repo) -> None:
    repo.commit("base", f="f")
    for name in ("x", "y"):
        repo.git("checkout", "-q", "-b", name, "main")
        repo.commit(name, **{name: name})
    repo.git("checkout", "-q", "main")
    repo.commit("main", m="m")
    repo.git("merge", "-q", "--no-commit", "x", "y")
    repo.stage("evil", "evil")
    repo.git("rm", "-qf", "f")
    repo.git("commit", "-q", "-m", "octopus")
    merge = repo.git("rev-parse", "HEAD")
    assert len(repo.git("rev-list", "--parents", "-1", merge).split()) == 4
    evil, f = repo.git("rev-parse", "HEAD:evil"), repo.git("rev-parse", "main~1:f")
    found = trace(git_of(repo), {evil, f}, [merge])
    assert [p.commit for p in found[evil].added] == [merge]
    assert [p.commit for p in found[f].removed] == [merge]


def test_configuration_bends_nothing(repo: Repo) -> None:
    repo.commit("one", **{"中 文\t": "1", ".gitattributes": "* -diff\n"})
    for name, value in {
        "log.showRoot": "false", "diff.noprefix": "true", "diff.renames": "copies", "color.ui": "always",
        "diff.orderFile": "/nowhere", "core.bigFileThreshold": "1", "log.showSignature": "true",
        "diff.external": "false", "diff.ignoreSubmodules": "all", "core.quotePath": "true",
    }.items():  # fmt: skip
        repo.git("config", name, value)
    head = repo.git("rev-parse", "HEAD")
    found = {c.path for c in changes(git_of(repo), [head])}
    assert found == {"中 文\t".encode(), b".gitattributes"}


def test_thousands_of_revisions_go_by_standard_input(repo: Repo) -> None:
    head = repo.commit("one", a="1")
    oid = repo.git("rev-parse", "HEAD:a")
    assert trace(git_of(repo), {oid}, [head] * 20_000)[oid].paths == (b"a",)


def test_leaving_early_leaves_no_process(repo: Repo) -> None:
    for n in range(50):
        repo.commit(str(n), a=str(n))
    with closing(changes(git_of(repo), [repo.git("rev-parse", "HEAD")])) as stream:
        next(stream)
    # would hang if a process were waited for that still writes
