#!/bin/sh
# Runs a shell script with a user manager and a journal of systemd of its own, apart from those of the machine: in namespaces, with a
# part of the control groups as their root. Needs root. Usage: user-manager.sh DIRECTORY SCRIPT
set -eu

inside() {
  for place in $3; do
    umount "$place"
    case $place in
      */systemd) mount -t cgroup -o none,name=systemd cgroup "$place" ;;
      *) mount -t cgroup2 cgroup2 "$place" ;;
    esac
  done
  mount -t tmpfs tmpfs /run
  mkdir -p /run/systemd/system /run/systemd/journal /run/log/journal /run/user
  chmod 700 /run/user
  export HOME="$1" XDG_RUNTIME_DIR=/run/user
  unset XDG_CONFIG_HOME XDG_STATE_HOME DBUS_SESSION_BUS_ADDRESS || true
  /lib/systemd/systemd-journald &
  /lib/systemd/systemd --user 2> "$1/manager.log" &
  tries=0
  until [ "$(systemctl --user is-system-running 2> /dev/null)" = running ]; do
    tries=$((tries + 1))
    [ $tries -lt 100 ] || exit 77
    sleep 0.1
  done
  set +e
  . "$2"
  # The end of the first process of these namespaces is the end of the others.
  exit 0
}

if [ "${1:-}" = --inside ]; then
  shift
  inside "$@"
  exit
fi

places=
name="whenever-test-$$"
own() { # own PLACE: where this process is below it
  case $1 in
    */systemd) sed -n 's/^[0-9]*:name=systemd://p' /proc/self/cgroup ;;
    *) sed -n 's/^0:://p' /proc/self/cgroup ;;
  esac
}
left=
leave() {
  for pair in $left; do
    echo $$ > "${pair#*|}/cgroup.procs"
    tries=0
    until find "${pair%%|*}" -depth -type d -exec rmdir {} \; 2> /dev/null && [ ! -e "${pair%%|*}" ]; do
      tries=$((tries + 1))
      [ $tries -lt 50 ] || break
      sleep 0.1
    done
  done
}
trap leave EXIT
for place in /sys/fs/cgroup/systemd /sys/fs/cgroup/unified /sys/fs/cgroup; do
  [ -w "$place/cgroup.procs" ] || continue
  from="$place$(own "$place")"
  mkdir "$from/$name"
  left="$left $from/$name|$from"
  echo $$ > "$from/$name/cgroup.procs"
  places="$places $place"
done
[ -n "$places" ] || exit 77
unshare --mount --cgroup --pid --fork --mount-proc --kill-child sh "$0" --inside "$1" "$2" "$places"
