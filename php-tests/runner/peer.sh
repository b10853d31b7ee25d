#!/usr/bin/env bash
# Prints the path of another extension's library, to compare with or to test beside Trove.
#
#   peer.sh apcu|igbinary|msgpack|yac|redis|memcached
#
# Where the extension is not installed, its package is unpacked below target/peers: nothing is installed or enabled.
set -euo pipefail

name=$1
root=$(cd "$(dirname "$0")/../.." && pwd)
config=${PHP_CONFIG:-php-config}
directory=$("$config" --extension-dir)
version=$("$config" --version | cut -d. -f1,2)
peers=$root/target/peers

for path in "$directory/$name.so" "$peers$directory/$name.so"; do
    if [ -e "$path" ]; then
        echo "$path"
        exit
    fi
done

echo "peer: fetching the package php$version-$name" >&2
mkdir -p "$peers/packages"
cd "$peers/packages"
apt-get download -qq -o APT::Sandbox::User= "php$version-$name" >&2
dpkg-deb -x "php$version-$name"_*.deb "$peers"
ls "$peers$directory/$name.so"
