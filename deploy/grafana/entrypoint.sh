#!/bin/sh
# Without a password, Grafana would start with admin/admin.
set -eu
if [ "${#GF_SECURITY_ADMIN_PASSWORD}" -lt 12 ]; then
  echo 'GRAFANA_PASSWORD must have at least 12 characters: see the top of docker-compose.yml' >&2
  exit 1
fi
exec /run.sh
