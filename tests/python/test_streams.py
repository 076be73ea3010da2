"""What a running stream looks like to an application when something in it must not arrive."""

import anthropic
import openai
import pytest

import samples
from processes import text, tool

SECRET = samples.AWS_ACCESS_KEY
#: The secret over four fragments, as tokens would cut it.
FRAGMENTS = [SECRET[:3], SECRET[3:9], SECRET[9:19], SECRET[19:]]
USER = [{"role": "user", "content": "Hi!"}]


def chat(base):
    words = ""
    for chunk in base.openai().chat.completions.create(model="m", messages=USER, stream=True):
        for choice in chunk.choices:
            words += choice.delta.content or ""
            for call in choice.delta.tool_calls or []:
                words += call.function.arguments or ""
    return words


def responses(base):
    words = ""
    for event in base.openai().responses.create(model="m", input="Hi!", stream=True):
        words += event.delta if event.type.endswith(".delta") else ""
    return words


def messages(base):
    words = ""
    for event in base.anthropic().messages.create(model="m", max_tokens=10, messages=USER, stream=True):
        if event.type == "content_block_delta":
            words += getattr(event.delta, "text", "") or getattr(event.delta, "partial_json", "")
    return words


DIALECTS = pytest.mark.parametrize("read", [chat, responses, messages])


@DIALECTS
def test_an_email_is_redacted_and_the_rest_arrives(governed, upstream, read):
    name, domain = samples.EMAIL.split("@")
    upstream.play(text("Write to ", name, "@", domain[:5], domain[5:], " today", "."))
    assert read(governed) == "Write to [REDACTED:pii.email] today."


@DIALECTS
def test_an_email_is_redacted_in_tool_arguments(governed, upstream, read):
    name, domain = samples.EMAIL.split("@")
    upstream.play(tool("send", '{"to":"', name, f"@{domain}", '","cc":[]}'))
    assert read(governed) == '{"to":"[REDACTED:pii.email]","cc":[]}'


@DIALECTS
def test_a_blocked_stream_ends_in_good_order_before_the_secret(governed, upstream, read):
    upstream.play(text("The key: ", *FRAGMENTS, ". Bye."))
    seen = ""
    try:
        seen = read(governed)
    except (openai.APIError, anthropic.APIError) as error:
        # An error event in the stream is in good order: the SDK raises its own type, not one of the transport.
        assert not isinstance(error, (openai.APIConnectionError, anthropic.APIConnectionError))
        seen = str(error) + str(error.body)
    assert SECRET not in seen and SECRET[:12] not in seen and "Bye" not in seen
