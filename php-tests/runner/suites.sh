#!/usr/bin/env bash
# Builds Trove for one PHP, quickly rather than well, and runs both .phpt suites on it, Trove's own and APCu's, and, where that PHP
# has threads and can be embedded, the test with threads.
#
#   suites.sh NAME [--OPTION...]      the options are suite.php's
#
# PHP_CONFIG names the PHP; TROVE_COMMAND a `trove` that is built already. The extension and what it is built of are left below target/NAME.
set -euo pipefail

name=$1
shift
options=("$@")
root=$(cd "$(dirname "$0")/../.." && pwd)
cd "$root"
PHP=$("$PHP_CONFIG" --php-binary)
export PHP PHP_CONFIG

cargo build --profile quick -p trove --target-dir "target/$name"
extension=$root/target/$name/quick/libtrove.so
if [ -z "${TROVE_COMMAND:-}" ]; then
    # It knows nothing of PHP: once for all.
    cargo build --profile quick -p trove-cli --target-dir target/command
    export TROVE_COMMAND=$root/target/command/quick/trove
fi

# The engine prints leaks and failed assertions to the standard error, which run-tests.php compares as well.
suite() {
    "$PHP" -n php-tests/runner/suite.php --quiet --extension="$extension" "${options[@]}" "$@"
}

exceptions=(--exceptions=php-tests/exceptions.txt)
case $("$PHP_CONFIG" --php-binary) in
/usr/bin/*)
    # The distribution's PHP: its APCu is loaded beside Trove by one test, which skips itself where there is none.
    TROVE_APCU=$(php-tests/runner/peer.sh apcu) && export TROVE_APCU || unset TROVE_APCU
    ;;
*) exceptions+=(--exceptions=php-tests/debug-exceptions.txt) ;;
esac

status=0
suite --name=trove "${exceptions[@]}" php-tests || status=1
tests=$(php-tests/runner/apcu-tests.sh "$extension")
version=$(dirname "$tests")
suite --name=apcu --exceptions=php-tests/apcu-exceptions.txt --version="${version##*/apcu-}" "$tests" || status=1
if [ -e "$("$PHP_CONFIG" --prefix)/lib/libphp.so" ]; then
    php-tests/runner/threads.sh "$extension" || status=1
fi
exit $status
