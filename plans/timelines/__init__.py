"""Key dates and steps that come from a file, and back-schedules learned from them.

Pure modules (bytes and plain records in, plain records out, no database, no clock): `dates` reads
what people write under "When", `markdown`, `icsfiles` and `tables` turn files into rows, `reading`
chooses among them, `rules` says what every row becomes, `learning` finds the leads. The rest is
shell.
"""
