"""The demonstration: two unmodified scripts, recorded against a local endpoint, replayed without it.

`endpoint` stands in for the provider, `openai_app` and `anthropic_app` are what a user would write, and
`play` runs them live and offline. What it looks like is in `agentrec_auto.cli.demo`.
"""
