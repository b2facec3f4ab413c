# Two commands: `make run` starts everything, `make test` proves it. PYTHON picks the interpreter (3.11 or newer).
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.ready

.PHONY: venv run test check bench crash evaluate pins format clean

venv: $(STAMP)

$(STAMP): requirements-dev.txt pyproject.toml
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	@touch $(STAMP)

run: venv
	$(BIN)/yizhan run

test: venv
	$(BIN)/python -m tests.run

check: venv
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports --no-cache
	$(BIN)/python -m bot catalogue check
	$(BIN)/yizhan content check

bench: venv
	$(BIN)/python -m tests.bench

crash: venv
	$(BIN)/python -m tests.crash
	$(BIN)/python -m tests.crash.batch

evaluate: venv
	$(BIN)/python -m tests.evaluation
	$(BIN)/python -m tests.evaluation.warnings

format: venv
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

pins: venv
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements-dev.in -o requirements-dev.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-emit-find-links --no-header --no-annotate requirements.in -c requirements-dev.txt -o requirements.txt

clean:
	rm -rf .venv .mypy_cache .ruff_cache .pytest_cache
