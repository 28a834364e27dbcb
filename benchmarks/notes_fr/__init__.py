"""A benchmark of special categories in short French health notes: made, scored, beside its peers.

``benchmarks/notes-fr`` holds the notes, what they are made from, and their datasheet.
"""
