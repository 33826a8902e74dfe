#!/bin/sh
# Take the API's OpenAPI document from the Python code and generate the client's types from it.
# With --check nothing is written: it fails when the checked-in files are stale.
set -eu
cd "$(dirname "$0")/.."
python="${HAMSAFAR_PYTHON:-../.venv/bin/python}"
types=src/shared/api/schema.d.ts
made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
"$python" scripts/openapi.py > "$made/openapi.json"
node_modules/.bin/openapi-typescript "$made/openapi.json" --default-non-nullable=false -o "$made/schema.d.ts" > /dev/null
if [ "${1:-}" = "--check" ]; then
  diff -q "$made/openapi.json" openapi.json && diff -q "$made/schema.d.ts" "$types" && exit 0
  echo "The API has changed: run 'npm run api' in console/ and commit the result." >&2
  exit 1
fi
cp "$made/openapi.json" openapi.json
cp "$made/schema.d.ts" "$types"
