// Calls are judged without being made: allowed, denied, blocked, redacted, observed, and counted by none.
#include "check.h"

static const char *GOVERNANCE =
    "declare:\n"
    "  policies:\n"
    "    - { name: no-iam, priority: 10, match: { upstream: '*.amazonaws.com/iam/*' }, action: DENY,\n"
    "        message: IAM changes are not for agents. }\n"
    "    - { name: not-for-bots, priority: 20, match: { upstream: '*.amazonaws.com/*', agent: bot }, action: FLAG }\n"
    "  limits: [{ name: one, scope: per_agent, dimension: requests, window: minute, max: 1 }]\n"
    "  dlp: { detectors: { pii.email: { severity: HIGH, action: redact } } }\n";

static renlayer_buffer *evaluate(const renlayer_engine *engine, const char *call) {
    renlayer_buffer *verdict = NULL, *error = NULL;
    renlayer_status status = renlayer_evaluate(engine, call, strlen(call), &verdict, &error);
    if (status != RENLAYER_STATUS_OK) {
        holds(error, "a verdict");
    }
    CHECK(status == RENLAYER_STATUS_OK && error == NULL);
    return verdict;
}

static void an_allowed_call_shows_what_the_upstream_would_see(const renlayer_engine *engine) {
    // Twice: what is only evaluated uses up no limit.
    for (int i = 0; i < 2; i++) {
        renlayer_buffer *verdict = evaluate(
            engine, "{\"url\": \"https://s3.amazonaws.com/bucket\", \"headers\": {\"X-RenLayer-User\": \"ada\"}}");
        CHECK(holds(verdict, "\"status\":\"ALLOWED\",\"enforced\":true,\"http_status\":null,\"reasons\":[]"));
        CHECK(holds(verdict, "\"near_misses\":[{\"policy\":{"));
        CHECK(holds(verdict, "\"ruled_out_by\":[\"agent\"]"));
        CHECK(holds(verdict, "\"limit\":1,\"remaining\":0"));
        CHECK(holds(verdict, "\"request\":{\"method\":\"GET\",\"url\":\"https://s3.amazonaws.com/bucket\""));
        CHECK(holds(verdict, "[\"host\",\"s3.amazonaws.com\"]"));
        CHECK(lacks(verdict, "x-renlayer-user"));
        CHECK(holds(verdict, "\"refusal\":null"));
        renlayer_buffer_free(verdict);
    }
}

static void a_denied_call_names_its_policy(const renlayer_engine *engine) {
    renlayer_buffer *verdict = evaluate(engine, "{\"url\": \"https://s3.amazonaws.com/iam/users\"}");
    CHECK(holds(verdict, "\"status\":\"DENIED\",\"enforced\":true,\"http_status\":403"));
    CHECK(holds(verdict, "\"kind\":\"policy\""));
    CHECK(holds(verdict, "\"name\":\"no-iam\""));
    CHECK(holds(verdict, "\"request\":null"));
    CHECK(holds(verdict, "IAM changes are not for agents."));
    renlayer_buffer_free(verdict);
}

static void a_policy_knows_its_agent(const renlayer_engine *engine) {
    renlayer_buffer *verdict =
        evaluate(engine, "{\"url\": \"https://s3.amazonaws.com/bucket\", \"agent\": \"bot\"}");
    CHECK(holds(verdict, "\"status\":\"FLAGGED\""));
    renlayer_buffer_free(verdict);
}

static void a_blocked_call_does_not_tell_the_value(const renlayer_engine *engine) {
    renlayer_buffer *verdict = evaluate(engine,
                                        "{\"url\": \"https://api.corp.io/pay\","
                                        " \"body\": {\"card\": \"4111 1111 1111 1111\"}}");
    CHECK(holds(verdict, "\"status\":\"DLP_BLOCKED\",\"enforced\":true,\"http_status\":403"));
    CHECK(holds(verdict, "\"class\":\"payment.card_number\""));
    CHECK(lacks(verdict, "4111"));
    renlayer_buffer_free(verdict);
}

static void a_redacted_call_goes_out_redacted(const renlayer_engine *engine) {
    renlayer_buffer *verdict =
        evaluate(engine, "{\"url\": \"https://api.corp.io/mail\", \"body\": {\"to\": \"ada@corp.io\"}}");
    CHECK(holds(verdict, "\"status\":\"DLP_WARNED\""));
    CHECK(holds(verdict, "\"body_text\":\"{\\\"to\\\": \\\"[REDACTED:pii.email]\\\"}\""));
    CHECK(lacks(verdict, "ada@corp.io"));
    renlayer_buffer_free(verdict);
}

static void observed_is_not_enforced(void) {
    renlayer_engine *engine = engine_of(
        "mode: observe\n"
        "declare: { policies: [{ name: none, match: { upstream: '*' }, action: DENY }] }\n");
    renlayer_buffer *verdict = evaluate(engine, "{\"url\": \"https://api.corp.io/\"}");
    CHECK(holds(verdict, "\"status\":\"DENIED\",\"enforced\":false,\"http_status\":null"));
    CHECK(holds(verdict, "\"request\":{\"method\":\"GET\""));
    renlayer_buffer_free(verdict);
    renlayer_engine_free(engine);
}

static void what_is_no_call_is_told_without_being_quoted(const renlayer_engine *engine) {
    const char *calls[] = {"", "{", "[]", "{\"url\": \"/hunter2\"}", "{\"hunter2\": 1}"};
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
        renlayer_buffer *verdict = NULL, *error = NULL;
        CHECK(renlayer_evaluate(engine, calls[i], strlen(calls[i]), &verdict, &error) ==
              RENLAYER_STATUS_INVALID_CALL);
        CHECK(verdict == NULL);
        CHECK(holds(error, "call:"));
        CHECK(lacks(error, "hunter2"));
        renlayer_buffer_free(error);
    }
}

int main(void) {
    renlayer_engine *engine = engine_of(GOVERNANCE);
    an_allowed_call_shows_what_the_upstream_would_see(engine);
    a_denied_call_names_its_policy(engine);
    a_policy_knows_its_agent(engine);
    a_blocked_call_does_not_tell_the_value(engine);
    a_redacted_call_goes_out_redacted(engine);
    observed_is_not_enforced();
    what_is_no_call_is_told_without_being_quoted(engine);
    renlayer_engine_free(engine);
    return 0;
}
