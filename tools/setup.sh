#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Installs the Debian packages that are missing, by name; changes nothing if all are there.
#
# usage: tools/setup.sh [test|bench|seeds|live]…      (what the build needs is always included)
set -eu

cd "$(dirname "$0")"

is_installed() { # PACKAGE [COMMAND]
	if [ -n "${2:-}" ] && command -v "$2" >/dev/null; then
		return 0
	fi
	state=$(dpkg-query -W -f '${Status}' "$1" 2>/dev/null || true)
	[ "${state% installed}" != "$state" ]
}

missing=
for purpose in build "$@"; do
	while read -r needed_by package command; do
		if [ "$needed_by" = "$purpose" ] && ! is_installed "$package" "$command"; then
			missing="$missing $package"
		fi
	done <packages
done
[ -n "$missing" ] || exit 0

echo "ccsan: installing Debian packages:$missing"
as_root=
if [ "$(id -u)" -ne 0 ]; then
	if ! command -v sudo >/dev/null; then
		echo "ccsan: run this as root, or install them yourself: apt-get install$missing" >&2
		exit 2
	fi
	as_root=sudo
fi
log=$(mktemp)
trap 'rm -f "$log"' EXIT
if ! { $as_root apt-get update -q &&
	$as_root env DEBIAN_FRONTEND=noninteractive \
		apt-get install -q -y --no-install-recommends $missing; } >"$log" 2>&1; then
	cat "$log" >&2
	exit 2
fi
