"""What a push publishes, against real repositories of every shape."""

from __future__ import annotations

from pathlib import Path

import pytest

from aliscan import cuts
from aliscan.engine import Sifted, sift
from aliscan.finding import Blob, Gap
from aliscan.git import Git
from aliscan.sources import commits
from aliscan.sources.commits import Reach, Tally, published
from tests.support import keys
from tests.support.repo import Repo


def read(repo: Repo, reach: Reach) -> tuple[list[Blob], list[Gap], Tally]:
    tally = Tally()
    items = list(published(Git(str(repo.path), foreign=True), reach, tally))
    return [i for i in items if isinstance(i, Blob)], [i for i in items if isinstance(i, Gap)], tally


def texts(blobs: list[Blob], kind: str) -> set[bytes]:
    return {b.data for b in blobs if b.origin.kind == kind}


@pytest.fixture(params=["sha1", "sha256"])
def any_repo(request: pytest.FixtureRequest, tmp_path: Path) -> Repo:
    return Repo.init(tmp_path / "r", f"--object-format={request.param}")


def test_only_what_the_other_side_lacks(any_repo: Repo) -> None:
    base = any_repo.commit("base", **{"old.txt": "old"})
    any_repo.commit("adds", **{"gone.txt": "added and removed"})
    any_repo.git("rm", "-q", "gone.txt")
    head = any_repo.commit("removes", **{"new.txt": "new"})
    blobs, gaps, tally = read(any_repo, Reach((head,), (base,)))
    assert not gaps
    assert texts(blobs, "blob") == {b"added and removed", b"new"}
    assert tally.commits == 2
    assert sum(b"adds" in t or b"removes" in t for t in texts(blobs, "commit")) == 2
    assert {b"gone.txt", b"new.txt"} <= {n for t in texts(blobs, "name") for n in t.split(b"\n")}


