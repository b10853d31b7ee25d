#!/usr/bin/env bash
# Fuzzes the attach and the use of mutated segment files, guided by coverage, with libFuzzer (shm/fuzz). Any stable toolchain and a C++ compiler do.
#
#   fuzz.sh RUNS [SECONDS]      RUNS 0: without end; what is found is kept below target/fuzz
#
# `-- FILE` instead runs one input again.
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
kept=$root/target/fuzz
target=$(rustc -vV | sed -n 's/^host: //p')
mkdir -p "$kept/corpus"

# Counters alone: to trace comparisons as well halves the speed, and there are no magic words to be guessed in a file that is good to begin with.
coverage="-Cpasses=sancov-module -Ccodegen-units=1 --cfg fuzzing --cfg trove_fuzz"
for option in level=3 inline-8bit-counters pc-table; do
    coverage+=" -Cllvm-args=-sanitizer-coverage-$option"
done
# Naming the target keeps the flags away from build scripts and procedural macros.
(cd "$root/shm/fuzz" && RUSTFLAGS=$coverage cargo build --release --quiet --target "$target" --target-dir "$kept")

fuzzer=$kept/$target/release/segment
cd "$kept"
if [ "${1:-}" = -- ]; then
    exec "$fuzzer" "${@:2}"
fi
runs=${1:-100000}
# To libFuzzer, 0 is a run of what it has kept.
exec "$fuzzer" -runs=$((runs > 0 ? runs : -1)) -max_total_time="${2:-0}" -max_len=1201 -timeout=120 -rss_limit_mb=2048 \
    -artifact_prefix="$kept/" -print_final_stats=1 corpus
