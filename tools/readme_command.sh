#!/usr/bin/env bash
# Runs one of the two commands of the README's section "Two commands", word for word, in a fresh clone.
#
#     tools/readme_command.sh 1|2
set -euo pipefail
root=$(cd "$(dirname "$0")/.." && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

command=$(sed -n '/^## Two commands/,/^## /p' "$root/README.md" | grep '^    ' | sed -n "${1}p")
[ -n "$command" ] || { echo "README.md has no command number $1"; exit 1; }
git clone -q "$root" "$work/wfpfast"
cd "$work/wfpfast"
bash -euc "$command" </dev/null

# Said before the command's own last line would be better, but what it leaves is known only now:
# so nothing is said unless something is wrong.
left=$(git status --porcelain --ignored | grep -vE '^(!!|\?\?) (\.venv[^/]*/|wfpfast-demo\.parquet|build/|.*\.egg-info/|\.hypothesis/|\.pytest_cache/|.*__pycache__/)$' || true)
[ -z "$left" ] || { echo "the command left files in the tree: $left"; exit 1; }
