#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Configures and builds a preset, quietly while all is well.
#
# usage: tools/build.sh PRESET
set -eu

cd "$(dirname "$0")/.."
mkdir -p "build/$1"
log=build/$1/build.log
if ! { cmake --preset "$1" && cmake --build --preset "$1"; } >"$log" 2>&1; then
	cat "$log" >&2
	exit 2
fi
