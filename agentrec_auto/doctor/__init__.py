"""Would this command's calls to LLM APIs be recorded, and if not, why.

`command` finds the Python that a command starts, `inside` has `probe` look around in it under the very
environment that ``agentrec run`` would set; `starting`, `libraries` and `surroundings` judge what is known,
one finding a fact; `examine` puts them together.
"""
