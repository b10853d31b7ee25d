#!/usr/bin/env bash
# Builds a debug PHP and Trove against it, and runs the .phpt suites there: a leak report or a failed assertion of the
# engine fails the test that shows it. ZTS=1 takes the thread-safe build.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
if [ "${ZTS:-0}" = 1 ]; then kind=zts; else kind=nts; fi
PHP_CONFIG=$(php-tests/runner/debug-php.sh "${DEBUG_PHP:-target/php-debug}")
export PHP_CONFIG
exec php-tests/runner/suites.sh "debug-$kind"
