#!/bin/sh
# Becomes a Redis, or a Valkey, on PORT and on FOLDER/redis.sock, which keeps nothing on disk unless
# it is told to: redis.sh FOLDER PORT [--name value]...
set -eu

folder=$1
port=$2
shift 2
exec "$("$(dirname "$0")/find.sh" redis-server valkey-server)" --port "$port" --bind 127.0.0.1 \
    --unixsocket "$folder/redis.sock" --unixsocketperm 777 --dir "$folder" --daemonize no \
    --save "" --appendonly no "$@"
