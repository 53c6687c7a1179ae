"""What supervisory programs did, for a report: what they read, wrote and said, and when they were allowed to."""

from recording.report.programs.section import in_a_line, programs
from recording.report.programs.seen import SeenProgram, seen_programs

__all__ = ["SeenProgram", "in_a_line", "programs", "seen_programs"]
