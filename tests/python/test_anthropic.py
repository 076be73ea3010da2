"""The anthropic SDK with only its base URL and key changed."""

import samples
from processes import text, thinking, tool

CALL = {"model": "claude-test", "max_tokens": 100, "messages": [{"role": "user", "content": "Hi!"}]}


def test_messages(base, upstream):
    upstream.play(text("Good ", "morning"))
    answer = base.anthropic().messages.create(**CALL)
    assert (answer.content[0].text, answer.stop_reason, answer.usage.output_tokens) == ("Good morning", "end_turn", 7)


def test_messages_stream(base, upstream):
    upstream.play(thinking("hm, ", "well"), text("Good ", "morning"))
    with base.anthropic().messages.stream(**CALL) as stream:
        words = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert words == "Good morning"
    assert (final.content[0].thinking, final.content[1].text) == ("hm, well", "Good morning")
    assert final.usage.output_tokens == 7


def test_tool_use(base, upstream):
    upstream.play(tool("weather", '{"place":', '"Oslo"}'))
    answer = base.anthropic().messages.create(**CALL)
    assert (answer.content[0].name, answer.content[0].input) == ("weather", {"place": "Oslo"})


def test_tool_use_stream(base, upstream):
    upstream.play(text("Let me look."), tool("weather", "", '{"pla', 'ce":"Os', 'lo"}'))
    with base.anthropic().messages.stream(**CALL) as stream:
        final = stream.get_final_message()
    assert (final.content[1].input, final.stop_reason) == ({"place": "Oslo"}, "tool_use")


def test_the_provider_sees_its_own_key_and_no_trace_of_ours(governed, upstream):
    governed.anthropic().messages.create(**CALL)
    request = upstream.requests()[-1]
    assert dict(request["headers"])["x-api-key"] == samples.PROVIDER_KEY
    assert samples.AGENT_KEY not in str(request)
