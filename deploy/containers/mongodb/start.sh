#!/bin/bash
# A member of the replica set. The key with which members know each other comes by the environment.
set -euo pipefail
install -m 600 /dev/null /tmp/members.key
printf '%s' "$MONGODB_MEMBERS_KEY" >/tmp/members.key
chmod 400 /tmp/members.key
exec docker-entrypoint.sh mongod --replSet books --keyFile /tmp/members.key --bind_ip_all "$@"
