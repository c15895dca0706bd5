"""Keys that only a path makes ours: nobody asks git for paths where no name in any tree could, and whoever
has one is found."""

from __future__ import annotations

from gzip import compress
from random import Random

import pytest

from aliscan.history import scan as module
from aliscan.history.scan import Choices
from fixtures.keys import alipay_pkcs8
from tests.history.support import need, only, report
from tests.support.repo import Repo

ENGINES = ("git", "packs")


def commit(repo: Repo, path: str, text: str, subject: str) -> None:
    """The file in a commit, packed."""
    repo.write(path, text.encode())
    repo.git("add", ".")
    repo.git("commit", "-qm", subject)
    repo.git("repack", "-adq")


def pem() -> str:
    key = alipay_pkcs8(Random(11))
    lines = [key[at : at + 64] for at in range(0, len(key), 64)]
    return "\n".join(["-----BEGIN PRIVATE KEY-----", *lines, "-----END PRIVATE KEY-----", ""])


@pytest.mark.parametrize("engine", ENGINES)
def test_a_key_under_silent_names_has_no_story(
    repo: Repo, engine: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = need(engine)
    commit(repo, "tests/tls/server.pem", pem(), "of a web server")

    def nobody(*_: object) -> None:
        raise AssertionError("commits were compared for nothing")

    monkeypatch.setattr(module, "Walk", nobody)
    monkeypatch.setattr(module, "Lineage", nobody)
    found = report(repo.path, choices)
    assert not found.findings
    assert not found.gaps


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("place", ["folder", "file"])
def test_a_name_that_speaks_anywhere_in_the_history_is_enough(repo: Repo, engine: str, place: str) -> None:
    choices = need(engine)
    path = {"folder": "conf/AliPay/server.pem", "file": "conf/alipay-server.pem"}[place]
    commit(repo, "tests/tls/server.pem", pem(), "of a web server")
    repo.git("mv", "-k", "tests", "other")
    commit(repo, path, pem(), "moved")
    repo.git("rm", "-rqf", "conf")
    commit(repo, "other/server.pem", pem(), "back")
    finding, story = only(report(repo.path, choices))
    assert finding.rule == "alibaba-alipay-private-key"
    assert path.encode() in story.paths


@pytest.mark.parametrize("engine", ENGINES)
def test_a_name_that_comes_later_is_seen_with_a_cache(repo: Repo, engine: str, tmp_path: object) -> None:
    choices = Choices(engine=need(engine).engine, cache=f"{tmp_path}/cache")
    commit(repo, "tests/tls/server.pem", pem(), "of a web server")
    for _ in range(2):
        assert not report(repo.path, choices).findings
    commit(repo, "alipay/server.pem", pem(), "the same key")
    finding, story = only(report(repo.path, choices))
    assert b"alipay/server.pem" in story.paths
    assert [f.fingerprint for f in report(repo.path, choices).findings] == [finding.fingerprint]


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("where", ["now", "before", "staged"])
def test_what_cannot_be_read_has_a_path_without_a_story(
    repo: Repo, engine: str, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    choices = need(engine)
    broken = compress(b"text " * 5000, mtime=0)[:-20]
    repo.write("some/broken.gz", broken)
    repo.git("add", ".")
    if where != "staged":
        repo.git("commit", "-qm", "one")
    if where == "before":
        repo.git("rm", "-q", "some/broken.gz")
        repo.git("commit", "-qm", "gone", "--allow-empty")
    if where == "now":
        monkeypatch.setattr(module, "Walk", None)
    monkeypatch.setattr(module, "Lineage", None)
    found = report(repo.path, choices)
    assert not found.findings
    (gap,) = found.gaps
    assert gap.origin.oid == repo.git("hash-object", "--stdin", stdin=broken)
    assert gap.origin.path == (b"" if where == "staged" else b"some/broken.gz")
