#!/usr/bin/env bash
# Fetches the upstream tarball of a Debian source package, checked by apt's signatures.
#
#   apt-source.sh PACKAGE DIRECTORY [SUITE...]
#
# Looks in the suites that this machine's apt already trusts and, on Debian, in the extra SUITEs; takes the newest
# version that can be had. Prints the path of the tarball. Works with a private apt configuration below DIRECTORY, so
# nothing of the system's changes and no rights are needed.
set -euo pipefail

package=$1
directory=$2
shift 2
mkdir -p "$directory/apt/lists/partial" "$directory/apt/cache/archives/partial"
directory=$(cd "$directory" && pwd)
apt=$directory/apt

# One deb-src line per archive of the distribution that the system has in use: "URI SUITE COMPONENT".
archives() {
    apt-get --no-release-info indextargets --format '$(REPO_URI) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
        awk '/(debian|ubuntu)/ && $3 ~ /^(main|universe)$/' | sort -u
}

main() {
    local listed extra uri
    listed=$(archives)
    uri=$(awk '$1 ~ /\/debian\/?$/ { print $1; exit }' <<<"$listed")
    : >"$apt/sources.list"
    {
        [ -z "$listed" ] || sed 's/^/deb-src /' <<<"$listed"
        for extra in "$@"; do
            [ -z "$uri" ] || echo "deb-src $uri $extra main"
        done
    } | sed "s|^deb-src |deb-src $(options) |" >"$apt/sources.list"
    cat >"$apt/apt.conf" <<CONF
Dir::Etc::sourcelist "$apt/sources.list";
Dir::Etc::sourceparts "/dev/null";
Dir::State::lists "$apt/lists";
Dir::Cache "$apt/cache";
APT::Sandbox::User "";
CONF
    export APT_CONFIG=$apt/apt.conf
    apt-get update -qq >&2 || echo "apt-source: not every archive answered; going on with those that did" >&2
    local version
    for version in $(apt-cache madison "$package" | awk '{ print $3 }' | sort -rVu); do
        if fetch "$version"; then
            return
        fi
        echo "apt-source: $package $version cannot be had; trying the next older one" >&2
    done
    echo "apt-source: no version of $package can be had from: $(cut -d' ' -f2- <"$apt/sources.list" | tr '\n' ';')" >&2
    return 1
}

# Signed-By where the distribution's keyring is at its usual place; else apt's own trusted keys.
options() {
    local keyring
    for keyring in /usr/share/keyrings/{debian,ubuntu}-archive-keyring.gpg; do
        [ ! -r "$keyring" ] || { echo "[signed-by=$keyring]"; return; }
    done
    echo "[]"
}

fetch() {
    local into=$directory/$package-$1
    mkdir -p "$into"
    (cd "$into" && apt-get source -qq --download-only --tar-only "$package=$1") >&2 || return 1
    find "$into" -maxdepth 1 -name '*.orig.tar.*' ! -name '*.asc' | head -n 1 | grep .
}

main "$@"
