# Every way to work with this project; `make help` lists them. Each target makes the virtual environment that it needs.
.PHONY: help demo test test-hostile test-infra test-chaos test-history soak check bench screenshots sbom audit fmt lock clean
.DEFAULT_GOAL := help

VENV := sh scripts/venv.sh
HOSTILE := tests/browser/test_hostile_texts.py tests/browser/test_content_policy.py \
	tests/integration/test_hostile_requests.py tests/integration/test_poisoned_values.py

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

demo: ## Start the portal on a made-up Jira and Tempo: no account, no credentials
	@$(VENV) .venv requirements/runtime.txt requirements/build.txt
	@.venv/bin/python scripts/vendor.py
	@.venv/bin/python -m opsportal demo $(ARGS)

test: ## Run the tests, those of the pages in a real Chromium (ARGS='-k calendar' narrows them)
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python scripts/vendor.py
	@sh scripts/chromium.sh
	@sh scripts/redis.sh
	@.venv-dev/bin/python -m pytest -n 3 --dist loadfile --no-loadscope-reorder $(patsubst %,--ignore=%,tests/chaos tests/soak tests/history tests/infra $(HOSTILE)) $(ARGS)

test-hostile: ## Send the portal what people send who want harm: texts, requests, values, scripts
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python scripts/vendor.py
	@sh scripts/chromium.sh
	@sh scripts/redis.sh
	@.venv-dev/bin/python -m pytest -n 2 --dist loadfile $(HOSTILE) $(ARGS)

test-infra: ## Build the image, apply the Terraform stack to emulators, run both (needs root and terraform)
	@$(VENV) .venv-dev requirements/dev.txt
	@$(VENV) .venv-infra requirements/infra.txt
	@$(VENV) .venv-aws requirements/aws.txt
	@.venv-dev/bin/python scripts/vendor.py
	@sh scripts/image_tools.sh
	@.venv-dev/bin/python -m pytest -n 2 --dist loadfile tests/infra $(ARGS)

test-chaos: ## Run the portal through its bad days: Redis, Jira, workers, clocks and entries that fail
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python scripts/vendor.py
	@sh scripts/redis.sh
	@sh scripts/compiler.sh
	@.venv-dev/bin/python -m pytest -n 2 --dist loadfile tests/soak tests/chaos $(ARGS)

test-history: ## Take half a year of history live, delete days of it and rebuild them
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python -m pytest -n 2 --dist loadfile tests/history $(ARGS)

soak: ## Half an hour of load while what the portal depends on fails in turn (ARGS='--minutes 8 --seed 3')
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python scripts/vendor.py
	@sh scripts/redis.sh
	@.venv-dev/bin/python -m tests.soak $(ARGS)

check: ## Run every check but the tests: lint, format, types, imports, lock, changelog
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python -m ruff check .
	@.venv-dev/bin/python -m ruff format --check .
	@.venv-dev/bin/python -m mypy
	@.venv-dev/bin/lint-imports --no-logo
	@.venv-dev/bin/python scripts/lock.py check
	@.venv-dev/bin/python scripts/changelog.py

bench: ## Measure the speed of rules and reading (ARGS are handed on)
	@$(VENV) .venv-bench requirements/bench.txt
	@.venv-bench/bin/python -m tests.bench $(ARGS)

screenshots: ## Take the pictures of docs/screenshots anew (ARGS=overview takes one)
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python -m scripts.screenshots $(ARGS)

sbom: ## Write what this checkout's portal is made of to build/sbom.json (CycloneDX)
	@$(VENV) .venv requirements/runtime.txt requirements/build.txt
	@$(VENV) .venv-sbom requirements/sbom.txt
	@.venv/bin/python scripts/vendor.py dashboard
	@mkdir -p build
	@.venv-sbom/bin/python -m scripts.sbom --lock requirements/runtime.txt --lock requirements/build.txt --beside pip \
		--packages "$$(.venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" >build/sbom.part
	@mv build/sbom.part build/sbom.json

audit: ## Look up known vulnerabilities of everything that is pinned (needs the network; offline is not clean)
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python -m scripts.audit --day "$$(date -u +%F)" $(ARGS)

fmt: ## Format the code and mend what the linter can mend
	@$(VENV) .venv-dev requirements/dev.txt
	@.venv-dev/bin/python -m ruff check --fix-only .
	@.venv-dev/bin/python -m ruff format .

lock: ## Resolve the lock files anew (needs the package index)
	@$(VENV) .venv-lock requirements/lock.txt requirements/build.txt
	@.venv-lock/bin/python scripts/lock.py write

clean: ## Remove virtual environments, caches and build results
	rm -rf .venv .venv-dev .venv-infra .venv-aws .venv-bench .venv-lock .venv-node .venv-sbom build dist
	rm -rf dashboard/assets/vendor tests/browser/vendor
	rm -rf .mypy_cache .pytest_cache .ruff_cache .import_linter_cache .grimp_cache .hypothesis
	find components dashboard datasource demo opsportal servicelevel scripts tests -name __pycache__ -prune -exec rm -rf {} +
