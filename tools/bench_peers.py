"""floorjobs beside RQ, Celery, Dramatiq, Huey and arq, in one run on the same Redis.

Like is compared with like: NORMAL, which survives the end of every process, with a Redis that
syncs its log once a second; FULL, which survives a power cut, with one that syncs it always. Each
peer is set up as its manual recommends where no job may be lost, and where there is a choice, for
speed. All of it is one after the other, in turns, so that a noisy moment hits more than one.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import platform
import subprocess
import sys
from pathlib import Path

TOOLS = Path(__file__).resolve().parent
sys.path[:0] = [str(TOOLS), str(TOOLS.parent / "tests")]

from peers import environments, systems  # noqa: E402
from peers.measure import Bench, Pickup, median  # noqa: E402

from servers import Postgres, Redis, is_here  # noqa: E402, as neither folder is a package

TARGET = Path(os.environ.get("CARGO_TARGET_DIR", "target")) / "peers"
WAYS = ("one", "threads", "many")


def main() -> None:
    """Measure, and print the tables."""
    options = _options()
    all_systems = [
        system
        for system in (*systems.PEERS, *systems.ours())
        if not options.only or any(word in system.name.lower() for word in options.only)
        if not system.on_postgres or is_here(*Postgres.programs)
    ]
    if not is_here(*Redis.programs):
        sys.exit("no redis-server here: tools/servers.sh installs it")
    with contextlib.ExitStack() as stack:
        postgres = None
        if any(system.on_postgres for system in all_systems):
            # As it comes, and not as tests like it, which have no power cut to fear.
            postgres = stack.enter_context(
                Postgres(fsync="on", full_page_writes="on", autovacuum="on", shared_buffers="128MB")
            )
        for full in (False, True):
            fsync = "always" if full else "everysec"
            redis = stack.enter_context(Redis(appendonly="yes", appendfsync=fsync))
            if not full:
                _tell_machine(redis)
            benches = [
                (system, Bench(system, _programs(system), redis, postgres, full=full))
                for system in all_systems
            ]
            _enqueue(benches, options, full=full)
            _drain(benches, options, full=full)
            if not full:
                _pickup(benches, options)
    for system in all_systems:
        name = system.name if system.is_ours else f"{system.name} {_version(system)}"
        print(f"- {name}: {system.guarantee}")


def _tell_machine(redis: Redis) -> None:
    command = [f"/proc/{redis.pid}/exe", "--version"]
    told = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    version = told.split("v=")[1].split()[0]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, Redis {version}", end="")
    print(f", Python {platform.python_version()}\n")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=0.5, help="one turn of storing (0.5)")
    parser.add_argument("--jobs", type=int, default=1_000, help="one turn of draining (1000)")
    parser.add_argument("--rounds", type=int, default=2, help="turns of each rate (2)")
    parser.add_argument("--pickups", type=int, default=80, help="jobs sent to idle workers (80)")
    parser.add_argument("--only", nargs="*", help="systems with one of these words in their names")
    return parser.parse_args()


def _programs(system: systems.System) -> Path | None:
    if system.requirements is None:
        return None
    return environments.programs(TARGET.resolve(), system.requirements)


def _version(system: systems.System) -> str:
    return environments.version(system.requirements or "")


Benches = list[tuple[systems.System, Bench]]


def _setting(*, full: bool) -> str:
    return "FULL, appendfsync always" if full else "NORMAL, appendfsync everysec"


def _enqueue(benches: Benches, options: argparse.Namespace, *, full: bool) -> None:
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(options.rounds):
        for system, bench in benches:
            for way in WAYS:
                rate = bench.enqueue(way, options.seconds)
                if rate is not None:
                    taken.setdefault((system.name, way), []).append(rate)
    best = max(
        (median(rates) for (name, way), rates in taken.items() if way == "one" and _peer(name)),
        default=0.0,
    )
    print(f"| enqueue, {_setting(full=full)} | one at a time | of the best peer's |", end="")
    print(" 16 threads | of that | many at once | of that |")
    print("|---|---:|---:|---:|---:|---:|---:|")
    for system, _ in benches:
        cells = []
        for way in WAYS:
            rates = taken.get((system.name, way))
            cells.append(f"{_rate(median(rates), best)}" if rates else "- | -")
        print(f"| {system.name} | {' | '.join(cells)} |")
    print()


def _drain(benches: Benches, options: argparse.Namespace, *, full: bool) -> None:
    taken: dict[tuple[str, str], list[float]] = {}
    for _ in range(options.rounds):
        for system, bench in benches:
            for worker in system.workers:
                count = options.jobs * (10 if system.is_ours else 1)
                taken.setdefault((system.name, worker.name), []).append(bench.drain(worker, count))
    best = max((median(rates) for (name, _), rates in taken.items() if _peer(name)), default=0.0)
    print(f"| noop jobs by one worker, {_setting(full=full)} | rate | of the best peer's |")
    print("|---|---:|---:|")
    for (name, worker), rates in taken.items():
        print(f"| {name}, {worker} | {_rate(median(rates), best)} |")
    print()


def _pickup(benches: Benches, options: argparse.Namespace) -> None:
    taken: dict[str, Pickup] = {}
    for system, bench in benches:
        taken[system.name] = bench.pickup(system.workers[0], options.pickups)
    waits = [pickup.percentile(0.5) for name, pickup in taken.items() if _peer(name)]
    best = min(waits, default=0.0)
    print("| an idle worker, NORMAL, appendfsync everysec | p50 | of the best peer's |", end="")
    print(" p99 | idle CPU | memory |")
    print("|---|---:|---:|---:|---:|---:|")
    for name, pickup in taken.items():
        middle, most = pickup.percentile(0.5), pickup.percentile(0.99)
        ratio = f"{middle / best:.2f} x" if best else "-"
        print(f"| {name} | {middle:.2f} ms | {ratio} | {most:.2f} ms |", end="")
        print(f" {pickup.idle_cpu:.2%} | {pickup.memory_mb:.0f} MB |")
    print()


def _peer(name: str) -> bool:
    return not name.startswith("floorjobs")


def _rate(rate: float, best: float) -> str:
    return f"{rate:,.0f}/s | " + (f"{rate / best:.2f} x" if best else "-")


if __name__ == "__main__":
    main()
