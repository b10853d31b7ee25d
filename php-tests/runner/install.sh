#!/usr/bin/env bash
# Installs the extension into the PHP that php-config (or PHP_CONFIG=) names and enables it there, or undoes that; and the command, with its
# manual page and completions, below PREFIX= (PHP's own prefix, but /usr/local where that is /usr).
#
#   install.sh install FILE [COMMAND] | uninstall         DESTDIR=/root/of/a/package: below that, and without enabling it
set -euo pipefail

config=${PHP_CONFIG:-php-config}
destination=${DESTDIR:-}
version=$("$config" --version | cut -d. -f1,2)
library=$("$config" --extension-dir)/trove.so
prefix=${PREFIX:-$("$config" --prefix)}
[ -n "${PREFIX:-}" ] || [ "$prefix" != /usr ] || prefix=/usr/local

# Debian and Ubuntu keep one ini file per extension, and links to it for each SAPI. Elsewhere there is one directory
# that PHP scans, or none.
scanned=$("$config" --ini-dir 2>/dev/null || true)
if [ -d "/etc/php/$version/mods-available" ] && [[ $scanned == /etc/php/* ]]; then
    layout=debian
    ini=/etc/php/$version/mods-available/trove.ini
elif [ -n "$scanned" ] && [[ $scanned != *Usage* ]]; then
    layout=scanned
    ini=$scanned/20-trove.ini
else
    layout=none
    ini=
fi

# What the command says of itself, and where it belongs.
from_command=(
    man:share/man/man1/trove.1
    bash:share/bash-completion/completions/trove
    zsh:share/zsh/site-functions/_trove
    fish:share/fish/vendor_completions.d/trove.fish
)

main() {
    case ${1:-} in
    install) install_all "$2" "${3:-}" ;;
    uninstall) uninstall_all ;;
    *) stop "usage: install.sh install FILE [COMMAND] | uninstall" ;;
    esac
}

install_all() {
    say "Installing into PHP $version (${config}):"
    step mkdir -p "$destination$(dirname "$library")"
    step install -m 644 "$1" "$destination$library"
    [ -z "$2" ] || install_command "$2"
    if [ -z "$ini" ]; then
        say "This PHP reads no directory of ini files. Add this line to its php.ini:" "    extension=trove"
        return
    fi
    if [ -e "$destination$ini" ]; then
        say "    (keeping $destination$ini as it is)"
    else
        step mkdir -p "$destination$(dirname "$ini")"
        template | step tee "$destination$ini" >/dev/null
    fi
    [ -z "$destination" ] || return 0
    [ "$layout" != debian ] || step phpenmod -v "$version" trove
    verify
    warn_of_apcu
    say "Done. Restart what runs PHP for it to take effect, for example:" "    systemctl restart php$version-fpm"
}

install_command() {
    local made file shell
    made=$(mktemp -d)
    "$1" man >"$made/man"
    for shell in bash zsh fish; do
        "$1" completions "$shell" >"$made/$shell"
    done
    for file in "${from_command[@]}"; do
        step install -D -m 644 "$made/${file%%:*}" "$destination$prefix/${file#*:}"
    done
    step install -D -m 755 "$1" "$destination$prefix/bin/trove"
    rm -r "$made"
}

uninstall_all() {
    say "Removing from PHP $version (${config}):"
    if [ -z "$destination" ] && [ "$layout" = debian ] && [ -e "$ini" ]; then
        step phpdismod -v "$version" trove
        # Else a package that is installed later would take it for the administrator's wish that it stays off.
        step rm -f "/var/lib/php/modules/$version"/*/*_by_admin/trove
    fi
    if [ -n "$ini" ] && [ -e "$destination$ini" ]; then
        if template | cmp -s - "$destination$ini"; then
            step rm -f "$destination$ini"
        elif [ "$layout" = debian ]; then
            say "    (keeping $destination$ini, which was edited; it is no longer in use)"
        else
            step mv "$destination$ini" "$destination$ini.disabled"
            say "    (it was edited, so it is kept under that name)"
        fi
    fi
    step rm -f "$destination$library"
    if other_php_has_it; then
        say "    (keeping the command: another PHP has Trove as well)"
    else
        step rm -f "$destination$prefix/bin/trove" "${from_command[@]/#*:/$destination$prefix/}"
    fi
    [ -n "$ini" ] || say "Take the line extension=trove out of php.ini."
    say "Done. Restart what runs PHP: until then it goes on with the copy it has loaded."
}

# Whether another PHP whose command would be the same one has the extension: their directories of extensions lie side by side.
other_php_has_it() {
    compgen -G "$(dirname "$(dirname "$destination$library")")/*/trove.so" >/dev/null
}

template() {
    cat <<'INI'
; Trove: a user cache in shared memory, behind the apcu_* functions.
; priority=20
extension=trove

; Memory for the cache.
;trove.memory = 32M

; One cache for every PHP process of a user, the command line included.
trove.segment = default
INI
}

# Does as it says, with the rights that it takes.
step() {
    local -a rights=()
    if [ "$(id -u)" != 0 ] && ! writable; then
        command -v sudo >/dev/null || stop "this needs root: run the same command as root"
        rights=(sudo)
    fi
    echo "    ${rights[*]:+sudo }$*" >&2
    "${rights[@]}" "$@"
}

writable() {
    local directory
    for directory in "$destination$(dirname "$library")" "$destination$prefix"; do
        while [ ! -e "$directory" ]; do
            directory=$(dirname "$directory")
        done
        [ -w "$directory" ] || return 1
    done
}

verify() {
    local php
    php=$("$config" --php-binary)
    if ! "$php" -r 'exit(extension_loaded("trove") ? 0 : 1);' 2>/dev/null; then
        "$php" -r ';' || true
        stop "$php does not load the extension (what it says is above, if anything)"
    fi
}

warn_of_apcu() {
    local -a found
    mapfile -t found < <(grep -lsE '^[[:space:]]*extension[[:space:]]*=[[:space:]]*"?([^"]*/)?apcu(\.so)?"?[[:space:]]*$' \
        "/etc/php/$version"/*/conf.d/*.ini "$scanned"/*.ini | sort -u)
    [ ${#found[@]} -gt 0 ] || return 0
    say "" "APCu itself is enabled as well:" "${found[@]/#/    }"
    say "While it is, the apcu_* functions stay APCu's and Trove offers its own functions only. To let Trove take over:"
    if [ "$layout" = debian ]; then
        say "    phpdismod -v $version apcu"
    else
        say "    remove the line extension=apcu there"
    fi
}

say() {
    printf '%s\n' "$@"
}

stop() {
    printf 'install: %s\n' "$@" >&2
    exit 1
}

main "$@"
