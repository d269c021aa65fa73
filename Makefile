# Everything a developer runs. Needs Rust, Python 3.10 or newer, a C compiler and make; the rest
# is installed into .venv, and cbindgen into ~/.cache/floorjobs-tools.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
TARGET := $(or $(CARGO_TARGET_DIR),target)
VERSION := $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n 1)
# The Python sources that the linters read.
SOURCES := python tests tools fuzz examples conftest.py

# Most tests wait for processes and servers more than they compute.
TEST_THREADS := $(shell echo $$((2 * $$(nproc 2>/dev/null || echo 2))))

# Runs a command beside a PostgreSQL and a Redis that its tests share.
WITH_SERVERS := $(BIN)/python tests/servers.py

# Every crate must build against the same interpreter, or pyo3 is built again for each.
export PYO3_PYTHON := $(abspath $(BIN)/python)

.PHONY: help
help: ## what can be made
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' $(MAKEFILE_LIST) | expand -t 14

.PHONY: venv
venv: $(VENV)/.ready ## the local Python environment, with all that is needed

$(VENV)/.ready: requirements-dev.txt
	@command -v cargo >/dev/null || { echo "cargo is not here: install Rust, https://rustup.rs" >&2; exit 1; }
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 10))' || { echo "Python 3.10 or newer is needed; name one: make PYTHON=python3.12" >&2; exit 1; }
	@echo "installing into $(VENV): $$(grep -v '^#' $< | tr '\n' ' ')"
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --requirement $<
	touch $@

.PHONY: servers
servers: ## sees to it that the servers of the tests are here; installs them with apt if it can
	@tools/servers.sh || test -z "$${CI:-}"

.PHONY: native
native: venv ## the Python package in .venv, built for tests
	$(BIN)/maturin develop --quiet

.PHONY: native-release
native-release: venv ## the same, optimised
	@echo "building the native module, optimised; the first time takes some minutes"
	$(BIN)/maturin develop --quiet --release

.PHONY: demo
demo: native-release ## uploads a plan and shows its walls; PLAN=my.pdf takes another
	$(BIN)/python tools/demo.py $(if $(PLAN),"$(PLAN)")

.PHONY: serve
serve: native-release ## the same application for a browser; PORT=8000
	$(BIN)/python tools/demo.py --serve --port $(or $(PORT),8000)

.PHONY: bench
bench: native-release ## how fast jobs are beside bare SQLite and other systems, uploads, reading plans and layouts
	$(WITH_SERVERS) cargo bench -p floorjobs-core
	$(BIN)/python tools/bench_upload.py
	$(BIN)/python tools/bench_ingest.py
	$(BIN)/python tools/bench_peers.py
	$(BIN)/python tools/bench_layouts.py

.PHONY: bench-c
bench-c: venv ## what a call through the C interface costs, and what the shared library is made up of
	cargo test --quiet --release -p floorjobs-ffi -- --ignored --nocapture cost
	cargo build --release -p floorjobs-ffi
	$(BIN)/python tools/size.py $(TARGET)/release/libfloorjobs.so

.PHONY: sizes
sizes: venv ## what each part of the C library adds to its size; six release builds
	$(BIN)/python tools/parts.py $(TARGET)/release

.PHONY: bench-ingest
bench-ingest: native-release ## reading plans alone, beside PyMuPDF with the older algorithm, and pypdfium2
	$(BIN)/python tools/bench_ingest.py

.PHONY: bench-peers
bench-peers: native-release ## beside RQ, Celery, Dramatiq, Huey and arq alone, on a Redis of its own
	$(BIN)/python tools/bench_peers.py

.PHONY: score
score: native-release ## how well plans are read whose truth is known; PLANS=folder with score.py
	$(BIN)/python -m pip install --quiet --disable-pip-version-check numpy shapely
	$(BIN)/python tools/score_plans.py $(or $(PLANS),../shared/plans)

.PHONY: pictures
pictures: native-release ## draws the pictures of the README anew
	$(BIN)/python tools/pictures.py

