"""What has to hold when a run has ended: in the controllers, and in what was said of them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.claims import Claims, Left
from tests.chaos.daemon import release
from tests.chaos.journal_damage import Damage, damage_journal
from tests.chaos.peers import Peers
from tests.chaos.printed import Printed
from tests.chaos.schedule import End

_CALM = End()


class Aftermath:
    """Looks at the controllers, and gives back with ``main.py release`` what a run has left there."""

    def __init__(self, peers: Peers, claims: Claims) -> None:
        self._peers = peers
        self._claims = claims
        self._printed = Printed(peers.folder)

    def heard(self, output: str) -> None:
        """A process has printed this."""
        self._printed.add(output)

    def leftovers(self) -> Iterator[object]:
        """Everything that is not as it has to be where exit code 0 has said that it is."""
        yield from self._claims.left_behind(self._printed.text())
        self._claims.accept()
        self._printed.forget()

    def of_release(self, end: End = _CALM) -> Iterator[object]:
        """Everything that is wrong after ``release``, for which something may have happened to the journal."""
        ledgers = self._peers.folder / "state" / "ledgers"
        damage = damage_journal(ledgers, end.damage, end.where) if end.damage else None
        code, output = release(self._peers.folder, self._peers.variables())
        self.heard(output)
        self._claims.follow()
        if damage is not None:
            yield from self._of_damage(damage, code, output)
        elif code != 0:
            yield f"release: exit code {code}: {output}"
        yield from self.leftovers()
        yield from (f"{file.name} is left" for file in ledgers.glob("*.jsonl"))

    def _of_damage(self, damage: Damage, code: int, output: str) -> Iterator[object]:
        """What a journal does not tell any more may be left, if that is said; then somebody tidies up by hand."""
        is_named = code == 1 and damage.file.stem in output
        if not is_named and (code != 0 or damage.hidden):
            yield f"{len(damage.hidden)} entries are hidden, and release has exit code {code}: {output}"
        for left in self._claims.left_behind(self._printed.text()):
            if not _is_hidden(left, damage):
                yield f"{left}, and {damage.file.name} tells of it: {output}"
        if is_named:
            for file in damage.file.parent.glob(f"{damage.file.stem}*.damaged"):
                release(self._peers.folder, self._peers.variables(), "--discard", str(file))
            self._claims.mend()


def _is_hidden(left: Left, damage: Damage) -> bool:
    return (left.address, left.object_name) in damage.hidden
