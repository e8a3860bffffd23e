"""What becomes of a call: decides, opens nothing of its own.

`plan` says what becomes of a request, `tap` sees chunks pass, `reel` plays them back, `takes` counts,
`ledger` remembers, `active` holds what is on in this process. No HTTP library, no pydantic, no asyncio.
"""
