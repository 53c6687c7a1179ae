"""How BOPTEST's web tiers read and print: Node/Express in front of the service, Flask in the single-case server.

Nobody has to read this to know what the emulator does; it is there because clients see every letter of it.
"""
