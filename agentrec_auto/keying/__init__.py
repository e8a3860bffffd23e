"""Who it is: the identity of a request for replay, and the identity of the question it asks."""
