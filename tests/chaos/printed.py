"""Everything that a storm's daemons have said of what they gave back, wherever it has reached somebody."""

from __future__ import annotations

from pathlib import Path


class Printed:
    """What was printed since the last look at the controllers; with the log and the receipts that are kept."""

    def __init__(self, folder: Path) -> None:
        self._log = folder / "app.log"
        self._receipts = folder / "state" / "receipts"
        self._printed: list[str] = []
        self._log_from = 0
        self._seen: set[Path] = set()

    def add(self, output: str) -> None:
        """A process has printed this."""
        self._printed.append(output)

    def text(self) -> str:
        """All of it."""
        kept = [file.read_text(encoding="utf-8") for file in self._receipts.glob("*.txt") if file not in self._seen]
        return "\n".join([*self._printed, *kept, self._logged()])

    def forget(self) -> None:
        """What has been printed so far excuses nothing that is found later."""
        self._printed.clear()
        self._seen.update(self._receipts.glob("*.txt"))
        self._log_from = self._log_bytes()

    def _logged(self) -> str:
        if not self._log.exists():
            return ""
        with self._log.open("rb") as file:
            file.seek(self._log_from if self._log_from <= self._log_bytes() else 0)
            return file.read().decode("utf-8", errors="replace")

    def _log_bytes(self) -> int:
        return self._log.stat().st_size if self._log.exists() else 0
