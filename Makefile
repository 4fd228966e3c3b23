# Start with `make run`, then `make serve`. Run `make check` and `make test` before you propose a change.
.DEFAULT_GOAL := help
PYTHON ?= python3
BIN := .venv/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
# the functions whose texts are translated; `count` and `forms` take the singular and the plural
KEYWORDS := say message count:1,2 forms:1,2
LOCK := uv pip compile pyproject.toml --universal --python-version 3.11 --generate-hashes --no-emit-index-url \
	--no-header --no-annotate --quiet

# With it, every process that a test or a benchmark starts would compile all modules anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run serve test fuzz faults check bench large surge deploy format messages providers tools audit lock release clean

help: ## show this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-9s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: .venv/ready ## poll the made-up demo region and publish its page in public/
	@$(BIN)/aggregator demo run

serve: .venv/ready ## show public/ in a browser; the demo's Book buttons work
	@$(BIN)/aggregator demo serve

test: .venv/ready-dev ## run the tests
	@$(BIN)/python -m pytest -n auto --dist worksteal

fuzz: .venv/ready-dev ## send 100,000 made-up listings through everything (slow)
	@FUZZ_LISTINGS=100000 $(BIN)/python -m pytest tests/whole_job/test_any_listing.py

faults: .venv/ready-dev ## cross every adapter's visits with every fault of a host, and print the counts (slow)
	@$(BIN)/python -m tests.fault_matrix.run

check: .venv/ready-dev ## lint, types, layers, dependencies, and the tests of the docs
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@$(BIN)/lint-imports
	@$(BIN)/deptry . benchmarks
	@$(BIN)/deptry . --extend-exclude tests --extend-exclude benchmarks --optional-dependencies-dev-groups build,dev
	@$(BIN)/python -m pytest tests/project/test_docs.py
	@wc -l providers/[a-z]*.py | sed '$$d' | sort -n | awk '{ print "  " $$1 " lines  " $$2; lines[NR] = $$1 } \
		END { print NR " adapters, median " lines[int((NR + 1) / 2)] " lines, largest " lines[NR]; exit lines[NR] > 150 }'

bench: .venv/ready-dev ## run the benchmarks and write their tables into docs/performance.md (slow)
	@$(BIN)/python benchmarks/run_all.py

large: .venv/ready-dev ## measure a region of 80,000 places (slow; needs 10 GB of disk)
	@$(BIN)/python benchmarks/large.py --write

surge: .venv/ready-dev ## simulate a million visitors on this machine (slow; needs nginx and wrk)
	@$(BIN)/python benchmarks/surge.py --write

deploy: .venv/ready ## rewrite the server rules in deploy/
	@$(BIN)/python -m aggregator.serving.server_rules

format: .venv/ready-dev ## format the code
	@$(BIN)/ruff check --fix .
	@$(BIN)/ruff format .

providers: .venv/ready ## rewrite docs/providers.md
	@$(BIN)/python -m aggregator.kit.provider_docs

messages: .venv/ready ## update the translations: add new texts, remove unused ones
	@mkdir -p build
	@$(BIN)/pybabel --quiet extract --mapping-file babel.cfg --keywords "$(KEYWORDS)" --add-location file \
		--sort-output --width 120 --output-file build/messages.pot aggregator site_templates
	@for file in site_templates/translations/*.po; do \
		$(BIN)/pybabel --quiet update --input-file build/messages.pot --output-file $$file \
			--locale $$(basename $$file .po | tr - _) --no-fuzzy-matching --ignore-obsolete \
			--ignore-pot-creation-date --width 120 || exit 1; \
	done

tools: .venv/share/vnu.jar .venv/share/node_modules/.bin/wrangler ## fetch the tools that check HTML and Cloudflare rules (needs npm)

.venv/share/vnu.jar: .venv/python
	@mkdir -p $(@D)
	@npm pack --silent --pack-destination $(@D) vnu-jar@26.9.27 >/dev/null
	@tar -xzOf $(@D)/vnu-jar-26.9.27.tgz package/build/dist/vnu.jar > $@.part && mv $@.part $@ && rm $(@D)/vnu-jar-*.tgz

.venv/share/node_modules/.bin/wrangler: .venv/python
	@npm install --silent --no-audit --no-fund --no-save --prefix .venv/share wrangler@4.48.0  # the last one for Node 18

audit: .venv/audit/ready ## check the locked dependencies for known vulnerabilities (needs the internet)
	@.venv/audit/bin/pip-audit --require-hashes --disable-pip --requirement requirements/dev.txt

.venv/audit/ready: .venv/python
	@$(PYTHON) -m venv .venv/audit
	@.venv/audit/bin/python -m pip --disable-pip-version-check --quiet install pip-audit
	@touch $@

lock: .venv/ready-dev ## renew the locked dependencies
	@$(PIP) install uv
	@$(BIN)/$(LOCK) --upgrade --extra build --extra dev --output-file requirements/dev.txt
	@$(BIN)/$(LOCK) --upgrade --extra build --constraint requirements/dev.txt --output-file requirements/run.txt

release: .venv/ready-dev ## check everything, set VERSION, build dist/, and tag the release (docs/release.md)
	$(if $(VERSION),,$(error no VERSION given; run make release VERSION=1.2.3))
	@$(BIN)/python -m tools.release $(VERSION)

clean: ## remove everything that these commands made, except .venv
	@rm -rf public public.releases data/aggregator.db* data/demo.db* build dist .mypy_cache .pytest_cache .ruff_cache

.venv/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "You need Python 3.11 or newer; choose it with make PYTHON=python3.11")'
	@echo "Setting up .venv (only the first time) ..."
	@$(PYTHON) -m venv .venv
	@touch $@

.venv/ready: .venv/python requirements/run.txt pyproject.toml
	@$(PIP) install --require-hashes --requirement requirements/run.txt
	@PYTHONWARNINGS=ignore $(PIP) install --no-deps --no-build-isolation --editable .
	@touch $@

.venv/ready-dev: .venv/ready requirements/dev.txt
	@$(PIP) install --require-hashes --requirement requirements/dev.txt
	@touch $@
