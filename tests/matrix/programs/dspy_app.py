"""DSPy: a prediction and a chain of thought, by its own client and by LiteLLM."""

import os

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"

import dspy

dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=False)
LLM = os.environ["LLM"] + "/v1"
del os.environ["OPENAI_BASE_URL"]  # with it DSPy goes by LiteLLM


def model(**more):
    key = os.environ.get("OPENAI_API_KEY")
    return dspy.LM("openai/gpt-4o-mini", api_base=LLM, api_key=key, cache=False, num_retries=0, **more)


def lm():
    return model()("Where is my parcel?")


def predict():
    """The loopback server answers no form that DSPy asks for: what counts is what was said."""
    say = LLM.replace("/v1", "/say=" + "%5B%5B%20%23%23%20answer%20%23%23%20%5D%5D%0Ayes" + "/v1")
    with dspy.context(
        lm=dspy.LM("openai/gpt-4o-mini", api_base=say, api_key="k", cache=False, num_retries=0)
    ):
        return dspy.Predict("question -> answer")(question="Is it late?").answer


def by_litellm():
    return model(engine="litellm")("Where is my parcel, LiteLLM?")


async def async_lm():
    return await model().acall("Where is my parcel, async?")


async def async_by_litellm():
    return await model(engine="litellm").acall("Where is my parcel, async LiteLLM?")


CELLS = (lm, predict, by_litellm, async_lm, async_by_litellm)
