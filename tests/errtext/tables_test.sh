#!/bin/sh
# The compiled tables are what their sources say, and stay small.
set -u
generate=lib/tables/errtext_generate.py
python3 "$generate" --check || exit 1
python3 "$generate" --sizes
total=$(python3 "$generate" --sizes | awk '$1 == "total" { print $2 }')
patterns=$(python3 "$generate" --sizes | sed -n 's/^patterns (\([0-9]*\)).*/\1/p')
if [ "$total" -gt 400000 ] || [ "$patterns" -lt 2500 ]; then
  echo "too large, or too few wordings"
  exit 1
fi
