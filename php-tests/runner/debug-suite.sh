#!/usr/bin/env bash
# Builds a debug PHP and Trove against it, and runs the .phpt suites there: a leak report or a failed assertion of the
# engine fails the test that shows it. ZTS=1 takes the thread-safe build.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
if [ "${ZTS:-0}" = 1 ]; then kind=zts; else kind=nts; fi
PHP_CONFIG=$(php-tests/runner/debug-php.sh "${DEBUG_PHP:-target/php-debug}")
PHP=$("$PHP_CONFIG" --php-binary)
export PHP PHP_CONFIG

cargo build --release -p trove --target-dir "target/debug-$kind"
extension=$root/target/debug-$kind/release/libtrove.so

# The engine prints leaks and failed assertions to the standard error, which run-tests.php compares as well.
suite() {
    "$PHP" -n php-tests/runner/suite.php --quiet --extension="$extension" "$@"
}
status=0
suite --name="trove on PHP debug $kind" --exceptions=php-tests/exceptions.txt \
    --exceptions=php-tests/debug-exceptions.txt php-tests || status=1
tests=$(php-tests/runner/apcu-tests.sh "$extension")
version=$(dirname "$tests")
suite --name="apcu on PHP debug $kind" --exceptions=php-tests/apcu-exceptions.txt --version="${version##*/apcu-}" "$tests" ||
    status=1
exit $status