.PHONY: install
install: ## installs the C library: PREFIX=/usr/local, DESTDIR, LIBDIR; INSTALL_FLAGS go to cargo
	cargo build --release -p floorjobs-ffi $(INSTALL_FLAGS)
	DESTDIR="$(DESTDIR)" LIBDIR="$(LIBDIR)" tools/install.sh $(TARGET)/release $(or $(PREFIX),/usr/local) $(VERSION)

.PHONY: test
test: lint test-rust test-c test-python test-http ## formatting, lints, drift checks and every test
	@echo "all tests passed"

.PHONY: lint
lint: venv ## formatting, lints, types, and the drift of header and stubs
	cargo fmt --all --check
	$(BIN)/ruff format --check $(SOURCES)
	$(BIN)/ruff check $(SOURCES)
	tools/cbindgen.sh --check
	$(BIN)/python tools/mutants.py --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings -A rustdoc::private_intra_doc_links" cargo doc --quiet --workspace --no-deps --document-private-items
	$(BIN)/mypy --package floorjobs
	$(BIN)/mypy examples/flask_app.py tools/demo.py tests/sample_tasks.py
	$(BIN)/mypy examples/before.py
	$(BIN)/mypy examples/after.py
	$(BIN)/basedpyright --pythonpath $(BIN)/python

.PHONY: test-rust
test-rust: venv servers ## unit, integration and documentation tests of the crates; SEED=7 draws other random cases
	export PROPTEST_RNG_SEED=$(or $(SEED),1); \
	if cargo nextest --version >/dev/null 2>&1; then $(WITH_SERVERS) cargo nextest run --no-fail-fast --test-threads $(TEST_THREADS); \
	else echo "cargo-nextest is not here; using cargo test"; $(WITH_SERVERS) cargo test --no-fail-fast --lib --bins --tests; fi
	cargo test --quiet --doc -p floorjobs-core

.PHONY: test-c
# The crate is built once for both: each alone has some of its dependencies with other features.
test-c: venv servers ## the C and C++ hosts, the symbols of the shared library, and how it installs
	cargo clippy --quiet -p floorjobs-ffi --no-default-features -- -D warnings
	cargo build -p floorjobs-ffi -p floorjobs-python
	tools/symbols.sh $(TARGET)/debug/libfloorjobs.so
	tests/c/run.sh $(TARGET)/debug $(VERSION)
	tests/c/installed.sh $(TARGET)/debug $(VERSION)

.PHONY: parts
parts: ## the C library with each of its parts alone, and what it answers without the pipelines
	for part in pipelines postgres redis s3; do echo "$$part"; \
	cargo clippy --quiet -p floorjobs-ffi --no-default-features --features "$$part" -- -D warnings; done
	cargo test --quiet -p floorjobs-ffi --no-default-features --features postgres,redis,s3

.PHONY: test-python
test-python: native servers ## the Python package, and its stubs
	tools/stubs.sh --check
	$(BIN)/python tools/pictures.py --check
	$(WITH_SERVERS) $(BIN)/pytest --numprocesses $(TEST_THREADS) --dist worksteal

.PHONY: test-http
test-http: native ## the HTTP routes against their OpenAPI document, with schemathesis
	$(BIN)/python tools/http_contract.py

