// One engine and one buffer, used by four threads at once.
#include <pthread.h>

#include "check.h"

enum { THREADS = 4, ROUNDS = 50 };

struct shared {
    const renlayer_engine *engine;
    const renlayer_buffer *first;
};

static void *work(void *argument) {
    const struct shared *shared = argument;
    const char *body = "{\"to\": \"ada@corp.io\", \"card\": \"4111 1111 1111 1111\"}";
    const char *denied = "{\"url\": \"https://s3.amazonaws.com/iam/users\", \"at\": \"2026-01-01T00:00:00Z\"}";
    for (int round = 0; round < ROUNDS; round++) {
        renlayer_buffer *report = NULL, *redacted = NULL, *verdict = NULL, *error = NULL;
        CHECK(renlayer_scan(shared->engine, BYTES(body), RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_REQUEST,
                            &report, NULL) == RENLAYER_STATUS_OK);
        CHECK(renlayer_buffer_len(report) == renlayer_buffer_len(shared->first));
        CHECK(memcmp(renlayer_buffer_data(report), renlayer_buffer_data(shared->first),
                     renlayer_buffer_len(report)) == 0);
        CHECK(renlayer_redact(shared->engine, BYTES(body), RENLAYER_BODY_FORMAT_JSON,
                              RENLAYER_DIRECTION_REQUEST, RENLAYER_REDACTION_EVERYTHING, &redacted,
                              NULL) == RENLAYER_STATUS_OK);
        CHECK(is(redacted,
                 "{\"to\": \"[REDACTED:pii.email]\", \"card\": \"[REDACTED:payment.card_number]\"}"));
        CHECK(renlayer_evaluate(shared->engine, denied, strlen(denied), &verdict, NULL) == RENLAYER_STATUS_OK);
        CHECK(holds(verdict, "\"status\":\"DENIED\""));
        // An error belongs to the call that failed, whatever other threads do.
        CHECK(renlayer_evaluate(shared->engine, "{", 1, &verdict, &error) == RENLAYER_STATUS_INVALID_CALL);
        CHECK(is(error, "call:1:1: is not JSON"));
        renlayer_buffer_free(report);
        renlayer_buffer_free(redacted);
        renlayer_buffer_free(verdict);
        renlayer_buffer_free(error);
    }
    return NULL;
}

int main(void) {
    renlayer_engine *engine = engine_of(
        "declare: { policies: [{ name: no-iam, match: { upstream: '*.amazonaws.com/iam/*' }, action: DENY }] }");
    renlayer_buffer *first = NULL;
    const char *body = "{\"to\": \"ada@corp.io\", \"card\": \"4111 1111 1111 1111\"}";
    CHECK(renlayer_scan(engine, BYTES(body), RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_REQUEST, &first,
                        NULL) == RENLAYER_STATUS_OK);
    struct shared shared = {engine, first};
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_create(&threads[i], NULL, work, &shared) == 0);
    }
    for (int i = 0; i < THREADS; i++) {
        CHECK(pthread_join(threads[i], NULL) == 0);
    }
    renlayer_buffer_free(first);
    renlayer_engine_free(engine);
    return 0;
}
