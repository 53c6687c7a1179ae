"""``python -m commands``: how what is installed starts itself again."""

from commands.entry import run

run()
