# make app | test | check | train | linear | readme | clean. Needs make and Python 3.11 to 3.13.

PYTHON ?= $(firstword $(foreach name,python3 python3.13 python3.12 python3.11,$(shell \
	$(name) -c 'import sys; (3, 11) <= sys.version_info < (3, 14) and print("$(name)")' 2>/dev/null)))
RUN := .venv/bin/python

.PHONY: app test check train linear readme clean

app: .venv/app
	$(RUN) app.py $(ARGS)

test: .venv/dev
	$(RUN) -m pytest $(ARGS)

check: .venv/dev
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .
	$(RUN) -m mypy

train: .venv/dev
	$(RUN) train_lstm.py $(ARGS)

linear: .venv/dev
	$(RUN) -m benchmarks.linear $(ARGS)

readme: .venv/dev
	$(RUN) -m benchmarks.readme

clean:
	rm -rf .venv build *.egg-info .mypy_cache .pytest_cache .ruff_cache .hypothesis
	find . -name __pycache__ -prune -exec rm -rf {} +

# Each stamp is as new as the last install; a second call installs nothing.
.venv/app: requirements-space.txt | $(RUN)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

.venv/dev: requirements-dev.txt requirements.txt | $(RUN)
	$(RUN) -m pip install --quiet --disable-pip-version-check -r $<
	touch $@

$(RUN):
	@test -n "$(PYTHON)" || { echo "Python 3.11, 3.12 or 3.13 is needed and none was found; \
	install one, or name it: make PYTHON=/path/to/python3.12" >&2; exit 1; }
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
