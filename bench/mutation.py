"""How many mutants of ``aliscan/detect`` the tests notice: ``make mutation [ARGS="--count 400 --seed 1"]``.

Draws mutants (bench/mutants.py: cosmic-ray's operators, a random sample with a seed, every file by its size),
runs for each the tests that reach the changed statement (bench/trials.py), and prints a table by file and
every survivor. Survivors in bench/mutation_equivalent.txt change nothing that anybody can see, each with the
reason; they are counted apart. docs/decisions/0033-mutation.md has the figures.
"""

from __future__ import annotations

import argparse
import gc
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bench.mutants import TOP, Mutant, sample
from bench.trials import Coverage, Trial, measured, prepare, start, warm

EQUIVALENT = Path(__file__).with_name("mutation_equivalent.txt")


def equivalent() -> dict[tuple[str, str, str], str]:
    """(file, line as it is, line of the mutant) -> why nobody can tell them apart."""
    known = {}
    for block in EQUIVALENT.read_text("utf-8").split("\n\n"):
        lines = [line for line in block.splitlines() if not line.startswith("#")]
        if lines:
            path, removed, added, reason = lines
            known[path, removed.removeprefix("- ").strip(), added.removeprefix("+").strip()] = reason
    return known


def run(mutants: Iterator[Mutant], seen: Coverage, items: list[pytest.Item], jobs: int) -> list[Trial]:
    """Try every mutant, ``jobs`` at a time; a Ctrl-C ends early with what is done."""
    running, done = list[Trial](), list[Trial]()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        _run(mutants, lambda mutant: start(mutant, seen, items), jobs, running, done)
    except KeyboardInterrupt:
        print("stopped: what follows is of the mutants that were tried, a sample all the same", flush=True)
    return done


def _run(
    mutants: Iterator[Mutant],
    begin: Callable[[Mutant], Trial],
    jobs: int,
    running: list[Trial],
    done: list[Trial],
) -> None:
    last = False
    while running or not last:
        while len(running) < jobs and not last:
            mutant = next(mutants, None)
            last = mutant is None
            if mutant:
                running.append(begin(mutant))
        time.sleep(0.02)
        ended = [trial for trial in running if trial.done()]
        running[:] = [trial for trial in running if trial not in ended]
        for trial in ended:
            done.append(trial)
            if trial.verdict == "survived":
                print(shown(trial.mutant), flush=True)
            if len(done) % 25 == 0:
                print(f"... {len(done)}", flush=True)


def shown(mutant: Mutant) -> str:
    """A survivor, as the list of equivalent ones wants it."""
    site = mutant.site
    return f"survived {site.path}:{site.line} {mutant.operator}\n    - {mutant.removed}\n    + {mutant.added}"


def table(done: list[Trial], known: dict[tuple[str, str, str], str]) -> None:
    """Print one row for each file, and one for all."""
    rows: dict[str, Counter[str]] = {}
    for trial in done:
        verdict = trial.verdict
        if verdict == "survived" and trial.mutant.key in known:
            verdict = "equivalent"
        for name in (trial.mutant.site.path.removeprefix("aliscan/detect/"), "all"):
            rows.setdefault(name, Counter())[verdict] += 1
    rows["all"] = rows.pop("all")
    print("\n| file | mutants | killed | timeout | survived | equivalent | score | without equivalent |")
    print("|---|---:|---:|---:|---:|---:|---:|---:|")
    for name, row in rows.items():
        total, good = row.total(), row["killed"] + row["timeout"]
        fair = total - row["equivalent"]
        cells = (total, row["killed"], row["timeout"], row["survived"], row["equivalent"])
        scores = f"{100 * good / total:.0f} % | {100 * good / fair:.0f} %" if fair else "- | -"
        print(f"| {name} | {' | '.join(map(str, cells))} | {scores} |")


def main() -> None:
    """Read the arguments, run, print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--count", type=int, default=400, help="how many mutants (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="of the sample (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count(), help="processes (%(default)s)")
    parser.add_argument("--only", default="", help="files whose path holds this")
    parser.add_argument(
        "--slowest", type=float, default=float("inf"), help="leave out tests that take more seconds"
    )
    parser.add_argument("--why", action="store_true", help="also print what noticed each mutant")
    args = parser.parse_args()
    os.nice(5)
    os.chdir(TOP)
    prepare()
    seen = measured(args.slowest)
    warm(lambda items: _all(args, seen, items))


def _all(args: argparse.Namespace, seen: Coverage, items: list[pytest.Item]) -> None:
    files = [
        f for f in sorted((TOP / "aliscan/detect").rglob("*.py")) if args.only in str(f.relative_to(TOP))
    ]
    print(f"about {args.count} mutants of {len(files)} files, seed {args.seed}", flush=True)
    gc.collect()
    gc.freeze()  # so that a child does not copy what it never uses
    done = run(sample(files, args.count, args.seed), seen, items, args.jobs)
    if args.why:
        for trial in done:
            if trial.verdict != "survived":
                print(f"{trial.verdict} {trial.mutant.site.path}:{trial.mutant.site.line} {trial.by}")
    table(sorted(done, key=lambda t: t.mutant.site), equivalent())


if __name__ == "__main__":
    main()
