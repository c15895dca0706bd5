"""Run the tests that can notice a mutant, each mutant in a process of its own. Imported by bench/mutation.py.

A warm process has loaded pytest, the rendered corpus and everything else but aliscan and its tests. For
each mutant it forks; the child loads aliscan with the one changed module in place of the file, and runs
first the cases of the corpus and then the tests that run the changed statement. Nothing on disk changes.
"""

from __future__ import annotations

import functools
import hashlib
import importlib
import importlib.abc
import importlib.machinery
import json
import os
import random
import re
import resource
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

from bench.mutants import TOP, Mutant
from fixtures import corpus
from fixtures.judge import complaints
from fixtures.render import Rendered, render

TESTS = (
    "tests/detect",
    "tests/sources/test_pieces.py",
    "tests/history/test_first_look.py",
    "tests/test_engine_sieve.py",
    "tests/test_sweep.py",
)
# Runs another process, which never sees a mutant.
ELSEWHERE = "tests/sources/test_pieces.py::test_f27_scan_of_a_huge_file_in_bounded_memory"
SEED = 20240607  # the corpus' own, see tests/test_fixtures.py
MEMORY = 3 << 30
CASE = "case:"
SLOW = 0.1  # seconds
ENOUGH = 200  # tests and cases
FIRST_LOOK = frozenset(
    ("bulk", "needles", "needs", "engines", "evidence", "words", "anchors", "zeros", "search")
)
IMPORT = 0  # the number of what runs when a module is loaded, before any test


@dataclass
class Coverage:
    """Which tests and cases run which lines, and how long each takes."""

    names: list[str]
    seconds: list[float]
    lines: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # file, line: numbers of names

    def of(self, mutant: Mutant) -> dict[str, float]:
        """What could notice a mutant, with its seconds, the fastest first; all where it runs at import.

        Slow tests are left out where hundreds of fast ones run the statement: that can only cost kills.
        """
        path = Path(mutant.site.path)
        lines = self.lines.get(mutant.site.path, {})
        chosen = {n for line in mutant.lines for n in lines.get(str(line), ())}
        if not mutant.lines or IMPORT in chosen:
            chosen = set(range(len(self.names)))
        chosen -= {IMPORT}
        fast = {n for n in chosen if self.seconds[n] < SLOW}
        if len(fast) > ENOUGH:
            own = (f"test_{path.stem}.py", f"test_{path.parent.name}.py")
            own += ("test_first_look.py",) if path.stem in FIRST_LOOK else ()
            fast |= {n for n in chosen if self.names[n].partition("::")[0].endswith(own)}
            chosen = fast
        return {self.names[n]: self.seconds[n] for n in sorted(chosen, key=lambda n: self.seconds[n])}


@functools.cache
def rendered() -> tuple[Rendered, ...]:
    """Every case of the corpus, with its values."""
    return tuple(render(case, SEED) for case in corpus.cases())


def warm() -> None:
    """Load what every child needs, and forget what it has to load itself."""
    re._MAXCACHE = 1 << 20  # a pattern that did not change is compiled once, not in every child
    rendered()
    with _Silence():
        _seed()
        pytest.main([*_options(), "--collect-only", *TESTS])
        import aliscan.detect.bulk
        import aliscan.detect.rules

        aliscan.detect.rules.all_rules()
        for case in rendered():
            aliscan.detect.detect(case.data, case.case.path.encode())
    for name in list(sys.modules):
        if name.split(".")[0] in ("aliscan", "tests"):
            del sys.modules[name]


def _options() -> list[str]:
    return [
        "-q",
        "-x",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:xdist",
        "--hypothesis-seed=0",
        f"--rootdir={TOP}",
        f"--deselect={ELSEWHERE}",
    ]


def _seed() -> None:
    """The same random keys in every run: a verdict must not depend on luck."""
    random.seed(SEED)
    shared = random.Random(SEED)
    random.SystemRandom = lambda: shared  # type: ignore[misc, assignment]


