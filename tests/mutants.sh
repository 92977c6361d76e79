#!/usr/bin/env bash
# Tries each mutant of tests/mutants: the test that its header names must fail. tests/mutants.sh [NUMBER...]
#
# A mutant is a patch that breaks the program. It is applied to a copy of HEAD in a worktree of its own, so changes that
# are not committed are left out. All mutants share one target folder. MUTANTS_TARGET names it, and SIMULATE_HISTORIES how
# many histories a mutant meets: otherwise as many of the rules as in the gate, and five times as many of the whole shop,
# because few of them come to what some mutants break.
set -euo pipefail
cd "$(dirname "$0")/.."

root="$PWD"
export CARGO_TARGET_DIR="${MUTANTS_TARGET:-$root/target/mutants}"
scratch="$(mktemp -d)"
log="$scratch/log"
trap 'git -C "$root" worktree remove --force "$scratch/tree" 2>/dev/null; rm -rf "$scratch"' EXIT
git worktree add --quiet --detach "$scratch/tree" HEAD

# chosen NAME NUMBER...: whether the name begins with one of the numbers; without numbers each does.
chosen() {
    local name="$1" number
    shift
    [[ $# == 0 ]] && return 0
    for number in "$@"; do
        [[ "$name" == "$number"-* ]] && return 0
    done
    return 1
}

# outcome PATCH: prints what became of the mutant.
outcome() {
    local patch="$1" command histories=()
    command="$(sed -n 's/^Caught by: //p' "$patch")"
    [[ "$command" != *the_whole_shop* ]] || histories=(env SIMULATE_HISTORIES="${SIMULATE_HISTORIES:-5000}")
    git -C "$scratch/tree" checkout --quiet -- .
    if ! git -C "$scratch/tree" apply "$patch" 2>"$log"; then
        echo "does not apply"
    elif ! (cd "$scratch/tree" && ${command%% --test *} --locked --tests --no-run) >"$log" 2>&1; then
        echo "does not build"
    elif (cd "$scratch/tree" && "${histories[@]}" $command) >"$log" 2>&1; then
        echo "SURVIVES"
    elif grep -q '^test result: FAILED' "$log"; then
        echo "caught"
    else
        echo "the test did not run"
    fi
}

tried=0
failed=0
printf '%-44s %s\n' "mutant" "outcome"
for patch in "$root"/tests/mutants/*.patch; do
    name="$(basename "$patch" .patch)"
    chosen "$name" "$@" || continue
    result="$(outcome "$patch")"
    printf '%-44s %s\n' "$name" "$result"
    tried=$((tried + 1))
    if [[ "$result" != caught ]]; then
        failed=$((failed + 1))
        tail -n 15 "$log" | sed 's/^/    /'
    fi
done
echo "$((tried - failed)) of $tried mutants were caught"
[[ $tried -gt 0 && $failed == 0 ]]
