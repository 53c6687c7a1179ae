#!/bin/sh
# The bench as a service in a container. Exit code 2 means that somebody has to act: settings, configs, or an account
# that a controller refuses. A container that ended would be started again at once, and would show the account again
# and again, until the controller locks it. So it waits, unhealthy, until it is stopped.
building-bench "$@" </dev/null &
bench=$!
trap 'kill -TERM "$bench" 2>/dev/null' TERM INT
wait "$bench"
code=$?
# A signal ends the first wait; what it was passed on to gives back before it ends.
while kill -0 "$bench" 2>/dev/null; do
  wait "$bench"
  code=$?
done
if [ "$code" -eq 2 ]; then
  echo "not tried again: mend what is told above, then restart the container" >&2
  sleep infinity &
  bench=$!
  wait "$bench"
fi
exit "$code"