class _Silence:
    """Neither output nor errors of what runs inside."""

    def __enter__(self) -> None:
        sys.stdout.flush()
        self.saved = os.dup(1), os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.close(null)

    def __exit__(self, *_: object) -> None:
        for number, copy in zip((1, 2), self.saved, strict=True):
            os.dup2(copy, number)
            os.close(copy)


class _Only:
    """Leaves those tests that are named, the fastest first; notes what fails."""

    def __init__(self, names: list[str]) -> None:
        self.order = {name: number for number, name in enumerate(names)}
        self.failed = ""

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = sorted((i for i in items if i.nodeid in self.order), key=lambda i: self.order[i.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed = self.failed or report.nodeid


class _Changed(importlib.abc.MetaPathFinder, importlib.abc.InspectLoader):
    """Loads one module from other source than its file's."""

    def __init__(self, mutant: Mutant) -> None:
        self.file, self.source = TOP / mutant.site.path, mutant.source
        self.name = self.named(self.file)

    @staticmethod
    def named(file: Path) -> str:
        """What the module in a file is called."""
        parts = file.relative_to(TOP).with_suffix("").parts
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def find_spec(
        self, name: str, path: object, target: object = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name != self.name:
            return None
        spec = importlib.machinery.ModuleSpec(name, self, origin=str(self.file))
        spec.has_location = True
        if self.file.name == "__init__.py":
            spec.submodule_search_locations = [str(self.file.parent)]
        return spec

    def get_source(self, name: str) -> str:
        return self.source

    def get_code(self, name: str) -> object:
        return compile(self.source, str(self.file), "exec", dont_inherit=True)


def noticed_by(mutant: Mutant | None, names: list[str]) -> str:
    """The first of the cases and tests that fails, or nothing. In a child; everything is imported here."""
    if mutant:
        sys.meta_path.insert(0, _Changed(mutant))
    cases = {name for name in names if name.startswith(CASE)}
    try:
        from tests.test_fixtures import look

        for case in rendered():
            if CASE + case.case.name in cases:
                seen, unread = look(case.data, case.case.path)
                if unread or complaints(case, seen):
                    return CASE + case.case.name
    except Exception as error:
        return f"{type(error).__name__} in the corpus"
    tests = [name for name in names if name not in cases]
    stem = f"test_{Path(mutant.site.path).stem}" if mutant else ""
    own = [name for name in tests if stem in name.partition("::")[0]]
    for part in (own, [name for name in tests if name not in set(own)]):
        if part:
            only = _Only(part)
            files = sorted({name.partition("::")[0] for name in part})
            if pytest.main([*_options(), *files], plugins=[only]) != 0:
                return only.failed or "an error of collection"
    return ""


@dataclass
class Trial:
    """A child that runs, or has run. ``verdict``: killed, survived, timeout."""

    mutant: Mutant
    pid: int
    pipe: int
    began: float
    limit: float
    verdict: str = ""
    by: str = ""

    def done(self) -> bool:
        """Whether the child has ended; a mutant that runs into a limit is ended here."""
        pid, status = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            if time.monotonic() - self.began > self.limit:
                os.killpg(self.pid, signal.SIGKILL)
            return False
        self.by = os.read(self.pipe, 1000).decode()
        os.close(self.pipe)
        if os.WIFEXITED(status):
            self.verdict = "survived" if os.WEXITSTATUS(status) == 0 else "killed"
        else:
            self.verdict = "timeout" if os.WTERMSIG(status) in (signal.SIGXCPU, signal.SIGKILL) else "killed"
        return True


def start(mutant: Mutant, seen: Coverage) -> Trial:
    """Fork a child that tries a mutant."""
    names = seen.of(mutant)
    seconds = 15 + 4 * sum(names.values())
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Trial(mutant, pid, reader, time.monotonic(), 10 * seconds)
    code = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _Silence().__enter__()
        _seed()
        by = noticed_by(mutant, list(names))
        os.write(writer, by.encode()[:1000])
        code = 1 if by else 0
    finally:
        os._exit(code)


def measured() -> Coverage:
    """Coverage of the tests as they are, from the cache where nothing has changed since."""
    digest = hashlib.sha256()
    for folder in ("aliscan", "fixtures", "tests"):
        for file in sorted((TOP / folder).rglob("*")):
            if file.suffix in (".py", ".md", ".txt"):
                digest.update(b"%d %s" % (file.stat().st_size, bytes(file)) + file.read_bytes())
    digest.update(Path(__file__).read_bytes())
    cache = TOP / ".cache" / f"mutation-{digest.hexdigest()[:16]}.json"
    if not cache.exists():
        cache.parent.mkdir(exist_ok=True)
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                with _Silence():
                    found = _measure()
                cache.write_text(json.dumps([found.names, found.seconds, found.lines]))
                code = 0
            except BaseException as error:
                print(f"the tests fail as they are: {error}")
            finally:
                sys.stdout.flush()
                os._exit(code)
        if os.waitpid(pid, 0)[1]:
            sys.exit("no coverage: the tests have to pass before they are measured")
    return Coverage(*json.loads(cache.read_text()))


class _Measure:
    """Tells the coverage which test runs, and takes its time."""

    def __init__(self, tracer: coverage.Coverage) -> None:
        self.tracer, self.seconds, self.failed = tracer, dict[str, float](), list[str]()
        self.blind: set[str] = set()  # tests that take the tracer's place: they may run anything

    def within(self, name: str) -> None:
        _forget()
        self.tracer.switch_context(name)
        self.name, self.began = name, time.process_time()

    def end(self) -> None:
        self.seconds[self.name] = time.process_time() - self.began
        self.tracer.switch_context("between tests")

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> object:
        self.within(item.nodeid)
        try:
            return (yield)
        finally:
            self.end()

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.failed.append(report.nodeid)


def _forget() -> None:
    """Empty every cache of detect: what one test finds there would hide that the next depends on it."""
    for name, module in list(sys.modules.items()):
        if name.startswith("aliscan.detect"):
            for thing in vars(module).values():
                if hasattr(thing, "cache_clear"):
                    thing.cache_clear()


def _measure() -> Coverage:
    _seed()
    tracer = coverage.Coverage(
        data_file=None, include=[str(TOP / "aliscan/detect/*")], config_file=False, messages=False
    )
    plugin = _Measure(tracer)
    settrace = sys.settrace

    def noted(function: object) -> None:
        plugin.blind.add(plugin.name)
        settrace(function)

    tracer.start()
    from tests.test_fixtures import look

    for file in sorted((TOP / "aliscan/detect").rglob("*.py")):
        importlib.import_module(_Changed.named(file))

    for case in rendered():
        plugin.within(CASE + case.case.name)
        seen, unread = look(case.data, case.case.path)
        plugin.end()
        if unread or complaints(case, seen):
            raise AssertionError(case.case.name)
    sys.settrace = noted  # type: ignore[assignment]
    code = pytest.main([*_options(), *TESTS], plugins=[plugin])
    sys.settrace = settrace
    tracer.stop()
    if code != 0:
        raise AssertionError(f"pytest: {int(code)} {plugin.failed}")
    names = ["", *plugin.seconds]  # the first: IMPORT
    numbers = {name: number for number, name in enumerate(names)}
    found = Coverage(names, [0.0, *plugin.seconds.values()])
    data = tracer.get_data()
    for file in data.measured_files():
        found.lines[str(Path(file).relative_to(TOP))] = {
            str(line): sorted({numbers[n] for n in (*tests, *plugin.blind) if n in numbers})
            for line, tests in data.contexts_by_lineno(file).items()
        }
    return found
