trove_root = $(srcdir)/..
trove_sources = $(trove_root)/Cargo.toml $(trove_root)/Cargo.lock $(trove_root)/build.rs \
	$(shell find $(trove_root)/ext $(trove_root)/shm/src -name '*.rs')

# Not built anew by a `make install` that root runs and that has no cargo: it is newer than its sources then.
$(phplibdir)/trove.so: $(trove_sources)
	+cd "$(trove_root)" && PHP="$(PHP_EXECUTABLE)" PHP_CONFIG="$(PHP_CONFIG)" $(CARGO) build --release -p trove --target-dir target
	$(INSTALL) $(trove_root)/target/release/libtrove.so $@
