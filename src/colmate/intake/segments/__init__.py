"""What HL7 v2 and HPRIM Santé have in common: messages of lines ("segments") of delimited fields.

A stretch of text is cut into segments with numpy, and fields, components and repetitions are split in whole columns
with Arrow: Python never loops over the fields of a record. What each segment means is knowledge of the format, given
as tables of columns.
"""