def test_unknown_id_of_the_other_side_widens_the_reach(any_repo: Repo) -> None:
    head = any_repo.commit("c", a="1")
    width = len(head)
    blobs, gaps, _ = read(any_repo, Reach((head,), ("12" * (width // 2),)))
    assert texts(blobs, "blob") == {b"1"}
    assert not gaps


def test_tip_that_does_not_exist_is_a_gap(any_repo: Repo) -> None:
    head = any_repo.commit("c", a="1")
    _, gaps, _ = read(any_repo, Reach((head, "12" * (len(head) // 2))))
    assert [g.origin.oid for g in gaps] == ["12" * (len(head) // 2)]


def test_tip_the_other_side_has_is_no_gap(any_repo: Repo) -> None:
    head = any_repo.commit("c", a="1")
    assert read(any_repo, Reach((head,), (head,)))[:2] == ([], [])


def test_tags_of_everything_and_nested(any_repo: Repo) -> None:
    any_repo.commit("c", a="1")
    blob = any_repo.git("hash-object", "-w", "--stdin", stdin=b"tagged blob")
    tree = any_repo.git("mktree", "-z", stdin=f"100644 blob {blob}\tin a tree\nof two lines\0".encode())
    any_repo.git("tag", "-a", "t1", "-m", "inner words", "HEAD")
    any_repo.git("tag", "-a", "t2", "-m", "outer words", "t1")
    any_repo.git("tag", "-a", "t3", "-m", "of a tree", tree)
    tips = (*any_repo.git("rev-parse", "t2", "t3").split("\n"), blob)
    known = any_repo.git("rev-parse", "HEAD")
    blobs, gaps, _ = read(any_repo, Reach(tips, (known,)))
    assert not gaps
    words = b"".join(texts(blobs, "tag"))
    assert all(w in words for w in (b"inner words", b"outer words", b"of a tree"))
    assert texts(blobs, "blob") == {b"tagged blob"}
    assert texts(blobs, "name") == {b"in a tree\nof two lines"}


def test_missing_blob_is_a_gap_and_the_rest_is_read(any_repo: Repo) -> None:
    head = any_repo.commit("c", **{"a.txt": "lost", "b.txt": "kept"})
    oid = any_repo.git("rev-parse", "HEAD:a.txt")
    (any_repo.path / ".git/objects" / oid[:2] / oid[2:]).unlink()
    blobs, gaps, _ = read(any_repo, Reach((head,)))
    assert texts(blobs, "blob") == {b"kept"}
    assert [g.origin.oid for g in gaps] == [oid]


def test_damaged_object_is_a_gap(any_repo: Repo) -> None:
    head = any_repo.commit("c", **{"a.txt": "lost"})
    oid = any_repo.git("rev-parse", "HEAD:a.txt")
    path = any_repo.path / ".git/objects" / oid[:2] / oid[2:]
    path.chmod(0o644)
    path.write_bytes(b"")
    _, gaps, _ = read(any_repo, Reach((head,)))
    assert gaps


def test_missing_commit_ends_as_a_gap_not_as_a_short_list(any_repo: Repo) -> None:
    first = any_repo.commit("one", a="1")
    head = any_repo.commit("two", a="2")
    (any_repo.path / ".git/objects" / first[:2] / first[2:]).unlink()
    _, gaps, _ = read(any_repo, Reach((head,)))
    assert gaps


def test_signature_is_left_out_and_lines_stay(any_repo: Repo) -> None:
    any_repo.commit("c", a="1")
    raw = any_repo.git("cat-file", "commit", "HEAD").encode()
    head, _, body = raw.partition(b"\n\n")
    signed = head + b"\ngpgsig -----BEGIN\n NOISE\n END\nx-extra kept\n\n" + body + b"\n\0after nul"
    oid = any_repo.git("hash-object", "-t", "commit", "-w", "--stdin", "--literally", stdin=signed)
    blobs, gaps, _ = read(any_repo, Reach((oid,)))
    (commit,) = texts(blobs, "commit")
    assert not gaps
    assert b"NOISE" not in commit
    assert b"x-extra kept" in commit
    assert b"after nul" in commit
    assert commit.count(b"\n") == signed.count(b"\n")


def test_large_blob_comes_in_overlapping_pieces(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "WHOLE", 1000)
    monkeypatch.setattr(cuts, "PIECE", 700)
    monkeypatch.setattr(cuts, "OVERLAP", 100)
    data = b"".join(b"%05d\n" % i for i in range(1000))
    head = repo.commit("c", big=data)
    blobs = [b for b in read(repo, Reach((head,)))[0] if b.origin.kind == "blob"]
    assert len(blobs) > 5
    end = 0
    for piece in blobs:
        assert data[piece.start : piece.start + len(piece.data)] == piece.data
        assert piece.line == data[: piece.start].count(b"\n") + 1
        assert piece.start == 0 or data[piece.start - 1 : piece.start] == b"\n"
        assert piece.start == 0 or end - piece.start >= 50
        end = piece.start + len(piece.data)
    assert end == len(data)


def test_columns_of_a_line_longer_than_a_piece(repo: Repo, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(commits, "WHOLE", 1000)
    monkeypatch.setattr(cuts, "PIECE", 700)
    monkeypatch.setattr(cuts, "OVERLAP", 100)
    key = keys.key_id()
    text = "first\n" + "中 " * 900 + key + " x" * 500
    head = repo.commit("c", big=text)
    sifted = Sifted()
    sift((b for b in read(repo, Reach((head,)))[0] if b.origin.kind == "blob"), sifted)
    places = {p.place for hit in sifted.hits for m in hit.matches for p in m.parts}
    assert [(p.line, p.column) for p in places] == [(2, 1801)]
    assert {p.start for hit in sifted.hits for m in hit.matches for p in m.parts} == {6 + 3600}


def shallow_commits(repo: Repo) -> frozenset[str]:
    git = Git(str(repo.path), foreign=True)
    return commits.shallow_commits(git)


def test_where_a_clone_is_cut(repo: Repo, tmp_path: Path) -> None:
    repo.commit("one", a="1")
    head = repo.commit("two", a="2")
    repo.git("clone", "-q", "--depth=1", f"file://{repo.path}", str(tmp_path / "clone"))
    clone = Repo(tmp_path / "clone")
    shallow = shallow_commits(clone)
    assert shallow == {head}
    assert shallow_commits(repo) == frozenset()


def test_replaced_and_grafted_history_is_seen(repo: Repo) -> None:
    first = repo.commit("one", **{"a.txt": "real"})
    head = repo.commit("two", **{"a.txt": "later"})
    other = repo.git("hash-object", "-w", "--stdin", stdin=b"fake")
    repo.git("replace", repo.git("rev-parse", f"{first}:a.txt"), other)
    (repo.path / ".git/info").mkdir(exist_ok=True)
    (repo.path / ".git/info/grafts").write_text(f"{head}\n")
    blobs, _, _ = read(repo, Reach((head,)))
    assert texts(blobs, "blob") == {b"real", b"later"}
