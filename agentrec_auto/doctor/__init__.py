"""Would this command's calls to LLM APIs be recorded, and if not, why.

`command` finds the Python that a command starts, `inside` has `probe` look around in it under the very
environment that ``agentrec run`` would set (`launchers` says which programs hand it on). `starting`,
`libraries` (with `sdks`, what is known of them beforehand) and `surroundings` judge what was seen, one
`finding` a fact; `examine` puts them together.
"""
