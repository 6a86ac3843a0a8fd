"""Files that people keep in spreadsheets: bytes to rows, and the dates and names in their cells.

Pure, `wording` aside, and without any domain: what the columns mean is for the rooms above.
"""
