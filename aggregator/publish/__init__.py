"""Everything published: a snapshot in, files out. Nothing here asks a booking system or opens the database.

`wording` says things, `views` decides what is said of what, `pages` lays it out as HTML.
"""
