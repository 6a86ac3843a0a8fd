# PlanCraft's commands. `make run` is all a new machine needs; see README.md.
.PHONY: run setup test check help
.DEFAULT_GOAL := help

PYTHON ?= $(firstword $(foreach p,python3 python3.13 python3.12 python3.11,$(if $(shell command -v $(p) 2>/dev/null),$(p))))
BOOTSTRAP = @$(if $(PYTHON),exec "$(PYTHON)",echo "PlanCraft: no python3 was found; install Python 3.11 to 3.13." >&2; exit 1;) plancraft/runtime/bootstrap.py

export PORT

run: ## Start PlanCraft; PORT=8123 chooses the port
	$(BOOTSTRAP) run

setup: ## Everything that `make run` does before it runs
	$(BOOTSTRAP) setup

test: ## The whole suite, in parallel, with branch coverage; ARGS="tests/plans -x" narrows it
	$(BOOTSTRAP) test $(ARGS)

check: ## Format, lint, types, layers, templates, migrations, deployment settings
	$(BOOTSTRAP) check

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1	/'
