"""
What real clients do with the failures that matter most: the table in ``docs/clients.md``.

``observe.py`` serves each scenario to each client, which is a program of its own here or in
``tests/node``, and writes the page. ``python3 dev.py clients`` runs it.
"""
