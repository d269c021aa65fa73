#!/bin/sh
# Becomes a PostgreSQL in FOLDER on PORT, made if it is not there:
# postgres.sh FOLDER PORT [-c name=value]...
#
# Its superuser is `floorjobs`, without a password. It syncs nothing: what a test kills is a process
# and not the machine.
set -eu

folder=$1
port=$2
shift 2
here=$(dirname "$0")
server=$(readlink -f "$("$here/find.sh" postgres)")
cd "$folder"
if [ ! -e ready ]; then
    rm -rf data
    "$(dirname "$server")/initdb" --pgdata=data --username=floorjobs --auth=trust --no-sync \
        --locale=C --encoding=UTF8
    touch ready
fi
# Autovacuum would connect to the database that others are copied from, which hinders the copying.
# Shared memory is files of the folder: killed servers would leave theirs behind in the machine's.
exec "$server" -D data -c "port=$port" -c listen_addresses=127.0.0.1 \
    -c "unix_socket_directories=$folder" -c max_connections=200 -c shared_buffers=32MB \
    -c fsync=off -c full_page_writes=off -c wal_level=minimal -c max_wal_senders=0 \
    -c autovacuum=off -c jit=off -c dynamic_shared_memory_type=mmap "$@"
