# `make demo` and `make test` set up everything they need; a second run is quick.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
SYSTEM_PACKAGES := chromium dovecot-imapd dovecot-lmtpd postgresql
# A worker for each processor, a test module at a time; each worker has databases and servers of its own.
SIDE_BY_SIDE := -n auto --dist loadfile
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: demo test test-long check setup system bench lock messages clean

demo: setup
	$(BIN)/privbot demo

test: setup system check
	$(BIN)/pytest tests $(SIDE_BY_SIDE)
	$(BIN)/pytest tests/integration --database postgresql $(SIDE_BY_SIDE)

# Minutes long: killing workers, thousands of mails.
test-long: setup system
	$(BIN)/pytest tests -m long -n auto --dist load

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/mypy --strict privbot/mail privbot/reading privbot/law privbot/casework
	$(BIN)/lint-imports

bench: setup system
	$(BIN)/python -m bench.throughput

# pip of the system installs into an environment without pip: Debian and Ubuntu keep ensurepip in a package of its own.
setup: $(VENV)/.ready

$(VENV)/.ready: requirements.lock pyproject.toml
	[ -x $(BIN)/python ] || $(PYTHON) -m venv --without-pip $(VENV)
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check -r requirements.lock
	$(PYTHON) -m pip --python $(BIN)/python install --quiet --disable-pip-version-check --no-build-isolation --no-deps -e .
	touch $@

# The servers that tests start on loopback. Installed once; services that the packages start are not used.
system:
	@missing=""; for one in $(SYSTEM_PACKAGES); do dpkg -s $$one >/dev/null 2>&1 || missing="$$missing $$one"; done; \
	if [ -n "$$missing" ]; then $(SUDO) apt-get update -qq && $(SUDO) env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $$missing; fi

lock: setup
	$(PYTHON) -m pip --python $(BIN)/python install --quiet uv
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --extra dev --no-header --no-emit-index-url --no-emit-find-links pyproject.toml -o requirements.lock

# The console's words in other languages: finds what is new, keeps what was translated, compiles.
messages: setup
	$(BIN)/python -m privbot.testing.catalogues

clean:
	rm -rf $(VENV) build dist *.egg-info
