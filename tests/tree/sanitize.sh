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
