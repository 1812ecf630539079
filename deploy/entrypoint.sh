#!/bin/sh
# Replaces this shell with one app, so that the container's SIGTERM reaches the app.
set -eu
app=${1:-}
case "$app" in
  gateway | dispatcher | proxy | orders) exec node --enable-source-maps --max-semi-space-size=8 --max-old-space-size=320 --initial-old-space-size=96 "dist/apps/$app/src/main.js" ;;
  migrate)
    shift
    exec node --enable-source-maps scripts/migrate.mjs "$@"
    ;;
  verify)
    shift
    # Often beside an app in its container: without a limit, the heap could take the memory that the app needs.
    exec node --enable-source-maps --max-old-space-size=96 scripts/verify.mjs "$@"
    ;;
  rotate-secrets)
    shift
    exec node --enable-source-maps --max-old-space-size=96 scripts/rotate-secrets.mjs "$@"
    ;;
  *)
    echo "usage: gateway | dispatcher | proxy | orders | migrate [--status] | verify [--json] [--kafka] [--older-than 10m] | rotate-secrets [--check]" >&2
    exit 64
    ;;
esac
