"""How values are put into words, in each language of the site: sentences, dates, links, who may book.

The pages, the feeds, and the calendar files all take their words from here. Nothing here is escaped.
"""
