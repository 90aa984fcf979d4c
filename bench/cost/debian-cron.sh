#!/bin/sh
# debian-cron.sh PROGRAM FOLDER: runs the cron of Debian with the crontabs of a folder, apart from those of the machine. Needs root.
set -eu
[ "$1" = --inside ] || exec unshare --mount sh "$0" --inside "$@"
mount -t tmpfs tmpfs /run
mount -t tmpfs tmpfs /var/spool
mkdir -p /var/spool/cron/crontabs
mount --bind "$3" /etc/cron.d
exec "$2" -f
