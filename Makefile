# Two commands do everything: `make demo` and `make test`. Both set up .venv first, if need be.

SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
# The first Python of at least 3.11 that is found; `make test PYTHON=/path/to/python` takes another.
PYTHON ?= $(shell for p in python3 python python3.14 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)
# Stamps carry the hash of what was installed: a changed lock installs again, an unchanged one does not.
key = $(shell cat pyproject.toml $(1) 2>/dev/null | cksum | cut -d' ' -f1)
KERNELS := hatch_build.py $(wildcard exactrelu/kernels/*.[ch]) exactrelu/kernels/build.py
RUN_STAMP := $(VENV)/stamp-run-$(call key,requirements.txt $(KERNELS))
TEST_STAMP := $(VENV)/stamp-test-$(call key,requirements-test.txt)
JOBS ?= 2

.PHONY: demo test kernels test-slow lint pytest benchmark benchmark-peers benchmark-verification oracle suite mutation claims-mutation mutation-package wheel docs train lock clean pictures proof

demo: $(RUN_STAMP)
	$(BIN)/python examples/demo.py

test: lint pytest

lint: $(TEST_STAMP)
	$(BIN)/python -m ruff check .
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m mypy

pytest: $(TEST_STAMP)
	$(BIN)/python -m pytest -n $(JOBS) -m "not slow"

# Compiles the kernels anew, with $$CC, cc, gcc or clang; installing does it too (docs/kernels.md).
kernels: $(RUN_STAMP)
	$(BIN)/python -m exactrelu.kernels.build

# What takes longer than `make test` may.
test-slow: $(TEST_STAMP)
	$(BIN)/python -m pytest -n $(JOBS) -m slow

benchmark: $(RUN_STAMP)
	$(BIN)/python benchmarks/start_up.py
	$(BIN)/python benchmarks/enumeration.py
	$(BIN)/python benchmarks/symbolic.py
	$(BIN)/python benchmarks/certificates.py
	$(BIN)/python benchmarks/families.py

# Changes the checker of certificates in every small way and sees the attacks notice (docs/mutants.md).
mutation: $(TEST_STAMP)
	$(BIN)/python -m tests.support.mutate_checker

# Changes the rest of the package in NUMBER places, in a drawn order, and runs the tests nearest to each.
NUMBER ?= 200
mutation-package: $(TEST_STAMP)
	$(BIN)/python -m tests.support.mutate_package $(NUMBER) --jobs $(JOBS)

# Changes the pages of the papers' claims and sees their verdicts change (docs/claims-mutants.md).
claims-mutation: $(TEST_STAMP)
	$(BIN)/python -m tests.support.mutate_claims $(OPTIONS)

# Installs float tools from PyPI, each in an environment of its own, and judges what they claim.
oracle: $(RUN_STAMP)
	$(BIN)/python examples/oracle/run_oracle.py $(OPTIONS)

# Installs float tools from PyPI and scores what they answer to the suite (docs/suite.md).
suite: $(RUN_STAMP)
	$(BIN)/python examples/suite/run_suite.py

# exactrelu beside other tools, which are installed below build/; OPTIONS="--quick" tries it out.
benchmark-peers: $(RUN_STAMP)
	$(BIN)/python -m benchmarks.peers $(OPTIONS)

# Decides the verification competition's benchmarks below DATA, and five ACAS Xu instances beside Marabou.
benchmark-verification: $(RUN_STAMP)
	@test -n "$(DATA)" || { echo "make benchmark-verification DATA=FOLDER, a folder of benchmarks (none are shipped)" >&2; exit 2; }
	$(BIN)/python -m benchmarks.verification $(DATA) --at-most 60 $(OPTIONS)
	@test ! -d "$(DATA)/acasxu" || $(BIN)/python -m benchmarks.verification $(DATA)/acasxu --beside-marabou

# Proves the checker of certificates in Rocq (Coq 8.16 or so), compiles it, and compares it with Python's on
# NUMBER forgeries (docs/trust.md). It installs no tool: it names the Debian packages that are missing.
proof: NUMBER := 2000
proof: $(TEST_STAMP)
	$(MAKE) -C proofs
	$(BIN)/python -m tests.support.proved_agreement build/proofs/exactrelu-proved-check $(NUMBER)

# Builds wheel and source distribution into dist/, and tries the wheel in a clean environment of each of PYTHONS.
wheel: $(TEST_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "build>=1.2"
	$(BIN)/python -m tests.support.wheel $(PYTHONS)

# Builds the site into build/site, without the network: python -m http.server -d build/site shows it.
docs: $(TEST_STAMP)
	NO_MKDOCS_2_WARNING=1 $(BIN)/python -m mkdocs build --strict

# Draws the figures of Berner, Elbraechter & Grohs again, into docs/images.
pictures: $(RUN_STAMP)
	$(BIN)/python examples/draw_degenerate.py

# Trains the networks of examples/ again (needs scikit-learn; using them does not).
train: $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check "scikit-learn>=1.7"
	$(BIN)/python examples/train_networks.py

# Pins the versions anew (needs uv); one lock serves every Python and platform.
lock:
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		pyproject.toml -o requirements.txt
	uv pip compile -q --universal --python-version 3.11 --no-header --no-annotate --no-emit-index-url \
		--extra test -c requirements.txt pyproject.toml -o requirements-test.txt

clean:
	rm -rf $(VENV) demo .mypy_cache .pytest_cache .ruff_cache .hypothesis

$(BIN)/pip:
	@test -n "$(PYTHON)" || { echo "exactrelu needs Python 3.11 or newer: none was found" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) >/dev/null 2>&1 || { rm -rf $(VENV); \
		echo "$(PYTHON) cannot make a virtual environment: install the package python3-venv" >&2; exit 2; }

$(RUN_STAMP): $(BIN)/pip
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps -e .
	@rm -f $(VENV)/stamp-run-*; touch $@

$(TEST_STAMP): $(RUN_STAMP)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-test.txt
	@rm -f $(VENV)/stamp-test-*; touch $@
