"""The openai SDK with only its base URL and key changed."""

import samples
from processes import text, thinking, tool

USER = [{"role": "user", "content": "Hi!"}]
TOOLS = [{"type": "function", "function": {"name": "weather", "parameters": {"type": "object", "properties": {}}}}]


def test_chat(base, upstream):
    upstream.play(text("Good ", "morning"))
    answer = base.openai().chat.completions.create(model="gpt-test", messages=USER)
    assert answer.choices[0].message.content == "Good morning"
    assert (answer.choices[0].finish_reason, answer.usage.total_tokens) == ("stop", 19)


def test_chat_stream(base, upstream):
    upstream.play(text("Good ", "mor", "ning"))
    options = {"include_usage": True}
    stream = base.openai().chat.completions.create(model="m", messages=USER, stream=True, stream_options=options)
    chunks = list(stream)
    words = [choice.delta.content for chunk in chunks for choice in chunk.choices if choice.delta.content]
    assert "".join(words) == "Good morning"
    assert chunks[-1].usage.completion_tokens == 7


def test_chat_stream_of_two_choices(base, upstream):
    upstream.play(choices=[[text("a", "b")], [text("c", "d")]])
    answers = ["", ""]
    for chunk in base.openai().chat.completions.create(model="m", messages=USER, n=2, stream=True):
        for choice in chunk.choices:
            answers[choice.index] += choice.delta.content or ""
    assert answers == ["ab", "cd"]


def test_chat_tool_call(base, upstream):
    upstream.play(tool("weather", '{"place":', '"Oslo"}'))
    answer = base.openai().chat.completions.create(model="m", messages=USER, tools=TOOLS)
    call = answer.choices[0].message.tool_calls[0]
    assert (call.function.name, call.function.arguments) == ("weather", '{"place":"Oslo"}')


def test_chat_tool_call_stream(base, upstream):
    upstream.play(text("Let me look."), tool("weather", '{"pla', 'ce":"Os', 'lo"}'))
    with base.openai().chat.completions.stream(model="m", messages=USER, tools=TOOLS) as stream:
        message = stream.get_final_completion().choices[0].message
    assert message.content == "Let me look."
    assert message.tool_calls[0].function.arguments == '{"place":"Oslo"}'


def test_responses(base, upstream):
    upstream.play(thinking("hm"), text("Good ", "morning"))
    answer = base.openai().responses.create(model="m", input="Hi!")
    assert (answer.output_text, answer.usage.total_tokens) == ("Good morning", 19)


def test_responses_stream(base, upstream):
    upstream.play(text("Good ", "morning"), tool("weather", '{"place":', '"Oslo"}'))
    words, arguments, numbers = "", "", []
    with base.openai().responses.stream(model="m", input="Hi!") as stream:
        for event in stream:
            numbers.append(event.sequence_number)
            words += event.delta if event.type == "response.output_text.delta" else ""
            arguments += event.delta if event.type == "response.function_call_arguments.delta" else ""
        final = stream.get_final_response()
    assert (words, arguments) == ("Good morning", '{"place":"Oslo"}')
    assert numbers == sorted(numbers)
    assert (final.output_text, final.output[1].arguments) == (words, arguments)


def test_embeddings(base):
    for encoding in ("float", "base64"):
        answer = base.openai().embeddings.create(model="m", input=["a", "b"], encoding_format=encoding)
        assert len(answer.data) == 2, encoding
    assert base.openai().embeddings.create(model="m", input=["a", "b"]).data[1].embedding == [1.0, 0.25, -0.5]


def test_the_provider_sees_its_own_key_and_no_trace_of_ours(governed, upstream):
    governed.openai(default_headers={"X-RenLayer-Session": "s-1"}).embeddings.create(model="m", input="a")
    request = upstream.requests()[-1]
    headers = dict(request["headers"])
    assert headers["authorization"] == f"Bearer {samples.PROVIDER_KEY}"
    assert samples.AGENT_KEY not in str(request)
    assert not [name for name in headers if name.startswith("x-renlayer")]
