#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages that are missing, by name; changes nothing if all are there.
#
# usage: tools/setup.sh build|test|bench…
set -eu

cd "$(dirname "$0")"
missing=
for purpose in build "$@"; do
	for package in $(awk -v purpose="$purpose" '$1 == purpose { print $2 }' packages); do
		state=$(dpkg-query -W -f '${Status}' "$package" 2>/dev/null || true)
		case "$state" in
		*" installed") ;;
		*) missing="$missing $package" ;;
		esac
	done
done
missing=$(printf '%s\n' $missing | sort -u | tr '\n' ' ')
[ -n "$(echo $missing)" ] || exit 0

echo "ccsan: installing Debian packages: $missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "ccsan: run this as root, or install them yourself: apt-get install $missing" >&2
		exit 2
	fi
	as_root=sudo
fi
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -q
$as_root apt-get install -q -y --no-install-recommends $missing
