"""The parts of a report, a file each: a view goes in, HTML comes out."""
