# Trove. `make` alone shows what there is.
#
# PHP_CONFIG=/path/to/php-config names the PHP to build for and to install into (without it: the php-config in PATH).

SHELL := /bin/bash
runner := php-tests/runner

# ext-php-rs asks PHP and PHP_CONFIG, by their full paths; where nobody named them, they stay unset, so that cargo sees no change.
ifneq ($(PHP_CONFIG),)
override PHP_CONFIG := $(or $(abspath $(shell command -v $(PHP_CONFIG))),$(PHP_CONFIG))
export PHP_CONFIG
export PHP := $(shell $(PHP_CONFIG) --php-binary 2>/dev/null)
endif
php := $(or $(PHP),php)

extension := target/release/libtrove.so
command := target/release/trove

.PHONY: help setup build install uninstall deb test phpt test-against-apcu deployment demo bench bench-quick soak sanitize debug-php matrix aarch64 docs lint clean

help:
	@echo "make demo         see several php-fpm workers share one cache, and what they make of a stampede"
	@echo "make test         all tests: Rust, loom, .phpt, and APCu's own suite"
	@echo "make setup        install what test and demo need and this machine lacks"
	@echo "make build        build $(extension) and $(command)"
	@echo "make install      install them: the extension into the PHP that php-config (or PHP_CONFIG=) names, the command beside it (PREFIX=)"
	@echo "make uninstall    undo that"
	@echo "make deb          Debian packages of both, in target/deb"
	@echo "make phpt         only the .phpt suite (TESTS=php-tests/fetch, EXTENSION=/path/to/apcu.so)"
	@echo "make test-against-apcu  those of them that are about compatibility, with the real APCu (APCU=/path/to/apcu.so)"
	@echo "make deployment   switch a release under load, with a 15 s request in flight, and count answers of the old one"
	@echo "make bench        Trove and all its peers: the report in benches/report, in 25 minutes (BENCH_QUICK=1: a smoke test, in target/)"
	@echo "make bench-quick  Trove and APCu side by side, as a table of ratios"
	@echo "make soak         the long form of the tests for hangs, damage and loss (VALUES=, KILLS=, FUZZ=, FUZZ_SECONDS=, REPEAT=)"
	@echo "make sanitize     the engine's threads under the thread sanitizer, its arithmetic under Miri (nightly Rust)"
	@echo "make debug-php    build a debug PHP (ZTS=1: a thread-safe one) and run the .phpt suite on it"
	@echo "make matrix       build and test on PHP 8.2 to 8.6, thread-safe and debug too, in chroots (ONLY=\"8.4-nts 8.5-nts\")"
	@echo "make docs         write docs/api.md anew from trove.stub.php"
	@echo "make aarch64      the engine's tests on an emulated aarch64"
	@echo "make lint         formatting, clippy, tidy, aarch64, spelling (typos), licences and sources of dependencies (cargo-deny)"
	@echo "make clean        remove target/"

# The targets below install what they need themselves; this is for doing it beforehand.
setup:
	@$(runner)/setup.sh test
	@$(runner)/setup.sh demo

build:
	@$(runner)/setup.sh build
	cargo build --release -p trove -p trove-cli

install: build
	$(runner)/install.sh install $(extension) $(command)

uninstall:
	$(runner)/install.sh uninstall

deb: build
	$(runner)/deb.sh $(extension) $(command) target/deb

test:
	@$(runner)/setup.sh test
	cargo build --release -p trove -p trove-cli
	$(runner)/test.sh

TESTS ?= php-tests
EXTENSION ?= $(extension)
phpt:
	$(php) -n $(runner)/suite.php --name=phpt --extension=$(EXTENSION) $(TESTS)

# The tests that state APCu's own behaviour say so with "apcu" in --EXTENSIONS--.
APCU ?= $(shell $(runner)/peer.sh apcu)
test-against-apcu:
	$(php) -n $(runner)/suite.php --name=apcu-contract --extension=$(APCU) $$(grep -lrx --include='*.phpt' apcu php-tests)

deployment:
	@$(runner)/setup.sh test
	cargo build --release -p trove -p trove-cli
	$(php) -n $(runner)/deployment.php $(abspath $(extension))

