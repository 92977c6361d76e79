#!/usr/bin/env bash
# Runs histories of the simulator in a release build: tests/simulate.sh [HISTORIES] [TEST]
#
# HISTORIES is the number of histories of each test, one million by default. TEST is `the_rules` or `the_whole_shop`; both
# run without it. SIMULATE_SEED is the seed of the first history, SIMULATE_WORKERS the number of threads.
set -euo pipefail
cd "$(dirname "$0")/.."

export SIMULATE_HISTORIES="${1:-1000000}"
export SIMULATE_WORKERS="${SIMULATE_WORKERS:-$(nproc)}"
# A new seed for each day, so that each run meets other histories; the output of a failure names the seed.
export SIMULATE_SEED="${SIMULATE_SEED:-$(($(date +%s) / 86400 * 1000000000))}"

echo "$SIMULATE_HISTORIES histories from the seed $SIMULATE_SEED on, on $SIMULATE_WORKERS threads"
exec cargo test --release -p countermand-simulation --test histories -- --nocapture --test-threads=1 "${@:2}"
