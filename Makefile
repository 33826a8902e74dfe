# Hamsafar: everything anyone runs is one command.
PYTHON ?= python3
BIN := .venv/bin
PYTEST := $(BIN)/python -m pytest
PYTHON_CODE := src tests benchmarks contracts vulture_allow.py

.SECONDARY:
.PHONY: help setup setup-python setup-node setup-web setup-test demo dev test test-long check bench wheel lock clean

help: ## What there is
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | sort | expand -t 14

setup: setup-python setup-web ## Install everything the product needs

setup-python: .venv/.ready

.venv/.ready: requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Hamsafar needs Python 3.11 or newer; set PYTHON=…"; exit 1; }
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	test -x $(BIN)/uv || $(BIN)/python -m pip install --quiet --disable-pip-version-check "uv>=0.9"
	$(BIN)/uv pip sync --quiet --require-hashes --compile-bytecode --python $(BIN)/python requirements/dev.txt
	$(BIN)/uv pip install --quiet --no-deps --no-build-isolation --python $(BIN)/python --editable .
	$(BIN)/python -m compileall -q src/hamsafar
	$(BIN)/hamsafar kernels --json
	@touch $@

setup-node:
	@node -e 'const [a, b] = process.versions.node.split(".").map(Number); process.exit(a > 20 || (a === 20 && b >= 19) ? 0 : 1)' \
		|| { echo "Hamsafar needs Node 20.19 or newer."; exit 1; }

setup-web: setup-node src/hamsafar/console_dist/index.html src/hamsafar/browser_dist/standalone.js

%/node_modules/.ready: %/package-lock.json
	cd $* && npm ci --no-audit --no-fund --loglevel=error
	@touch $@

src/hamsafar/console_dist/index.html: console/node_modules/.ready \
		$(shell find console/src console/public console/index.html console/vite.config.ts -type f 2>/dev/null)
	cd console && npm run --silent build -- --logLevel warn

src/hamsafar/browser_dist/standalone.js: browser/node_modules/.ready browser/copy.mjs
	cd browser && npm run --silent copy

setup-test: setup tests/sdk/node/node_modules/.ready
	sh scripts/install-chromium.sh

demo: setup ## Run it, filled with a simulated bookshop
	$(BIN)/hamsafar demo

dev: setup ## Run it on ./demo-data, which stays
	$(BIN)/hamsafar up --data demo-data

test: setup-test ## All tests, with the real servers
	$(PYTEST) -n 2 -m "not long"

test-long: setup-test ## The full counts; writes docs/evidence/
	$(PYTEST) -n 2 -m "long or crash" --timeout 7200

check: setup console/node_modules/.ready ## Format, lint, types, floors, dead code, dependencies; console too
	$(BIN)/ruff format --check $(PYTHON_CODE)
	$(BIN)/ruff check $(PYTHON_CODE)
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m contracts.dead_code
	$(BIN)/deptry src
	cd console && npm run --silent check

bench: setup ## Every figure beside its baseline; writes build/bench.json
	$(BIN)/python -m benchmarks

wheel: setup ## Build dist/*.whl, console and browser library inside
	$(BIN)/uv build --quiet --wheel --no-build-isolation --python $(BIN)/python --out-dir dist

lock: setup-python ## Renew the lock file
	$(BIN)/uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --python-version 3.11 \
		pyproject.toml --group dev --output-file requirements/dev.txt

clean: ## Remove what was built
	rm -rf .venv build dist console/node_modules browser/node_modules tests/sdk/node/node_modules \
		src/hamsafar/console_dist src/hamsafar/browser_dist
