"""Many runs of the building, each a cell of a table: over days, plant parameters, programs and theirs, prices, seeds.

``reading`` makes cells of a campaign's file and checks them; ``running`` is one cell, ``run(task, stop) -> result``;
``engines`` are where cells run; ``store.py`` is the one file that knows which are done; ``campaign.py`` goes through
them; ``results`` are the table and the page that come of it.
"""
