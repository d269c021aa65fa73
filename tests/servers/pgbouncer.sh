#!/bin/sh
# Becomes a pgbouncer on PORT before the PostgreSQL on another: pgbouncer.sh FOLDER PORT SERVER_PORT
#
# It lends a connection for a transaction at a time, to many more clients than it has connections,
# and refuses startup parameters that it does not know, as it does when nobody configures it.
set -eu

folder=$1
cat >"$folder/pgbouncer.ini" <<INI
[databases]
* = host=127.0.0.1 port=$3 user=floorjobs

[pgbouncer]
listen_addr = 127.0.0.1
listen_port = $2
unix_socket_dir = $folder
auth_type = any
admin_users = floorjobs
pool_mode = transaction
max_client_conn = 500
default_pool_size = 5
INI
exec "$("$(dirname "$0")/find.sh" pgbouncer)" "$folder/pgbouncer.ini"
