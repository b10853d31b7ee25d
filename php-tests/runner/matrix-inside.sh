#!/usr/bin/env bash
# What matrix.sh runs in a chroot: finds or builds the PHP that MATRIX_PHP (8.4) and MATRIX_KIND (nts, zts, nts-debug, zts-debug) name
# and runs the suites on it. Counts go to the file MATRIX_TALLY, PHP's version into MATRIX_TALLY.php.
set -euo pipefail

cd "$(dirname "$0")/../.."
PHP_CONFIG=/usr/bin/php-config$MATRIX_PHP
if [ "$MATRIX_KIND" != nts ]; then
    PHP=/usr/bin/php$MATRIX_PHP
    case $MATRIX_KIND in zts*) ZTS=1 ;; *) ZTS=0 ;; esac
    case $MATRIX_KIND in *-debug) DEBUG=1 ;; *) DEBUG=0 ;; esac
    export PHP ZTS DEBUG
    PHP_CONFIG=$(php-tests/runner/debug-php.sh "target/php-$MATRIX_PHP")
fi
export PHP_CONFIG
"$PHP_CONFIG" --version >"$MATRIX_TALLY.php"
php-tests/runner/suites.sh "$MATRIX_PHP-$MATRIX_KIND" --tally="$MATRIX_TALLY"
