"""What every room may use: settings, errors, values, units, hand-off, pacing. Imports nothing of ours."""
