#!/bin/sh
# Becomes an object store on PORT that keeps everything in memory:
# moto.sh FOLDER PORT [option]...
#
# It is moto's imitation of S3, from the environment that `make venv` makes.
set -eu

folder=$1
port=$2
shift 2
# Where it keeps bodies on their way, which the keeper removes.
export TMPDIR="$folder"
# A call back to AWS that fails at once if it is ever made.
export AWS_EC2_METADATA_DISABLED=true
# The parts of tests are small.
export S3_UPLOAD_PART_MIN_SIZE=256
exec "$("$(dirname "$0")/find.sh" moto_server)" -H 127.0.0.1 -p "$port" "$@"
