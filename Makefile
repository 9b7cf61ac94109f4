# Two commands do everything on a fresh machine with Python >= 3.11 and make:
#   make demo     set up, build, verify, grade a sample class, show the result
#   make test     set up, run all tests
# TORCH=1 with either includes PyTorch and torchvision (several GB on Linux).

PYTHON ?= python3
VENV ?= .venv
TORCH ?= 0
WORKERS ?= auto

ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif

ifeq ($(TORCH),1)
EXTRAS := dev,torch
READY := $(VENV)/.ready-torch
else
EXTRAS := dev
READY := $(VENV)/.ready
endif

.PHONY: help setup demo test quick lint types sync verify release figures bench clean

help:  ## list the commands
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

setup: $(READY)  ## make the environment in .venv

$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: make PYTHON=python3.11 ..."; exit 1; }
	@test -d $(VENV) || $(PYTHON) -m venv $(VENV) || \
	  { echo "No virtual environment could be made; on Debian: apt-get install python3-venv"; exit 1; }
	@echo "Installing the packages into $(VENV) (a few minutes the first time) ..."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[$(EXTRAS)]'
	@touch $@

demo: setup  ## build, verify, grade a sample class, show the result
	$(BIN)/course demo

test: setup lint types  ## all checks and all tests
	$(BIN)/course sync --check
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadgroup

quick: setup  ## the tests for the edit loop, under a minute
	$(BIN)/python -m pytest -n $(WORKERS) -m 'not slow and not browser' -q

lint: setup  ## style of the code, and lint of the labs
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/course lint

types: setup  ## strict type check
	$(BIN)/mypy

sync: setup  ## carry edits between a lab's .py and .ipynb
	$(BIN)/course sync

verify: setup  ## prove every lab: reference, blank, leaks, mistakes, alternatives
	$(BIN)/course verify

release: setup  ## build the student release of every lab
	$(BIN)/course build

figures: setup  ## draw the pictures that the labs' text shows
	$(BIN)/python -m course.plots.figures

bench: setup  ## measure: against nbgrader and otter-grader, over class sizes, CPU and memory
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[bench]'
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.otter
	$(BIN)/python -m benchmarks.overhead
	$(BIN)/python -m benchmarks.scaling

clean:  ## remove what the commands made, but not the environment
	rm -rf demo build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache
