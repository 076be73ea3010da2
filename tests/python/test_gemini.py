"""The google-genai SDK with only its base URL and key changed."""

import samples
from processes import text, tool

CALL = {"model": "gemini-test", "contents": "Hi!"}


def test_generate_content(base, upstream):
    upstream.play(text("Good ", "morning"))
    answer = base.gemini().models.generate_content(**CALL)
    assert (answer.text, answer.usage_metadata.total_token_count) == ("Good morning", 19)


def test_generate_content_stream(base, upstream):
    upstream.play(text("Good ", "mor", "ning"))
    chunks = list(base.gemini().models.generate_content_stream(**CALL))
    assert "".join(chunk.text or "" for chunk in chunks) == "Good morning"


def test_function_call(base, upstream):
    upstream.play(tool("weather", '{"place":"Oslo"}'))
    answer = base.gemini().models.generate_content(**CALL)
    assert (answer.function_calls[0].name, answer.function_calls[0].args) == ("weather", {"place": "Oslo"})


def test_the_provider_sees_its_own_key_and_no_trace_of_ours(governed, upstream):
    governed.gemini().models.generate_content(**CALL)
    request = upstream.requests()[-1]
    assert dict(request["headers"])["x-goog-api-key"] == samples.PROVIDER_KEY
    assert samples.AGENT_KEY not in str(request)
