"""Both engines give the same result on every repository, however it is packed."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from aliscan.finding import Report
from aliscan.history.scan import Choices
from tests.history.support import report
from tests.support import keys
from tests.support.repo import Repo

pytest.importorskip("numpy")
pytest.importorskip("isal")
pytest.importorskip("dulwich")


def grow(repo: Repo, rng: random.Random, commits: int) -> list[str]:
    """Versions of some files, in places with a key; returns the keys."""
    planted = []
    lines = {f"f{i}.txt": [f"{rng.random()} line {n}" for n in range(rng.randint(5, 200))] for i in range(3)}
    for number in range(commits):
        name = rng.choice(sorted(lines))
        for _ in range(rng.randint(1, 5)):
            lines[name].insert(rng.randrange(len(lines[name])), f"{rng.random()} new")
        if rng.random() < 0.3:
            planted.append(keys.key_id(rng))
            lines[name].insert(rng.randrange(len(lines[name])), f"id = {planted[-1]}")
        elif rng.random() < 0.3:
            lines[name] = [line for line in lines[name] if "LTAI" not in line]
        repo.commit(f"c{number}", **{name: "\n".join(lines[name]) + "\n"})
    return planted


def summary(found: Report) -> tuple[object, ...]:
    """All of a report that must not depend on the engine."""
    return (
        [(f.fingerprint, f.rule, f.origin, f.story) for f in found.findings],
        {(g.origin.oid, g.reason) for g in found.gaps},
        found.blobs,
        found.bytes,
    )


def both(path: Path) -> Report:
    """Scan with both engines and compare."""
    packed, plain = (report(path, Choices(engine=engine, jobs=1)) for engine in ("packs", "git"))
    one, other = summary(packed), summary(plain)
    for a, b in zip(packed.findings, plain.findings, strict=True):
        assert a.fingerprint == b.fingerprint
    assert one[2:] == other[2:]
    assert one[1] == other[1]
    return packed


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(
    seed=st.integers(0, 2**32),
    depth=st.sampled_from(["0", "1", "5", "50", "250"]),
    window=st.sampled_from(["0", "2", "10", "50"]),
    sha=st.sampled_from(["sha1", "sha256"]),
    size=st.sampled_from(["0", "1m"]),
    extra=st.sampled_from(["", "midx", "keep", "loose", "ref-deltas", "v1"]),
)
def test_random_packs(
    tmp_path_factory: pytest.TempPathFactory,
    seed: int, depth: str, window: str, sha: str, size: str, extra: str,
) -> None:  # fmt: skip
    rng = random.Random(seed)
    repo = Repo.init(tmp_path_factory.mktemp("r"), f"--object-format={sha}")
    planted = grow(repo, rng, 12)
    if extra == "v1":
        repo.git("config", "pack.indexVersion", "1")
    if extra == "ref-deltas":
        repo.git("config", "repack.useDeltaBaseOffset", "false")
    repo.git("repack", "-adfq", f"--depth={depth}", f"--window={window}", f"--max-pack-size={size}")
    if extra == "keep":
        for pack in (repo.path / ".git/objects/pack").glob("*.pack"):
            pack.with_suffix(".keep").touch()
    if extra in ("loose", "keep", "midx"):
        planted += grow(repo, rng, 4)
    if extra in ("keep", "midx"):
        repo.git("repack", "-dq")
    if extra == "midx":
        repo.git("multi-pack-index", "write")
    found = both(repo.path)
    assert not found.gaps
    seen = {p.secret.reveal().decode() for f in found.findings for p in f.parts}
    assert seen >= set(planted)


def test_alternates(tmp_path: Path) -> None:
    rng = random.Random(1)
    base = Repo.init(tmp_path / "base")
    planted = grow(base, rng, 10)
    base.git("repack", "-adfq")
    base.git("clone", "-q", "--shared", ".", str(tmp_path / "other"))
    other = Repo(tmp_path / "other")
    planted += grow(other, rng, 3)
    other.git("repack", "-dlq")
    seen = {p.secret.reveal().decode() for f in both(other.path).findings for p in f.parts}
    assert seen == set(planted)


@pytest.mark.parametrize("fault", ["flip", "cut", "no index", "index"])
def test_damaged_packs_give_the_same_gaps(tmp_path: Path, fault: str) -> None:
    repo = Repo.init(tmp_path / "r")
    planted = grow(repo, random.Random(2), 10)
    repo.git("repack", "-adfq")
    (pack,) = (repo.path / ".git/objects/pack").glob("*.pack")
    index = pack.with_suffix(".idx")
    victim = index if fault == "index" else pack
    victim.chmod(0o644)
    data = bytearray(victim.read_bytes())
    if fault == "flip":
        data[len(data) * 3 // 4] ^= 0x10
    elif fault == "index":
        del data[40:]
    elif fault == "cut":
        del data[len(data) // 2 :]
    if fault == "no index":
        index.unlink()
    else:
        victim.write_bytes(bytes(data))
    for engine in ("packs", "git"):
        found = report(repo.path, Choices(engine=engine, jobs=1))
        assert found.gaps, engine
        assert found.exit_code in (1, 3)
    assert planted


def test_a_damaged_tree_among_many_alike_is_named_and_the_others_are_seen(tmp_path: Path) -> None:
    rng = random.Random(3)
    repo = Repo.init(tmp_path / "r")
    key = keys.key_id(rng)
    for n in range(40):
        repo.write(f"d{n}/{key if n == 7 else n}.txt", f"text {n}\n".encode())
    repo.git("add", ".")
    repo.git("commit", "-qm", "c")
    repo.git("repack", "-adfq", "--depth=0")
    (pack,) = (repo.path / ".git/objects/pack").glob("*.pack")
    listed = repo.git("verify-pack", "-v", str(pack)).splitlines()
    places = {words[0]: (int(words[4]), int(words[3])) for words in map(str.split, listed) if "tree" in words}
    victim = repo.git("rev-parse", "HEAD:d30").strip()
    start, size = places[victim]
    data = bytearray(pack.read_bytes())
    for at in range(start + 4, start + size):
        data[at] ^= 0x5A
    pack.chmod(0o644)
    pack.write_bytes(bytes(data))
    for engine in ("packs", "git"):
        found = report(repo.path, Choices(engine=engine, jobs=1))
        assert victim in {g.origin.oid for g in found.gaps}, engine
        assert [p.secret.reveal().decode() for f in found.findings for p in f.parts] == [key], engine
        assert found.blobs == 40 + 41 + 1 - 1, engine


def test_the_longest_name_that_becomes_a_key_by_its_last_letter(tmp_path: Path) -> None:
    rng = random.Random(4)
    repo = Repo.init(tmp_path / "r")
    for n in range(60):
        repo.write(f"{rng.random()}-{n}.txt", b"x\n")
    key = keys.key_id(rng)
    name = f"{'a' * (254 - len(key))}_{key}"
    assert len(name) == 255
    for number, last in enumerate((name[:-1], name, f"b{name[2:-1]}")):
        repo.write(last, b"y\n")
        repo.git("add", ".")
        repo.git("commit", "-qm", f"c{number}")
        repo.git("rm", "-q", "--cached", last)
    repo.git("repack", "-adfq")
    (finding,) = both(repo.path).findings
    assert finding.parts[0].secret.reveal().decode() == key
