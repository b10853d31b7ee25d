#!/usr/bin/env bash
# Everything that `make test` runs once the extension is built: the Rust tests, the loom models, the tests that die before
# each store to the segment, our .phpt suite and APCu's, the counts of instructions. Goes on after a failure and ends with one line of the PHP tests' counts: "N passed, N failed, N skipped".
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root" || exit
extension=$root/target/release/libtrove.so
tally=$(mktemp)
trap 'rm -f "$tally"' EXIT
failed=()

main() {
    step "Rust tests" rust
    step "Loom models" models
    step "Crash tests" crashes
    step "Trove's .phpt suite" own_suite
    step "APCu's .phpt suite" apcu_suite
    step "API reference" api_reference
    step "Instruction counts" instructions

    echo
    if [ ${#failed[@]} -gt 0 ]; then
        printf 'FAILED: %s\n' "${failed[@]}"
    fi
    awk '{ p += $2; f += $3; s += $4 } END { printf "%d passed, %d failed, %d skipped\n", p, f, s }' "$tally"
    [ ${#failed[@]} -eq 0 ]
}

step() {
    printf '\n== %s\n' "$1"
    local start=$SECONDS
    "$2" || failed+=("$1")
    echo "== $1: $((SECONDS - start)) s"
}

rust() {
    timeout 1500 cargo test --no-fail-fast -p trove-shm -p trove-cli
}

models() {
    RUSTFLAGS="--cfg trove_loom" timeout 900 cargo test --release -p trove-shm --lib --target-dir target/loom
}

crashes() {
    RUSTFLAGS="--cfg trove_crash" timeout 1800 cargo test --no-fail-fast -p trove-shm --test '*_crash' --target-dir target/crash
}

suite() {
    "$php" -n php-tests/runner/suite.php --extension="$extension" --tally="$tally" "$@"
}

own_suite() {
    # For the test of both side by side; the package is fetched where it is not installed.
    TROVE_APCU=$(php-tests/runner/peer.sh apcu) || return
    export TROVE_APCU
    suite --name=trove --exceptions=php-tests/exceptions.txt php-tests
}

apcu_suite() {
    local tests version
    tests=$(php-tests/runner/apcu-tests.sh "$extension") || return
    version=$(dirname "$tests")
    suite --name=apcu --exceptions=php-tests/apcu-exceptions.txt --version="${version##*/apcu-}" "$tests"
}

api_reference() {
    "$php" php-tests/runner/api-reference.php --check
}

instructions() {
    "$php" -n benches/php/instructions.php "$extension"
}

php=$("${PHP_CONFIG:-php-config}" --php-binary)
main