# zig knows the symbols of old versions of glibc, so that the wheel runs on any Linux since 2014.
.PHONY: wheel
wheel: venv ## dist/: the source distribution, and a wheel for glibc 2.17 and newer
	$(BIN)/python -m pip install --quiet --disable-pip-version-check ziglang==0.17.1 auditwheel==6.8.2 abi3audit==0.0.26
	$(BIN)/maturin sdist --out dist
	PATH="$(abspath $(BIN)):$$PATH" $(BIN)/maturin build --release --zig --compatibility manylinux2014 --out dist
	$(BIN)/python tools/check_wheel.py dist/*.whl

.PHONY: chaos
chaos: native-release servers ## the long storm, the power cut at 2000 places, cuts between two hosts, faults; JOBS=50000 SEED=7
	FLOORJOBS_TEST_CHAOS_JOBS=$(or $(JOBS),20000) $(if $(SEED),FLOORJOBS_TEST_SEED=$(SEED)) \
	cargo test --release -p floorjobs-core --test integration -- --nocapture --test-threads 1 chaos::nothing
	FLOORJOBS_TEST_CUTS=2000 \
	cargo test --release -p floorjobs-core --test integration -- --nocapture power_cut::
	FLOORJOBS_TEST_LONG_CUTS=1 $(BIN)/pytest -s tests/test_two_hosts.py
	$(MAKE) faults

.PHONY: faults
faults: servers ## Redis, PostgreSQL and pgbouncer failing in two dozen ways, as a table; JOBS=5000
	rm -f $(TARGET)/faults.md
	trap 'cat $(TARGET)/faults.md' EXIT; \
	FLOORJOBS_TEST_FAULTS_TABLE=$(abspath $(TARGET)/faults.md) \
	FLOORJOBS_TEST_FAULTS_JOBS=$(or $(JOBS),5000) $(if $(SEED),FLOORJOBS_TEST_SEED=$(SEED)) \
	cargo test --release -p floorjobs-core --test integration -- --test-threads 1 chaos::matrix::

# Its own crate, as the other interpreter takes longer to build than all tests may.
.PHONY: oracle
oracle: ## what is drawn on every plan at hand, held against another interpreter, hayro; WRITE=1 writes tests/data/drawn.json
	FLOORJOBS_ORACLE_WRITE=$(WRITE) cargo test --quiet --manifest-path oracle/Cargo.toml

.PHONY: versions
versions: venv servers ## the tests of Redis and PostgreSQL against the oldest and newest that are promised
	PYTHON=$(BIN)/python tools/server_versions.sh $(TARGET)/servers $(WITH_SERVERS) cargo nextest run --no-fail-fast --test-threads $(TEST_THREADS)

.PHONY: fuzz
fuzz: venv ## the fuzz targets of the PDF reader, SECONDS=600 each; TARGETS=content. Needs nightly and cargo-fuzz
	@cargo +nightly fuzz --version >/dev/null || { echo "see fuzz/README.md for what is needed" >&2; exit 1; }
	$(BIN)/python fuzz/seeds.py
	for target in $(or $(TARGETS),content text ingest); do \
	mkdir -p fuzz/corpus/$$target; \
	RUSTC_WRAPPER=$(abspath fuzz/rustc.sh) cargo +nightly fuzz run --sanitizer $(or $(SANITIZER),none) \
	$$target fuzz/corpus/$$target -- -dict=fuzz/pdf.dict -max_total_time=$(or $(SECONDS),600) \
	-timeout=10 -rss_limit_mb=1024 -max_len=65536 -print_final_stats=1; done

# What calls SQLite, the kernel or the clock's own instructions is beyond Miri; the C hosts run that
# under ASan, UBSan, TSan and valgrind.
.PHONY: miri
miri: ## the memory of the C interface under Miri, where that can go. Needs nightly with miri and rust-src
	@cargo +nightly miri --version >/dev/null || { echo "rustup toolchain install nightly --component miri,rust-src" >&2; exit 1; }
	MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test -p floorjobs-ffi --no-default-features --lib -- \
	error:: guard::tests::a_panic json:: sized:: status:: text:: callback::

.PHONY: mutants
mutants: venv ## breaks the engine in some forty ways, each of which a test must notice; ONLY=no-fence
	$(BIN)/python tools/mutants.py $(ONLY)

.PHONY: fmt
fmt: venv ## formats every source
	cargo fmt --all
	$(BIN)/ruff check --fix --quiet $(SOURCES) || true
	$(BIN)/ruff format $(SOURCES)

.PHONY: header
header: ## writes include/floorjobs.h from ffi/src
	tools/cbindgen.sh

.PHONY: stubs
stubs: native ## writes the type stubs of the native module
	tools/stubs.sh

.PHONY: clean
clean: ## removes what was built here
	rm -rf $(VENV) target dist python/floorjobs/*.so
	find . -name __pycache__ -prune -exec rm -rf {} +
