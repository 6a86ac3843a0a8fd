"""The demo organization: Northlake Bank, with a cast in every role and sixteen weeks behind it.

Everything is relative to the week of the first start, so that it looks alive whenever that is, and
the same `now` makes the same bank. `build.build` is the way in; `days` places things in time,
`cast` and `stage` set the scene, `texts` says what is said, `history` and `present` decide what
became of it, and `facts` writes it: past the guards of the database, never around them.
"""
