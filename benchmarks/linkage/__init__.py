"""The measures of linkage: how right the persons and their count are, on files whose truth is known.

``python -m benchmarks.linkage [levels] [poor] [febrl] [coverage]``. Everything runs through the code of an analysis
(`colmate.linking`), without a setting for any set.
"""
