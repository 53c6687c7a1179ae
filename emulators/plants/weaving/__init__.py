"""How small functions over cells become one large one, in Python or as machine code."""
