#!/bin/sh
# Becomes the first process of a host of its own: host.sh NAME FOLDER
#
# It has its own network, process ids, name and boot id, so that nobody elsewhere can tell whether a
# process of it is gone. It says `ready`, and ends with all its processes when its input ends.
set -eu

hostname "$1"
cat /proc/sys/kernel/random/uuid >"$2/$1"
mount --bind "$2/$1" /proc/sys/kernel/random/boot_id
ip link set lo up
echo ready
exec cat >/dev/null
