"""Import of a team's existing calendar.

Pure modules (bytes and plain records in, plain records out, no database, no clock):
``plancraft.lib.sheets`` turns a file into rows, ``header`` finds where
the columns are named, ``columns`` says what each column holds, ``datecells`` reads dates and
times, ``preview`` says what would become of every row. The rest is shell.
"""
