#!/usr/bin/env bash
# Builds Trove for every PHP that people run and runs the .phpt suites there; prints one table. Needs root, and a mirror of Debian.
#
#   matrix.sh [KIND...]        8.4-nts 8.2-zts-debug and so on; all where none is named
#
# Each PHP runs in a chroot of the Debian release that has it, made once and kept below target/matrix, with this machine's Rust.
# VERSION-nts is Debian's package; VERSION-zts, VERSION-nts-debug and VERSION-zts-debug are built of its source package.
# TROVE_COMMAND, where it is set, is a `trove` that is built already; where it does not run, and without it, each chroot builds its own once.
# What is mounted there is mounted in a namespace of its own, so nothing is left behind, however this ends.
set -uo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
place=$root/target/matrix
# Of 8.5 and 8.6 Debian's mirrors have the packages, but not always the source that a thread-safe build is made of.
all=(8.2-nts 8.4-nts 8.5-nts 8.6-nts 8.{2,4}-{zts,nts-debug,zts-debug})

main() {
    local kinds=("$@") kind rows=() status=0
    [ $# -gt 0 ] || kinds=("${all[@]}")
    for kind in "${kinds[@]}"; do
        [[ $kind =~ ^8\.[2456]-(nts|zts)(-debug)?$ ]] || stop "there is no '$kind': kinds are ${all[*]}"
    done
    check_machine
    mkdir -p "$place/log"
    exec 9>"$place/lock"
    flock -n 9 || stop "another run is using $place"

    for kind in "${kinds[@]}"; do
        local start=$SECONDS log=$place/log/$kind.log tally=$place/log/$kind.tally
        rm -f "$tally" "$tally.php"
        echo "matrix: $kind (log: ${log#"$root"/})"
        run "$kind" >"$log" 2>&1 || {
            status=1
            awk '/: what is wrong$/ { p = 1 } p; / passed, | right$/ { p = 0 }' "$log" | head -n 60 | grep . || tail -n 20 "$log"
        }
        rows+=("$(row "$kind" "$tally" $((SECONDS - start)))")
    done

    printf '\n%-14s %-12s %7s %7s %8s %8s\n' kind PHP passed failed skipped seconds
    printf '%s\n' "${rows[@]}"
    printf '%s\n' "${rows[@]}" | awk '{ p += $3; f += $4; s += $5 } END { printf "\n%d passed, %d failed, %d skipped\n", p, f, s }'
    return $status
}

# One line of the table. A kind that got to no suite has no counts.
row() {
    local version counts
    version=$(cat "$2.php" 2>/dev/null) || version=-
    counts=$(awk '{ p += $2; f += $3; s += $4 } END { if (NR == 2) printf "%7d %7d %8d", p, f, s; else exit 1 }' "$2" 2>/dev/null) ||
        counts=$(printf '%7s %7s %8s' - - -)
    printf '%-14s %-12s %s %8d' "$1" "$version" "$counts" "$3"
}

check_machine() {
    [ "$(id -u)" = 0 ] || stop "making and entering chroots needs root: run it as root (sudo make matrix)"
    local missing=() tool
    for tool in debootstrap cargo rustc unshare git; do
        command -v "$tool" >/dev/null || missing+=("$tool")
    done
    [ ${#missing[@]} -eq 0 ] || stop "these are missing: ${missing[*]} (apt-get install debootstrap git; https://rustup.rs)"
    unshare -m true 2>/dev/null || stop "mounting is not allowed here (a container without CAP_SYS_ADMIN?)"
    rust=$(rustc --print sysroot)
    [ "$rust" != /usr ] || stop "a Rust toolchain below a directory of its own is needed (rustup's), not the distribution's"
    cargo=${CARGO_HOME:-$HOME/.cargo}
    (cd "$root" && cargo fetch --quiet) || exit
}

# Makes what is missing, then builds and tests in the chroot.
run() {
    local version=${1%%-*} chroot
    chroot=$place/$(release "$version")
    make_chroot "$chroot" && install_php "$chroot" "$version" && copy_sources "$chroot" || return
    local settings=("MATRIX_PHP=$version" "MATRIX_KIND=${1#*-}" MATRIX_TALLY=/trove/target/tally)
    if [ -n "${TROVE_COMMAND:-}" ]; then
        cp "$TROVE_COMMAND" "$chroot/trove/target/trove" || return
        inside "$chroot" target/trove --version && settings+=(TROVE_COMMAND=/trove/target/trove)
    fi
    inside "$chroot" env "${settings[@]}" php-tests/runner/matrix-inside.sh
    local status=$?
    cp "$chroot/trove/target/tally" "$place/log/$1.tally"
    cp "$chroot/trove/target/tally.php" "$place/log/$1.tally.php"
    return $status
}

release() {
    case $1 in
    8.2) echo bookworm ;;
    8.4) echo trixie ;;
    *) echo sid ;;
    esac
}

