# Bookrunner. Needs Python 3.11 or newer and nothing else; everything more is fetched, pinned, into a cache.
#   BOOKRUNNER_CACHE_DIR  what is fetched and built (default ~/.cache/bookrunner)
#   BOOKRUNNER_DATA_DIR   what the stack stores (default .bookrunner)

PATH ?= /usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin
export PATH
PYTHON ?= python3
RUN := .venv/bin/python

.PHONY: help setup run test check demo eval bench chaos clean
.DEFAULT_GOAL := help

help:
	@echo "make run     start the whole product on this machine (Ctrl-C stops it)"
	@echo "make test    every check and every test, on the real parts"
	@echo "make check   ruff, the import rules, pyright, and the checks of the workspace"
	@echo "make demo    from documents to a finished book, on a running stack or a new one"
	@echo "make eval    how well the example pack is served: figures, contradictions, questions, injections (PACK=folder)"
	@echo "make bench   how fast it is, beside others on the same work (ARGS=--quick, ARGS='--only saves,runs')"
	@echo "make chaos   kill, cut off and confuse every part, and check that nothing is lost (ARGS='--kills 500')"
	@echo "make clean   remove the Python environment and what tools left here; keeps data and caches"

setup:
	@$(PYTHON) deploy/bootstrap.py

run: setup
	@exec $(RUN) -m cli up

test: setup
	@exec $(RUN) -m deploy.checks test

check: setup
	@exec $(RUN) -m deploy.checks

demo: setup
	@exec $(RUN) -m cli demo

eval: setup
	@exec $(RUN) -m cli eval $(PACK)

bench: setup
	@exec $(RUN) -m bench $(ARGS)

chaos: setup
	@exec $(RUN) -m tests.chaos $(ARGS)

clean:
	rm -rf .venv .pytest_cache .ruff_cache .hypothesis .schemathesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
