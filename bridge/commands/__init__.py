"""The verbs of the command line that need nothing but the bridge; a module for each.

Every module has ``add_arguments(parser)`` and ``run(options, console)``, which returns the exit code.
"""