# This machine's mirror of Debian, or the one that is everywhere.
mirror() {
    apt-get --no-release-info indextargets --format '$(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
        grep -m 1 '/debian/*$' || echo http://deb.debian.org/debian
}

make_chroot() {
    [ ! -d "$1" ] || return 0
    local suite=${1##*/} mirror
    mirror=$(mirror)
    echo "matrix: making a chroot of $suite from $mirror"
    rm -rf "$1.new"
    nice debootstrap --variant=minbase "$suite" "$1.new" "$mirror" || return
    # How this machine reaches the mirror (a proxy), and no service is ever started.
    apt-config dump | grep -E '^Acquire::(https?::|ForceIPv|Check-Valid-Until)' >"$1.new/etc/apt/apt.conf.d/90host"
    printf '#!/bin/sh\nexit 101\n' >"$1.new/usr/sbin/policy-rc.d"
    chmod +x "$1.new/usr/sbin/policy-rc.d"
    echo force-unsafe-io >"$1.new/etc/dpkg/dpkg.cfg.d/unsafe-io"
    if [ "$suite" = sid ]; then
        # Packages that are in experimental alone are taken from there; it is not always as fresh as it claims to be.
        echo "deb $mirror experimental main" >"$1.new/etc/apt/sources.list.d/experimental.list"
        echo 'Acquire::Check-Valid-Until "false";' >>"$1.new/etc/apt/apt.conf.d/90host"
    fi
    mkdir -p "$1.new"/{trove,opt/rust,opt/cargo}
    mv "$1.new" "$1"
}

install_php() {
    [ ! -e "$1/var/lib/trove-$2" ] || return 0
    local packages="gcc libc6-dev libclang-dev make xz-utils mount php$2-cli php$2-dev php$2-fpm php$2-cgi"
    case $2 in
    8.[24]) packages+=" php$2-igbinary php$2-msgpack php$2-apcu" ;;
    esac
    echo "matrix: installing PHP $2"
    inside "$1" sh -c "apt-get update -qq && apt-get install -y -qq --no-install-recommends $packages" || return
    touch "$1/var/lib/trove-$2"
}

# The work tree as it is, without what git ignores. What was built before stays.
copy_sources() {
    find "$1/trove" -mindepth 1 -maxdepth 1 ! -name target -exec rm -rf {} + || return
    mkdir -p "$1/trove/target"
    rm -f "$1"/trove/target/tally*
    (cd "$root" && git ls-files -z --cached --others --exclude-standard | tar --null -T - --ignore-failed-read -cf -) |
        tar -xf - -C "$1/trove"
}

# A command in a chroot, in /trove. The root is mounted on itself: tests that mount ask for a root that is a mount point.
inside() {
    unshare -m --propagation private bash -c '
        chroot=$1 rust=$2 cargo=$3
        shift 3
        mount --bind "$chroot" "$chroot" && cd "$chroot" &&
            mount --bind "$rust" opt/rust && mount --bind "$cargo" opt/cargo &&
            mount -t proc proc proc && mount -t sysfs -o ro sysfs sys &&
            mount --bind /dev dev && mount -t tmpfs tmpfs dev/shm &&
            exec nice chroot . /usr/bin/env -i -C /trove HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive \
                CARGO_HOME=/opt/cargo CARGO_NET_OFFLINE=true \
                PATH=/opt/rust/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin "$@"
    ' - "$1" "$rust" "$cargo" "${@:2}" </dev/null
}

stop() {
    echo "matrix: $1" >&2
    exit 1
}

main "$@"
