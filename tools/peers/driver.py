"""Stores jobs with one system, in its own environment, and prints what it took as JSON."""

from __future__ import annotations

import argparse
import importlib
import json
import random
import threading
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_THREADS = 16
_MANY = 1_000


def main() -> None:
    """Do what the command line says with the system it names."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("app")
    parser.add_argument("work", choices=("one", "threads", "many", "fill", "pickup"))
    parser.add_argument("amount", type=float, help="seconds, or jobs for `fill` and `pickup`")
    options = parser.parse_args()
    app = importlib.import_module(f"peers.apps.{options.app}")
    print(json.dumps(_WORK[options.work](app, options.amount)))


def _until(end: float, work: Callable[[], object]) -> int:
    """Do the work again and again; return how often."""
    done = 0
    while time.perf_counter() < end:
        work()
        done += 1
    return done


def _several(app: Any, count: int) -> None:  # noqa: ANN401, it is a module
    for _ in range(count):
        app.enqueue(0)


def _one(app: Any, seconds: float) -> float:  # noqa: ANN401
    _several(app, 50)
    start = time.perf_counter()
    done = _until(start + seconds, lambda: app.enqueue(0))
    return done / (time.perf_counter() - start)


def _threads(app: Any, seconds: float) -> float | None:  # noqa: ANN401
    if not app.threads:
        return None
    _several(app, 50)
    done: list[int] = []
    start = time.perf_counter()

    def share() -> None:
        done.append(_until(start + seconds, lambda: app.enqueue(0)))

    _at_once(share)
    return sum(done) / (time.perf_counter() - start)


def _at_once(work: Callable[[], None]) -> None:
    threads = [threading.Thread(target=work) for _ in range(_THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _many(app: Any, seconds: float) -> float | None:  # noqa: ANN401
    if not hasattr(app, "enqueue_many"):
        return None
    app.enqueue_many(50)
    start = time.perf_counter()
    done = _until(start + seconds, lambda: app.enqueue_many(_MANY))
    return done * _MANY / (time.perf_counter() - start)


def _fill(app: Any, jobs: float) -> None:  # noqa: ANN401
    if hasattr(app, "enqueue_many"):
        app.enqueue_many(int(jobs))
    else:
        share = -(-int(jobs) // _THREADS)
        _at_once(lambda: _several(app, share))


def _pickup(app: Any, jobs: float) -> None:  # noqa: ANN401
    """Send jobs to an idle worker, at moments that no poll of its can be in step with."""
    dice = random.Random(7)  # noqa: S311, the same moments for all
    for _ in range(int(jobs)):
        time.sleep(dice.uniform(0.02, 0.05))
        app.enqueue(time.monotonic_ns())


_WORK = {"one": _one, "threads": _threads, "many": _many, "fill": _fill, "pickup": _pickup}

if __name__ == "__main__":
    main()
