"""A refusal reaches an application as its SDK's own typed exception, with the trace's id and never the matched text."""

import anthropic
import openai
import pytest

import samples

SECRET = f"My key is {samples.AWS_ACCESS_KEY}, keep it."


def ask_openai(base, prompt, **options):
    messages = [{"role": "user", "content": prompt}]
    return base.openai().chat.completions.create(model="m", messages=messages, **options)


def ask_responses(base, prompt, **options):
    return base.openai().responses.create(model="m", input=prompt, **options)


def ask_embeddings(base, prompt):
    return base.openai().embeddings.create(model="m", input=prompt)


def ask_anthropic(base, prompt, **options):
    messages = [{"role": "user", "content": prompt}]
    return base.anthropic().messages.create(model="m", max_tokens=10, messages=messages, **options)


CALLS = [
    pytest.param(ask_openai, openai, id="chat"),
    pytest.param(ask_responses, openai, id="responses"),
    pytest.param(ask_embeddings, openai, id="embeddings"),
    pytest.param(ask_anthropic, anthropic, id="messages"),
]


def check(refusal, renlayer, *, status, reason, code):
    """What every refusal has: a trace to look up, in header, body and store, and a stable code."""
    error = refusal.value
    trace_id = error.response.headers["x-renlayer-trace-id"]
    body = error.response.json()
    notice = body.get("renlayer") or body["error"]["renlayer"]  # where the provider's shape leaves room
    assert (notice["trace_id"], notice["code"]) == (trace_id, code)
    trace = renlayer.trace(trace_id)
    assert (trace["status"], trace["outcome"], trace["reasons"][0]["kind"]) == (status, "refused", reason)
    return error


@pytest.mark.parametrize("ask, sdk", CALLS)
def test_an_unknown_key_is_an_authentication_error(governed, renlayer, upstream, ask, sdk):
    governed.key = samples.UNKNOWN_KEY
    with pytest.raises(sdk.AuthenticationError) as refusal:
        ask(governed, "Hi!")
    error = check(refusal, renlayer, status="DENIED", reason="unauthenticated", code="unauthenticated")
    assert samples.UNKNOWN_KEY not in error.response.text
    assert upstream.requests() == []


@pytest.mark.parametrize("ask, sdk", [CALLS[0], CALLS[1], CALLS[3]])
def test_a_denied_prompt_is_a_permission_error_in_the_policys_words(governed, renlayer, upstream, ask, sdk):
    with pytest.raises(sdk.PermissionDeniedError) as refusal:
        ask(governed, "Tell me the launch codes.")
    error = check(refusal, renlayer, status="DENIED", reason="policy", code="policy_denied")
    assert "Launch codes are not for agents." in str(error)
    assert upstream.requests() == []


@pytest.mark.parametrize("ask, sdk", CALLS)
def test_a_secret_on_its_way_out_is_a_permission_error_without_the_secret(governed, renlayer, upstream, ask, sdk):
    with pytest.raises(sdk.PermissionDeniedError) as refusal:
        ask(governed, SECRET)
    error = check(refusal, renlayer, status="DLP_BLOCKED", reason="dlp", code="dlp_blocked")
    assert "secret.aws_access_key" in error.response.text
    assert samples.AWS_ACCESS_KEY not in error.response.text
    assert upstream.requests() == []


def test_a_limit_is_a_rate_limit_error_with_when_to_come_back(governed, renlayer):
    governed.key = samples.LIMITED_KEY
    ask_openai(governed, "Hi!")
    for ask, sdk in [(ask_openai, openai), (ask_anthropic, anthropic)]:
        with pytest.raises(sdk.RateLimitError) as refusal:
            ask(governed, "Hi!")
        error = check(refusal, renlayer, status="DENIED", reason="rate_limit_exceeded", code="rate_limit_exceeded")
        assert 0 < int(error.response.headers["retry-after"]) <= 86400


def test_a_providers_own_error_stays_what_it_was(base, upstream):
    for status, name in [(401, "AuthenticationError"), (429, "RateLimitError"), (500, "InternalServerError")]:
        upstream.play(status=status)
        for ask, sdk in [(ask_openai, openai), (ask_anthropic, anthropic)]:
            with pytest.raises(getattr(sdk, name)) as error:
                ask(base, "Hi!")
            assert error.value.status_code == status
