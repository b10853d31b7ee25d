#!/usr/bin/env bash
# Puts the .phpt suite of APCu, from the newest php-apcu source package to be had, into target/apcu and prints its path.
#
#   apcu-tests.sh EXTENSION        what the suite's own servers are to load
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
target=$root/target/apcu

# The package may hold an old major version beside the present one.
newest() {
    find "$target/source" -mindepth 1 -maxdepth 1 -type d -name 'apcu-*' 2>/dev/null | sort -V | tail -n 1
}

if [ -z "$(newest)" ]; then
    echo "apcu-tests: fetching APCu's test suite" >&2
    mkdir -p "$target/source"
    tarball=$("$root/php-tests/runner/apt-source.sh" php-apcu "$target" trixie sid)
    tar -xf "$tarball" -C "$target/source"
fi
apcu=$(newest)
echo "apcu-tests: ${apcu##*/}" >&2

# Up to 5.1.23 the tests' servers load apcu.so from ../modules whatever they are told.
mkdir -p "$apcu/modules"
ln -sf "$1" "$apcu/modules/apcu.so"
echo "$apcu/tests"
