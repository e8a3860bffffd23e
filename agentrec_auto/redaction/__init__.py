"""What nobody may see: credentials and secrets are taken out before anything reaches the disk.

redactor       one request and its response, under one set of settings: start here

where secrets are
headers · url · bodies · streams
documents      in JSON, and in JSON that is a string of JSON
deltas         in pieces that a stream sends one by one
logprobs       in log-probabilities, which say the answer once more
eventstream    in Amazon's binary frames
paths          where the user's body paths lead

what gives them away
finder         puts these together, for one text
shapes         their form
values         being known: of variables, and the request's own credential
fields         the name of their field

how they are replaced
edits          what stands where is replaced by what; everything else stays, byte for byte
literals · percent    the same in JSON's and in URLs' spelling
events         the documents that a body is made of

how a body without secrets is told quickly
signs          all literals of all shapes, in one pass
repeats        streams, whose events are much alike
windows        long bodies, while they come
"""
