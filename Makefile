# The front door. CMake does the work; make help lists what can be asked for.
#
# A second call does nothing twice: packages are looked up before apt is called, each build folder
# is configured once, the Python packages are installed once.
.NOTPARALLEL:
.DEFAULT_GOAL := build

PREFIX ?= /usr/local
JOBS ?= $(shell nproc)
# Debian's python3-venv serves this one; elsewhere the one in PATH has to do.
PYTHON ?= $(firstword $(wildcard /usr/bin/python3) python3)

# $(call compile,FOLDER,TARGETS). The make that CMake calls gets JOBS, not this make's flags.
compile = MAKEFLAGS=--no-print-directory cmake --build $(1) -j $(JOBS) --target $(2)

.PHONY: build
build: build/Makefile ## the program, build/trainer
	@$(call compile,build,trainer)

# MPICC: of which MPI, where there are several.
.PHONY: build-mpi
build-mpi: build/Makefile ## build/trainer-mpi, which trains on several machines (MPICC=mpicc)
	@cmake -B build $(if $(MPICC),-DMPI_C_COMPILER="$$(command -v $(MPICC))") >/dev/null
	@$(call compile,build,help) | grep 'trainer-mpi$$' >/dev/null || \
	    { echo "*** no MPI: install libopenmpi-dev and openmpi-bin, or say MPICC=..."; exit 1; }
	@$(call compile,build,trainer-mpi)

.PHONY: run
run: setup build ## installs what is missing, builds, trains configs/two_layer.yaml
	build/trainer configs/two_layer.yaml

.PHONY: setup
setup: ## installs the system packages that a build needs, where one is missing
	@cmake/packages.sh build

.PHONY: setup-test
setup-test:
	@cmake/packages.sh build test
	@if [ "$(BROWSER)" = no ]; then \
	    echo "*** SKIPPED: the pages in a browser, because of BROWSER=no"; \
	else \
	    cmake/packages.sh browser || echo "*** SKIPPED: the pages in a browser; no Chromium"; \
	fi

build/Makefile: CMakePresets.json
	cmake --preset release || { echo "*** make setup installs what a build needs"; exit 1; }
	@touch $@

build/%/Makefile: CMakePresets.json
	cmake --preset $*
	@touch $@

# --- tests ----------------------------------------------------------------------------------------
# One run of ctest holds the tests of all builds, so that one summary says how many failed. No more
# of them at once than processors: some measure how soon a process answers.
.PHONY: test
test: setup-test test-builds build/venv/installed ## all tests (BROWSER=no: without Chromium's)
	@mkdir -p build/test
	@for folder in build build/asan build/tsan build/fuzz; do \
	    [ ! -f $$folder/CTestTestfile.cmake ] || echo "subdirs(\"$(CURDIR)/$$folder\")"; \
	done > build/test/CTestTestfile.cmake
	ctest --test-dir build/test --output-on-failure -j $(JOBS)

.PHONY: test-builds
test-builds: test-release test-asan test-tsan test-fuzz

.PHONY: test-release
test-release: build/Makefile
	@grep -q '^TRAINER_WERROR:BOOL=ON' build/CMakeCache.txt || cmake -B build -DTRAINER_WERROR=ON
	@! command -v mpicc >/dev/null || grep -q '^MPI_C_COMPILER:.*/' build/CMakeCache.txt || \
	    cmake -B build
	@$(call compile,build,all)

.PHONY: test-asan
test-asan: build/asan/Makefile
	@$(call compile,build/asan,all)

.PHONY: test-tsan
test-tsan:
	@if command -v clang >/dev/null && ls /usr/lib/llvm-*/lib/libarcher.so >/dev/null 2>&1; then \
	    $(MAKE) --no-print-directory build/tsan/Makefile && $(call compile,build/tsan,all); \
	else \
	    echo "*** SKIPPED: ThreadSanitizer's tests need clang and libomp-dev (libarcher.so)"; \
	    rm -rf build/tsan; \
	fi

