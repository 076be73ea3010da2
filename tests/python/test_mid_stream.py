"""What a running stream looks like to an application when its call is no longer allowed."""

import json

import pytest

import samples
from conftest import CONFIG, Base
from processes import Renlayer, text

USER = [{"role": "user", "content": "Hi!"}]


def chat(base):
    """The words of the answer as they come, and then why it ended."""
    for chunk in base.openai().chat.completions.create(model="m", messages=USER, stream=True):
        for choice in chunk.choices:
            if choice.delta.content:
                yield choice.delta.content
            if choice.finish_reason:
                yield choice.finish_reason


def responses(base):
    for event in base.openai().responses.create(model="m", input="Hi!", stream=True):
        if event.type.endswith("output_text.delta"):
            yield event.delta
        if event.type == "response.incomplete":
            yield event.response.incomplete_details.reason


def messages(base):
    with base.anthropic().messages.stream(model="m", max_tokens=10, messages=USER) as stream:
        yield from stream.text_stream
        yield stream.get_final_message().stop_reason


@pytest.fixture(scope="module")
def judging(the_upstream, tmp_path_factory):
    env = {"APP_KEY": samples.AGENT_KEY, "LIMITED_KEY": samples.LIMITED_KEY, "PROVIDER_KEY": samples.PROVIDER_KEY}
    config = "streams: { on_change: judge }\n" + CONFIG.replace("UPSTREAM", the_upstream.url)
    renlayer = Renlayer(tmp_path_factory.mktemp("judging"), config, env)
    yield renlayer
    renlayer.stop()


#: How many events come to the first word, and why an answer ends that may not go on.
DIALECTS = pytest.mark.parametrize(
    ("read", "events", "reason"),
    [(chat, 2, "content_filter"), (responses, 5, "content_filter"), (messages, 4, "refusal")],
)


@DIALECTS
def test_an_answer_ends_in_good_order_when_its_key_is_revoked(judging, upstream, read, events, reason):
    made = json.loads(judging.run("key", "create", "app", "--json").stdout)
    upstream.play(text("Hello ", "again ", "to you."), pace="gated")
    upstream.release(events)
    said = read(Base(judging.url, through=True, key=made["key"]))
    assert next(said) == "Hello "
    revoked = judging.run("key", "revoke", made["id"])
    assert revoked.returncode == 0, revoked.stderr
    assert list(said) == [reason]
