"""Questions in the words of one API each: a writer a file, and what they have in common.

openai_chat · openai_responses · mistral · cohere · ollama, on openai_shape
anthropic, with claude for how one is asked to think
bedrock_converse · gemini

preparing     what every writer wants done first      leftovers    what has no place in a question
carrying      media and tool calls                    drawing      sampling
schemas       JSON Schema, as each API takes it       models       what single models refuse
"""
