#!/bin/sh
# SPDX-License-Identifier: MIT
#
# Builds our own code with ASan and UBSan and runs the unit tests there.
#
# usage: sanitize.sh
set -eu

cd "$(dirname "$0")/../.."
tools/build.sh sanitize
ctest --preset sanitize --no-tests=error

# The command itself, where a file cannot be opened after one that could.
status=0
build/sanitize/bin/ccsan litmus tests/fuzz/corpus/litmus/readdir no-such-file || status=$?
[ "$status" -eq 2 ] || {
	echo "ccsan litmus FILE no-such-file: exit status $status, not 2"
	exit 1
}
