"""A shell of one job, for a terminal of its own: ``python -m tests.tiny_shell fg|bg COMMAND...``.

SIGUSR1 is its ``fg``; SIGTERM goes to the job. It ends with the job's exit code.
"""

from __future__ import annotations

import fcntl
import os
import signal
import subprocess
import sys
import termios


def main(where: str, command: list[str]) -> int:
    """Run the job until it ends."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
    job = subprocess.Popen(command, process_group=0)  # noqa: S603 - the command of a test
    signal.signal(signal.SIGTTOU, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGUSR1})
    signal.signal(signal.SIGTERM, lambda *_: job.terminate())
    if where == "fg":
        os.tcsetpgrp(0, job.pid)
    while True:
        _, status = os.waitpid(job.pid, os.WUNTRACED)
        if not os.WIFSTOPPED(status):
            return os.waitstatus_to_exitcode(status)
        os.tcsetpgrp(0, os.getpgrp())
        os.write(1, b"[stopped]")
        signal.sigwait({signal.SIGUSR1})
        os.tcsetpgrp(0, job.pid)
        os.kill(job.pid, signal.SIGCONT)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2:]))
