#!/usr/bin/env bash
# Makes Debian packages of what was built: phpX.Y-trove for the PHP that php-config (or PHP_CONFIG=) names, and trove, the
# command with its man page and completions. Leaves them in DIRECTORY and prints their paths.
#
#   deb.sh EXTENSION COMMAND DIRECTORY
set -euo pipefail

root=$(cd "$(dirname "$0")/../.." && pwd)
extension=$(realpath "$1")
command=$(realpath "$2")
mkdir -p "$3"
output=$(realpath "$3")
config=${PHP_CONFIG:-php-config}
php=$("$config" --version | cut -d. -f1,2)
api=$("$config" --phpapi)
version=$(sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"/\1/p' "$root/Cargo.toml")
architecture=$(dpkg --print-architecture)
maintainer=${DEBFULLNAME:-Trove maintainers}' <'${DEBEMAIL:-trove@localhost}'>'
staged=$(mktemp -d)
trap 'rm -rf "$staged"' EXIT

main() {
    command -v dpkg-deb >/dev/null || { echo "deb: dpkg-deb is missing; this needs Debian or Ubuntu" >&2; exit 1; }
    [ -d "/etc/php/$php/mods-available" ] || {
        echo "deb: $config names a PHP that is not a package (no /etc/php/$php/mods-available): use make install for it" >&2
        exit 1
    }
    package_extension
    package_command
}

package_extension() {
    local name=php$php-trove tree=$staged/php
    DESTDIR=$tree PHP_CONFIG=$config "$root/php-tests/runner/install.sh" install "$extension" >/dev/null 2>&1
    strip --strip-unneeded "$tree$("$config" --extension-dir)/trove.so"
    documents "$tree" "$name" README.md SECURITY.md docs/troubleshooting.md
    control "$tree" "$name" "phpapi-$api, php$php-common, php-common (>= 2:69~), $(c_library "$extension")" "Provides: php$php-apcu (= 5.1.28), php-apcu (= 5.1.28)
Recommends: trove" "user cache in shared memory for PHP $php, a drop-in for APCu
 Every PHP process of a host shares one cache: FPM, Apache, CGI and the command
 line. Values are read where they lie; nothing is locked by readers, nothing is
 wiped when the memory is full, and nobody waits for a process that was killed."
    echo "/etc/php/$php/mods-available/trove.ini" >"$tree/DEBIAN/conffiles"
    # Debian's helper enables for every SAPI, remembers what the administrator chose, and has FPM and Apache restarted.
    local helper=/usr/lib/php/php-maintscript-helper
    script "$tree" postinst "[ \"\$1\" != configure ] || { . $helper; php_invoke enmod $php ALL trove; }"
    local state="/var/lib/php/modules/$php/*/*_by_maint/trove"
    script "$tree" postrm "[ \"\$1\" != remove ] || [ ! -e $helper ] || { . $helper; php_invoke dismod $php ALL trove; }
[ \"\$1\" != purge ] || rm -f $state"
    build "$tree" "$name"
}

package_command() {
    local tree=$staged/command
    install -D -m 755 "$command" "$tree/usr/bin/trove"
    strip --strip-unneeded "$tree/usr/bin/trove"
    mkdir -p "$tree/usr/share/man/man1" "$tree/usr/share/bash-completion/completions" \
        "$tree/usr/share/zsh/vendor-completions" "$tree/usr/share/fish/vendor_completions.d"
    "$command" man | gzip -9n >"$tree/usr/share/man/man1/trove.1.gz"
    "$command" completions bash >"$tree/usr/share/bash-completion/completions/trove"
    "$command" completions zsh >"$tree/usr/share/zsh/vendor-completions/_trove"
    "$command" completions fish >"$tree/usr/share/fish/vendor_completions.d/trove.fish"
    documents "$tree" trove docs/command.md docs/deployment.md
    control "$tree" trove "$(c_library "$command")" "Enhances: php$php-trove" "look at, change and reset the caches of PHP's extension Trove
 Shows what is cached and how full it is, removes entries, and has every PHP
 worker of a host forget a release that was replaced: no HTTP, no FastCGI."
    build "$tree" trove
}

# The licence and some pages.
documents() {
    local tree=$1 name=$2 file
    shift 2
    local place=$tree/usr/share/doc/$name
    mkdir -p "$place"
    {
        echo "Trove is licensed under either of the MIT licence and the Apache licence 2.0 (/usr/share/common-licenses/Apache-2.0)."
        echo
        cat "$root/LICENSE-MIT"
    } >"$place/copyright"
    gzip -9n <"$root/CHANGELOG.md" >"$place/changelog.gz"
    for file; do
        install -m 644 "$root/$file" "$place/"
    done
}

control() {
    local tree=$1 name=$2 depends=$3 more=$4 description=$5
    mkdir -p "$tree/DEBIAN"
    cat >"$tree/DEBIAN/control" <<CONTROL
Package: $name
Version: $version
Architecture: $architecture
Maintainer: $maintainer
Installed-Size: $(du -sk --exclude=DEBIAN "$tree" | cut -f1)
Section: php
Priority: optional
Depends: $depends
$more
Description: $description
CONTROL
}

# The oldest C library that has what the file asks for.
c_library() {
    echo "libc6 (>= $(objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | cut -d_ -f2 | sort -V | tail -n 1)), libgcc-s1"
}

script() {
    printf '#!/bin/sh\nset -e\n%s\n' "$3" >"$1/DEBIAN/$2"
    chmod 755 "$1/DEBIAN/$2"
}

build() {
    local file=$output/$2_${version}_$architecture.deb
    chmod -R u=rwX,go=rX "$1"
    chmod 755 "$1"/DEBIAN/p* 2>/dev/null || true
    dpkg-deb --build --root-owner-group -Zxz "$1" "$file" >/dev/null
    echo "$file"
}

main
