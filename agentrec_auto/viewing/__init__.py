"""``agentrec view``: a corpus in the browser, to be searched, read and compared. It changes nothing.

data      recordings as the page reads them: a row each for the list, all of one when it is opened
page      the page: style and script in one, a content policy that lets nothing else run
server    gives the page its data while it is looked at
writing   the page with its data in it, as one file
"""
