#!/bin/sh
# The bench as a service in a container. Exit code 2 means that somebody has to act: settings, configs, or an account
# that a controller refuses. A container that ended would be started again at once, and would show the account again
# and again, until the controller locks it. So it waits, unhealthy, until it is stopped.
bench=
asked=
stop() {
  asked=yes
  [ -z "$bench" ] || kill -TERM "$bench" 2>/dev/null
}
trap stop TERM INT
building-bench "$@" </dev/null &
bench=$!
[ -z "$asked" ] || stop
wait "$bench"
code=$?
# A signal ends the first wait; what it was passed on to gives back before it ends.
while kill -0 "$bench" 2>/dev/null; do
  wait "$bench"
  code=$?
done
if [ "$code" -eq 2 ] && [ -z "$asked" ]; then
  trap 'exit 2' TERM INT
  echo "not tried again: mend what is told above, then restart the container" >&2
  while :; do sleep 1; done
fi
exit "$code"
