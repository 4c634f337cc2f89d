# From Gray to Color: what you can make. Plain `make` lists it.
#   make book PYTHON=python3.12     uses another Python for the environment (3.11 or newer)
#   make lab COPIES=~/color         keeps your copies of the lessons in another folder
#   make lab NEW="2 5"              puts lessons 2 and 5 as they are now beside your copies
#   make results LESSON=06 SEEDS="0 1"   measures with these seeds instead of 0, 1 and 2
#   make networks MEASURE=1         measures the published networks again, for their cards
#   make page FETCH=1               fetches the newest runtime for the page that colors photographs

PYTHON  ?= python3
COPIES  ?= my_lessons
override COPIES := $(patsubst ~/%,$(HOME)/%,$(COPIES))
BIN     := .venv/bin
READY   := .venv/.ready

.DEFAULT_GOAL := help
.PHONY: help book slides test test-jax lab notebooks results networks page address bench clean

help:                    ## list what can be made
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-18s %s\n", $$1, $$2}'

# After a warning the pages that Sphinx has kept are forgotten: the next run would not warn of them again.
book: $(READY)           ## run every lesson and build the HTML book (_build/html)
	@COLORKIT_PRESET=$${COLORKIT_PRESET:-laptop} COLORKIT_BOOK=1 \
	  $(BIN)/jupyter-book build -W --keep-going . || { rm -rf _build/.doctrees; exit 1; }
	@echo "The book: file://$(CURDIR)/_build/html/index.html"

slides: $(READY)         ## make slides of the lessons as the book ran them (_build/slides)
	@$(BIN)/python book/slides.py

test: $(READY)           ## lint, unit tests, and every lesson at the test preset
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	COLORKIT_PRESET=test TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

test-jax: $(READY)       ## every lesson at the test preset on JAX, which nobody needs for the course
	@$(BIN)/python -c "import jax" || { echo "JAX is not installed here; CONTRIBUTING.md says how to get it"; exit 1; }
	COLORKIT_PRESET=test KERAS_BACKEND=jax $(BIN)/python -m pytest -n 2 --dist loadfile notebooks

lab: $(READY)            ## open your own copies of the lessons in JupyterLab
	@$(BIN)/python book/my_lessons.py --to "$(COPIES)" $(NEW)
	$(BIN)/jupyter lab "$(COPIES)/01_light_and_lab.ipynb"

notebooks: $(READY)      ## make notebooks/ from book/lessons/
	$(BIN)/python book/make_notebooks.py

results: $(READY)        ## measure a lesson over several seeds, for data/results: make results LESSON=06
	$(BIN)/python book/measure.py $(LESSON) $(SEEDS)

networks: $(READY)       ## train the published networks again: make networks NAME=05_ae_lab PHOTOS="flowers /my/folder"
	@TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python book/networks.py $(NAME) $(if $(PHOTOS),--photos $(PHOTOS)) $(if $(MEASURE),--measure)

page: $(READY)           ## make what the page that colors photographs loads: make page NETWORK=1 exports its network anew
	@TF_CPP_MIN_LOG_LEVEL=3 $(BIN)/python book/page.py $(if $(NETWORK),--network) $(if $(FETCH),--fetch)

address: $(READY)        ## carry the repository's address everywhere: make address URL=https://github.com/YOU/NAME
	@$(BIN)/python book/address.py "$(URL)"

bench: $(READY)          ## measure colorkit's speed: a table, and _build/bench.json
	$(BIN)/python tests/bench.py

clean:                   ## remove what was built, and what lessons stored (.venv and downloads stay)
	rm -rf _build build dist .pytest_cache .ruff_cache data/cache/lessons data/cache/training *.egg-info
	find colorkit tests book notebooks -name __pycache__ -prune -exec rm -rf {} +

# The environment, made again when what it is made from changes.
$(READY): pyproject.toml constraints.txt
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed, this is " + sys.version.split()[0] + "; try: make PYTHON=python3.12") if sys.version_info < (3, 11) else None'
	@echo "Making the environment in .venv (a few minutes, once)"
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --constraint constraints.txt --editable ".[dev]"
	@touch $@
