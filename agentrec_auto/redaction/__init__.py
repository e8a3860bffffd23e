"""What nobody may see: credentials and secrets are taken out before anything reaches the disk.

redactor   one request and its response, under one set of settings
headers, url, bodies, streams    the places where secrets are
shapes, values, fields           what gives them away: their form, being known, their name
"""