.PHONY: test-fuzz
test-fuzz:
	@if command -v clang >/dev/null && \
	    [ -e "$$(clang -print-file-name=libclang_rt.fuzzer-$$(uname -m).a)" ]; then \
	    $(MAKE) --no-print-directory build/fuzz/Makefile && $(call compile,build/fuzz,all); \
	else \
	    echo "*** SKIPPED: the fuzzers need clang and its libFuzzer"; \
	    rm -rf build/fuzz; \
	fi

# What reads run files from Python. Without Python or a network those tests are skipped, and say so.
build/venv/installed: tests/requirements.txt
	@mkdir -p build
	@if $(PYTHON) -m venv build/venv && build/venv/bin/python -m pip install --quiet \
	    --disable-pip-version-check --requirement tests/requirements.txt; then \
	    touch $@; \
	else \
	    echo "*** SKIPPED: the Python tests; tests/requirements.txt could not be installed"; \
	fi

# Not a part of make test: daemons, a build with another MPI, minutes of waiting for a scheduler.
.PHONY: test-cluster
test-cluster: build build/venv/installed ## sweeps under SLURM, on this machine; ranks of MPICH
	@cmake/packages.sh cluster || true
	@$(MAKE) --no-print-directory build-mpi || true
	@failed=0; for test in tests/cluster/*.sh; do \
	    echo "--- $$test"; \
	    sh $$test || [ $$? -eq 77 ] || failed=1; \
	done; exit $$failed

# A process that is killed while it writes its counts leaves some that do not add up.
.PHONY: coverage
coverage: setup-test build/coverage/Makefile ## what the tests reach, in build/coverage/report.html
	@cmake/packages.sh coverage
	@$(call compile,build/coverage,all)
	-ctest --test-dir build/coverage --output-on-failure -j $(JOBS)
	gcovr --root . --exclude '(tests|bench|build)/' --exclude-unreachable-branches \
	    --gcov-ignore-parse-errors --print-summary \
	    --html-details build/coverage/report.html build/coverage

# Minutes for each target; what is found is in build/fuzz/findings/.
FUZZ_SECONDS ?= 300
.PHONY: fuzz
fuzz: setup-test test-fuzz ## fuzzes configs, IDX files and checkpoints (FUZZ_SECONDS=300 each)
	[ ! -d build/fuzz ] || tests/fuzz/run.sh build/fuzz $(FUZZ_SECONDS)

.PHONY: soak
soak: test-release ## the long version of the tests of kills, signals, disks and gradients
	tests/soak/run.sh build
	TRAINER_LONG=1 build/test_gradcheck

# --- the rest -------------------------------------------------------------------------------------
.PHONY: install
install: build/Makefile ## program, library, header, CMake and pkg-config files (PREFIX, DESTDIR)
	@$(call compile,build,trainer trainer_shared)
	cmake --install build --prefix "$(PREFIX)"
	@[ -n "$(DESTDIR)" ] || [ "$$(id -u)" != 0 ] || ldconfig

# ARGS: jobs and options of bench/run.py, such as ARGS="headline wide" or ARGS=--quick.
.PHONY: bench
bench: build/Makefile ## our speed, beside whatever peers are installed (ARGS=--help)
	@$(call compile,build,bench)
	$(PYTHON) -B bench/run.py $(ARGS)

.PHONY: bench-peers
bench-peers: build/peers/installed ## installs the peers that make bench compares with: 6 GB
build/peers/installed: bench/requirements.txt
	@mkdir -p build
	@[ "$$(df --output=avail -BG build | tail -n 1 | tr -dc 0-9)" -ge 12 ] || \
	    { echo "*** the peers need 12 GB of free disk, half of it while they are installed"; exit 1; }
	$(PYTHON) -m venv build/peers
	build/peers/bin/python -m pip install --disable-pip-version-check --no-cache-dir \
	    --requirement $<
	@touch $@

.PHONY: clean
clean: ## removes build/; runs/ stay
	rm -rf build

.PHONY: help
help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /\1\t/p' Makefile | expand -t 14
