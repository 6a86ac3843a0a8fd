# PlanCraft's commands. `make run` is all a new machine needs; see README.md.
.PHONY: run setup test check bench help
.DEFAULT_GOAL := help

# The first Python of 3.11 to 3.13; failing that any, which then says what is wrong with it.
FITS = import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
ifndef PYTHON
PYTHON := $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c '$(FITS)' 2>/dev/null && echo $$p && exit; done; command -v python3)
endif
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

bench: ## Figures of speed, on data of a fixed seed; ARGS=reminders names a part
	$(BOOTSTRAP) bench $(ARGS)

help: ## This list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## /\1	/'
