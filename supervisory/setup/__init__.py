"""From a config and program files to a plan in which everything is known to fit."""
