#!/usr/bin/env python3
"""Breaks the engine on purpose, one way at a time, and sees whether the tests notice.

Each file of tests/mutants is one break: lines that say what is broken and which tests must catch
it, then a patch. It is applied to a copy of the tree, the tests are built and run, and they must
fail. A mutant that survives shows that a test is missing.

    tools/mutants.py                runs all, or those named: tools/mutants.py no-fence
    tools/mutants.py --check        only sees whether every patch still applies
    tools/mutants.py --refresh      writes the patches anew against the sources as they are now
    tools/mutants.py --make NAME    writes one from the uncommitted changes; edit its first lines
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "tests" / "mutants"
WORK = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target")).absolute() / "mutants"
TREE = WORK / "tree"

LIMIT_S = 900


@dataclass(frozen=True)
class Mutant:
    """One way to break the engine."""

    name: str
    broken: str
    tests: list[str]
    patch: str

    @classmethod
    def read(cls, path: Path) -> Mutant:
        """Reads a patch with the lines before it."""
        text = path.read_text()
        head, patch = text[: text.index("diff --git")], text[text.index("diff --git") :]
        broken = " ".join(re.findall(r"^# (?!tests: )(.*)$", head, re.MULTILINE))
        tests = re.findall(r"^# tests: (.*)$", head, re.MULTILINE)
        if not broken or not tests:
            sys.exit(f"{path.name} does not say what is broken, or which tests must catch it")
        return cls(path.stem, broken, tests, patch)

    def write(self) -> None:
        """Writes the patch with the lines before it."""
        head = [f"# {self.broken}", *(f"# tests: {tests}" for tests in self.tests)]
        (FOLDER / f"{self.name}.patch").write_text("\n".join([*head, self.patch]))


def run(*command: str, cwd: Path, given: str | None = None) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end and returns what it said."""
    return subprocess.run(
        command, cwd=cwd, input=given, capture_output=True, text=True, check=False
    )


def git(*arguments: str, cwd: Path = ROOT, given: str | None = None) -> str:
    """Runs git, which must succeed."""
    done = run("git", *arguments, cwd=cwd, given=given)
    if done.returncode != 0:
        sys.exit(f"git {' '.join(arguments)}: {done.stderr}")
    return done.stdout


def mutants(names: list[str]) -> list[Mutant]:
    """All mutants, or those that are named."""
    paths = sorted(FOLDER.glob("*.patch"))
    unknown = set(names) - {path.stem for path in paths}
    if unknown:
        sys.exit(f"no such mutant: {', '.join(sorted(unknown))}")
    return [Mutant.read(path) for path in paths if not names or path.stem in names]


def apply(mutant: Mutant, *options: str, cwd: Path) -> str:
    """Applies a patch; returns why that cannot be done, or nothing."""
    done = run("git", "apply", "--unidiff-zero", *options, "-", cwd=cwd, given=mutant.patch)
    return done.stderr.strip()


def copy_tree() -> None:
    """Copies the sources as they are here, and lets git know the copy, so that it can be reset."""
    if TREE.exists():
        shutil.rmtree(TREE)
    listed = git("ls-files", "--cached", "--others", "--exclude-standard", "-z")
    for name in filter(None, listed.split("\0")):
        source, target = ROOT / name, TREE / name
        if source.is_file():
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, target)
    git("init", "--quiet", cwd=TREE)
    git("add", "--all", "--force", cwd=TREE)
    identity = ("-c", "user.name=mutants", "-c", "user.email=mutants@localhost")
    git(*identity, "commit", "--quiet", "--no-verify", "--message", "as it is", cwd=TREE)


def cargo_test(tests: str, *more: str) -> subprocess.CompletedProcess[str]:
    """Builds and runs some tests of the copy. `tests` is `<cargo options> [--- <filters>]`."""
    options, _, filters = tests.partition("--- ")
    # The limit is for tests that hang, and not for a first build.
    limit = [] if "--no-run" in more else ["timeout", str(LIMIT_S)]
    command = [*limit, "cargo", "test", "--offline", "-p", "floorjobs-core"]
    # A target folder of its own: cargo takes the crates of two copies of a tree for the same, and
    # the next build of the tree itself would find a mutant and call it fresh.
    command += ["--target-dir", str(WORK / "target"), *options.split(), *more]
    return run(*command, "--", *filters.split(), cwd=TREE)


def caught_by(mutant: Mutant) -> str | None:
    """Which of the tests that must fail on a mutant does, or none.

    No other test counts: one that fails now and then would hide that these let the mutant live.
    """
    for tests in mutant.tests:
        built = cargo_test(tests.partition("--- ")[0], "--no-run")
        if built.returncode != 0:
            sys.exit(f"{mutant.name} does not build, which proves nothing:\n{built.stderr}")
        done = cargo_test(tests)
        failed = re.findall(r"^test (\S+) \.\.\. FAILED$", done.stdout, re.MULTILINE)
        if failed:
            also = f" and {len(failed) - 1} more" if len(failed) > 1 else ""
            return failed[0] + also
        if done.returncode == 124:
            return f"the time limit of {LIMIT_S} s"
        if done.returncode != 0:
            return "the end of the test process"
    return None


def passes_as_it_is(chosen: list[Mutant]) -> None:
    """Sees to it that the tests pass on the tree without a mutant; otherwise they prove nothing."""
    for tests in sorted({tests for mutant in chosen for tests in mutant.tests}):
        built = cargo_test(tests.partition("--- ")[0], "--no-run")
        done = cargo_test(tests) if built.returncode == 0 else built
        if done.returncode != 0:
            sys.exit(f"`{tests}` fails without any mutant:\n{done.stdout}{done.stderr}")


def main() -> None:
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME")
    parser.add_argument("--check", action="store_true", help="only see whether patches apply")
    parser.add_argument("--refresh", action="store_true", help="write the patches anew")
    parser.add_argument("--make", metavar="NAME", help="write one from the uncommitted changes")
    asked = parser.parse_args()
    if asked.make:
        patch = git("diff", "--unified=2", "--", "core/src")
        Mutant(asked.make, "What is broken.", ["--test integration"], patch).write()
        return
    chosen = mutants(asked.names)
    if asked.check:
        stale = [m.name for m in chosen if apply(m, "--check", cwd=ROOT)]
        if stale:
            sys.exit(f"these no longer apply: {', '.join(stale)}; try tools/mutants.py --refresh")
        print(f"{len(chosen)} mutants apply")
        return
    copy_tree()
    if not asked.refresh:
        passes_as_it_is(chosen)
    survivors = []
    for mutant in chosen:
        git("checkout", "--quiet", ".", cwd=TREE)
        reason = apply(mutant, "-C1" if asked.refresh else "-C2", cwd=TREE)
        if reason:
            sys.exit(f"{mutant.name} does not apply: {reason}")
        if asked.refresh:
            patch = git("diff", "--unified=2", cwd=TREE)
            Mutant(mutant.name, mutant.broken, mutant.tests, patch).write()
            continue
        began = time.monotonic()
        catcher = caught_by(mutant)
        took = f"{time.monotonic() - began:.0f} s"
        print(f"{mutant.name:34} {took:>6}  {catcher or 'SURVIVED: ' + mutant.broken}", flush=True)
        if catcher is None:
            survivors.append(mutant.name)
    if survivors:
        sys.exit(f"survived: {', '.join(survivors)}")


if __name__ == "__main__":
    main()
