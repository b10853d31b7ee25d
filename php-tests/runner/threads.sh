#!/usr/bin/env bash
# Runs requests in the threads of one process over one segment, on a thread-safe PHP with its embeddable library.
#
#   threads.sh EXTENSION        PHP_CONFIG names the PHP
#
# THREADS (8) and REQUESTS (40, of each thread) may be set.
set -euo pipefail

extension=$(realpath "$1")
here=$(cd "$(dirname "$0")/../threads" && pwd)
prefix=$("$PHP_CONFIG" --prefix)
threads=${THREADS:-8}
directory=$(mktemp -d)
trap 'rm -rf "$directory"' EXIT

read -ra includes <<<"$("$PHP_CONFIG" --includes)"
cc -O1 -g -Wall "${includes[@]}" "-I$("$PHP_CONFIG" --include-dir)/sapi/embed" -o "$directory/host" "$here/host.c" \
    -L"$prefix/lib" -Wl,-rpath,"$prefix/lib" -lphp -lpthread
expected=$(printf 'every request counted, %d threads\neach with its own value' "$threads")
timeout 300 "$directory/host" "$extension" "$directory" "$here/request.inc" "$threads" "${REQUESTS:-40}" >"$directory/said" 2>&1 ||
    echo "the process ends with code $?" >>"$directory/said"
if [ "$(cat "$directory/said")" != "$expected" ]; then
    echo "threads: what is wrong"
    head -n 50 "$directory/said"
    exit 1
fi
echo "threads: $threads threads, ${REQUESTS:-40} requests in each: all right"