demo:
	@$(runner)/setup.sh demo
	cargo build --release -p trove
	$(php) -n benches/demo/demo.php $(extension)

# PARTS="calls memory" measures those alone and keeps the rest of the report that is there.
PARTS ?=
report := $(if $(BENCH_QUICK),target/bench-report,benches/report)
bench:
	@$(runner)/setup.sh bench-all
	cargo build --release -p trove -p trove-benches
	$(php) -n benches/suite/run.php $(abspath $(extension)) $(abspath target/release/trove-bench) $(report) $(PARTS)

bench-quick:
	@$(runner)/setup.sh bench
	cargo build --release -p trove
	$(php) -n benches/php/compare.php $(abspath $(extension)) "$$($(runner)/peer.sh apcu)" "$$($(runner)/peer.sh igbinary)"

# Many hours with these counts; a count of 0 leaves its part out. SOAK_DEBUG=PHP,EXTENSION runs values on a debug build as well.
VALUES ?= 1000000
KILLS ?= 20000
FUZZ ?= 10000000
FUZZ_SECONDS ?= 0
REPEAT ?= 20
soak:
	@$(runner)/setup.sh test
	cargo build --release -p trove -p trove-cli
	nice -n 19 $(php) -n $(runner)/soak.php --extension=$(abspath $(extension)) --values=$(VALUES) --kills=$(KILLS) --fuzz=$(FUZZ) \
		--fuzz-seconds=$(FUZZ_SECONDS) --repeat=$(REPEAT) --debug=$(SOAK_DEBUG)

# rustup toolchain install nightly --component miri --component rust-src. What maps memory or forks is beyond Miri; what counts to a million, too slow.
MIRI_TESTS ?= config:: kind:: lease::state segment::list segment::place segment::validate evict::tests sync::futex heap::classes::tests::sizes \
	heap::classes::tests::the_ends table::hits::tests::small table::hits::tests::idle
sanitize:
	RUSTFLAGS="-Zsanitizer=thread --cfg trove_tsan" cargo +nightly test -Zbuild-std --target "$$(rustc -vV | sed -n 's/^host: //p')" \
		--target-dir target/tsan -p trove-shm --test threads
	MIRIFLAGS=-Zmiri-disable-isolation cargo +nightly miri test --target-dir target/miri -p trove-shm --lib -- $(MIRI_TESTS)

debug-php:
	@$(runner)/setup.sh test
	$(runner)/debug-suite.sh

# Root alone may make and enter chroots. The first run takes long: it installs, or builds, every PHP.
ONLY ?=
matrix:
	$(runner)/matrix.sh $(ONLY)

lint: export PATH := $(PATH):$(CURDIR)/target/lint/bin
rustdoc := -D warnings -A rustdoc::private_intra_doc_links
lint:
	@$(runner)/setup.sh build
	@$(runner)/setup.sh lint
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	@# One after the other: the extension and the command are both called trove, and their pages lie in the same place.
	RUSTDOCFLAGS="$(rustdoc)" cargo doc -q --workspace --exclude trove-cli --no-deps --document-private-items
	RUSTDOCFLAGS="$(rustdoc)" cargo doc -q -p trove-cli --no-deps --document-private-items
	cargo test -q -p trove-shm --test tidy
	@if rustup target list --installed 2>/dev/null | grep -qx aarch64-unknown-linux-gnu; then \
		cargo check -q --target aarch64-unknown-linux-gnu -p trove-shm -p trove-cli; \
	else echo "lint: no Rust for aarch64 (rustup target add aarch64-unknown-linux-gnu): left out"; fi
	typos
	cargo deny check licenses bans sources

# The engine's tests on another architecture, emulated. Debian: qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross.
# Not those in which a process dies: qemu-user knows no robust mutexes, which tell of that.
AARCH64_TESTS ?= --lib --test cache --test tags --test heap_model
aarch64: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER = aarch64-linux-gnu-gcc
aarch64: export CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER = qemu-aarch64 -L /usr/aarch64-linux-gnu
aarch64:
	cargo test --profile quick --no-fail-fast -p trove-shm --target aarch64-unknown-linux-gnu $(AARCH64_TESTS)

docs:
	$(php) $(runner)/api-reference.php

clean:
	cargo clean
