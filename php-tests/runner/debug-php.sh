#!/usr/bin/env bash
# Builds a debug PHP (assertions, leak reports) from the distribution's PHP source package: a few minutes.
#
#   debug-php.sh DIRECTORY        ZTS=1 for the thread-safe one, DEBUG=0 for a release build
#
# Leaves it in DIRECTORY/nts or DIRECTORY/zts (with DEBUG=0: nts-release, zts-release) and prints the path of its php-config.
# Does nothing where it is there, built with the same options. PHP names the PHP whose version is built: without it, the one in PATH.
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
mkdir -p "$1"
directory=$(cd "$1" && pwd)
if [ "${ZTS:-0}" = 1 ]; then kind=zts; else kind=nts; fi
[ "${DEBUG:-1}" = 1 ] || kind+=-release
prefix=$directory/$kind

options=(--prefix="$prefix" --disable-all --enable-cli --enable-fpm --enable-opcache
    --enable-session --enable-ctype --enable-tokenizer --enable-posix --enable-pcntl --enable-filter)
# The embeddable library is for the test with threads.
[ "${ZTS:-0}" = 0 ] || options+=(--enable-zts --enable-embed)
[ "${DEBUG:-1}" = 0 ] || options+=(--enable-debug)

# What was built with other options, by an older version of this script, is built anew.
built_with=$prefix/built-with
if [ "$(cat "$built_with" 2>/dev/null)" != "${options[*]}" ]; then
    php_version=$("${PHP:-php}" -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;')
    echo "debug-php: fetching the source of php$php_version" >&2
    tarball=$("$here/apt-source.sh" "php$php_version" "$directory/source")
    build=$directory/build-$kind
    rm -rf "$build" "$prefix"
    mkdir -p "$build"
    tar -xf "$tarball" -C "$build" --strip-components=1
    cd "$build"
    log=$directory/build-$kind.log
    echo "debug-php: configuring and building $kind (log: $log)" >&2
    {
        [ -x configure ] || ./buildconf --force
        CFLAGS="-O1 -g" ./configure "${options[@]}"
        nice make -j"$(nproc)"
        make install
    } >"$log" 2>&1 || { tail -n 20 "$log" >&2; exit 1; }
    rm -rf "$build"
    echo "${options[*]}" >"$built_with"
fi
echo "$prefix/bin/php-config"
