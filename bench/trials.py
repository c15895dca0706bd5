"""Run the tests that can notice a mutant, each mutant in a process of its own. Imported by bench/mutation.py.

A warm process has loaded pytest, the rendered corpus, aliscan and its tests, which are collected once. For
each mutant it forks. Where the body of a function is changed, the child gives that function its new code
(bench/swap.py), and runs the cases of the corpus and the tests that run the changed statement. Where the
change is seen when a module is loaded, it forgets aliscan and the tests, and loads both again, with the
changed module in place of the file. Nothing on disk changes.
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
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import coverage
import pytest

from bench import swap
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
FAULT = "not the mutant's fault"  # what a child says where the tool itself fails: no kill
IMPORT = 0  # the number of what runs when a module is loaded, before any test


@dataclass
class Coverage:
    """Which tests and cases run which lines, and how long each takes."""

    names: list[str]
    seconds: list[float]
    lines: dict[str, dict[str, list[int]]] = field(default_factory=dict)  # file, line: numbers of names
    most: float = float("inf")  # seconds; slower tests are left out everywhere: that can only cost kills

    def of(self, mutant: Mutant) -> dict[str, float]:
        """What could notice a mutant, with its seconds, the fastest first; all where it runs at import.

        Slow tests are left out where hundreds of fast ones run the statement: that can only cost kills.
        """
        path = Path(mutant.site.path)
        chosen = self._numbers(mutant)
        if not mutant.lines or IMPORT in chosen:
            chosen = set(range(len(self.names)))
        chosen = {n for n in chosen if n != IMPORT and self.seconds[n] <= self.most}
        fast = {n for n in chosen if self.seconds[n] < SLOW}
        if len(fast) > ENOUGH:
            own = (f"test_{path.stem}.py", f"test_{path.parent.name}.py")
            own += ("test_first_look.py",) if path.stem in FIRST_LOOK else ()
            fast |= {n for n in chosen if self.names[n].partition("::")[0].endswith(own)}
            chosen = fast
        return {self.names[n]: self.seconds[n] for n in sorted(chosen, key=lambda n: self.seconds[n])}

    def at_import(self, mutant: Mutant) -> bool:
        """Whether a mutant changes what happens when modules are loaded."""
        return not mutant.lines or IMPORT in self._numbers(mutant)

    def _numbers(self, mutant: Mutant) -> set[int]:
        lines = self.lines.get(mutant.site.path, {})
        return {n for line in mutant.lines for n in lines.get(str(line), ())}


@functools.cache
def rendered() -> tuple[Rendered, ...]:
    """Every case of the corpus, with its values."""
    return tuple(render(case, SEED) for case in corpus.cases())


def prepare() -> None:
    """Before anything is loaded: what all children share."""
    re._MAXCACHE = 1 << 20  # a pattern that did not change is compiled once, not in every child
    rendered()


def warm(work: Callable[[list[pytest.Item]], None]) -> None:
    """Load everything, collect the tests, and call ``work`` with them."""
    with _Silence() as silence:
        _seed()
        plugin = _Warm(work, silence)
        pytest.main([*_options(), *TESTS], plugins=[plugin])
    if plugin.failed:
        raise plugin.failed


class _Warm:
    """Does something else with the tests than to run them."""

    def __init__(self, work: Callable[[list[pytest.Item]], None], silence: _Silence) -> None:
        self.work, self.silence = work, silence
        self.failed: BaseException | None = None

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for file in sorted((TOP / "aliscan/detect").rglob("*.py")):
            importlib.import_module(swap.named(file))
        from tests.test_fixtures import look

        for case in rendered():
            look(case.data, case.case.path)
        self.silence.__exit__()
        try:
            self.work(session.items)
        except (Exception, SystemExit) as error:  # pytest would tell it to nobody
            self.failed = error
        finally:
            self.silence.__enter__()
        return True


def _load_again() -> None:
    """Forget what depends on a module of aliscan."""
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

    def __enter__(self) -> _Silence:
        sys.stdout.flush()
        self.saved = os.dup(1), os.dup(2)
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, 1)
        os.dup2(null, 2)
        os.close(null)
        return self

    def __exit__(self, *_: object) -> None:
        sys.stdout.flush()
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
        self.name = swap.named(self.file)

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


def noticed_by(mutant: Mutant, seen: Coverage, items: list[pytest.Item]) -> str:
    """The first of the cases and tests that fails, or nothing. In a child."""
    names = list(seen.of(mutant))
    if not seen.at_import(mutant) and swap.swap(mutant):
        return _here(mutant, names, seen, items)
    _load_again()
    sys.meta_path.insert(0, _Changed(mutant))
    return _again(mutant, names)


def _is_own(mutant: Mutant, name: str) -> bool:
    """Whether a test stands in a file that is named like the changed one: nothing is as likely to notice."""
    return f"test_{Path(mutant.site.path).stem}" in name.partition("::")[0]


def _here(mutant: Mutant, names: list[str], seen: Coverage, items: list[pytest.Item]) -> str:
    """Cases and tests one by one in this process, each with ten times the time that it needs."""
    forget()
    from tests.test_fixtures import look

    seconds = dict(zip(seen.names, seen.seconds, strict=True))
    names = sorted(names, key=lambda name: (not _is_own(mutant, name), seconds[name]))
    cases = {CASE + case.case.name: case for case in rendered()}
    tests = {item.nodeid: item for item in items}
    order = [tests[name] for name in names if name in tests]
    following = dict(zip(order, [*order[1:], None], strict=False))
    only = _Only([])
    if order:
        order[0].config.pluginmanager.register(only)
    for name in names:
        signal.setitimer(signal.ITIMER_PROF, 2 + 10 * seconds[name])
        if name in cases:
            try:
                found, unread = look(cases[name].data, cases[name].case.path)
            except Exception as error:
                return f"{type(error).__name__} in {name}"
            if unread or complaints(cases[name], found):
                return name
        else:
            item = tests[name]
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following[item])
            if only.failed:
                return only.failed
    return ""


def _again(mutant: Mutant, names: list[str]) -> str:
    """The same where everything is loaded anew: the tests named like the file, the cases, all other tests."""
    cases = {name for name in names if name.startswith(CASE)}
    tests = [name for name in names if name not in cases]
    own = [name for name in tests if _is_own(mutant, name)]
    return _collected(own) or _corpus(cases) or _collected([name for name in tests if name not in set(own)])


def _corpus(cases: set[str]) -> str:
    try:
        from tests.test_fixtures import look

        for case in rendered():
            if CASE + case.case.name in cases:
                seen, unread = look(case.data, case.case.path)
                if unread or complaints(case, seen):
                    return CASE + case.case.name
    except Exception as error:
        return f"{type(error).__name__} in the corpus"
    return ""


def _collected(tests: list[str]) -> str:
    only = _Only(tests)
    files = sorted({name.partition("::")[0] for name in tests})
    if files and pytest.main([*_options(), *files], plugins=[only]) != 0:
        return only.failed or "an error of collection"
    return ""


_TIMES = (signal.SIGXCPU, signal.SIGKILL, signal.SIGPROF)


@dataclass
class Trial:
    """A child that runs, or has run. ``verdict``: killed, survived, timeout."""

    mutant: Mutant
    pid: int
    pipe: int
    began: float
    limit: float
    folder: str  # of temporary files
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
        shutil.rmtree(self.folder, ignore_errors=True)
        if self.by.startswith(FAULT):
            sys.exit(f"{self.mutant.site}: {self.by}")
        if os.WIFEXITED(status):
            self.verdict = "survived" if os.WEXITSTATUS(status) == 0 else "killed"
        else:
            self.verdict = "timeout" if os.WTERMSIG(status) in _TIMES else "killed"
        return True


def start(mutant: Mutant, seen: Coverage, items: list[pytest.Item]) -> Trial:
    """Fork a child that tries a mutant. ``items``: all tests, as `warm` gives them."""
    seconds = 15 + 4 * sum(seen.of(mutant).values())
    folder = tempfile.mkdtemp(prefix="mutant-")
    reader, writer = os.pipe()
    pid = os.fork()
    if pid:
        os.close(writer)
        return Trial(mutant, pid, reader, time.monotonic(), 10 * seconds, folder)
    code = 1
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_CPU, (int(seconds), int(seconds) + 5))
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        _Silence().__enter__()
        _seed()
        tempfile.tempdir = folder
        items[0].config._tmp_path_factory._basetemp = Path(folder)  # type: ignore[attr-defined]
        by = noticed_by(mutant, seen, items)
        os.write(writer, by.encode()[:1000])
        code = 1 if by else 0
    except BaseException as error:
        os.write(writer, f"{FAULT}: {error!r}".encode()[:1000])
    finally:
        os._exit(code)


def measured(most: float) -> Coverage:
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
    return Coverage(*json.loads(cache.read_text()), most=most)


class _Measure:
    """Tells the coverage which test runs, and takes its time."""

    def __init__(self, tracer: coverage.Coverage) -> None:
        self.tracer, self.seconds, self.failed = tracer, dict[str, float](), list[str]()
        self.blind: set[str] = set()  # tests that take the tracer's place: they may run anything

    def within(self, name: str) -> None:
        forget()
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


def forget() -> None:
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
        importlib.import_module(swap.named(file))

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
