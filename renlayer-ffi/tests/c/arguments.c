// What must not be passed is answered with a status: NULL, numbers that name nothing, text that is not UTF-8.
#include "check.h"

// A result variable that was not written still holds this.
static renlayer_buffer *const UNTOUCHED = (renlayer_buffer *)(uintptr_t)8;

static const uint32_t TEXT = RENLAYER_BODY_FORMAT_TEXT, REQUEST = RENLAYER_DIRECTION_REQUEST,
                      ALL = RENLAYER_REDACTION_EVERYTHING, YAML = RENLAYER_CONFIG_FORMAT_YAML;

static void null_is_a_status(const renlayer_engine *engine) {
    const uint8_t body[] = "x";
    const char *call = "{}";
    renlayer_buffer *result = UNTOUCHED;
    renlayer_engine *made = NULL;
    const renlayer_status statuses[] = {
        renlayer_engine_new(NULL, 1, YAML, &made, NULL),
        renlayer_engine_new("", 0, YAML, NULL, NULL),
        renlayer_engine_warnings(NULL, &result, NULL),
        renlayer_engine_warnings(engine, NULL, NULL),
        renlayer_scan(NULL, body, 1, TEXT, REQUEST, &result, NULL),
        renlayer_scan(engine, NULL, 1, TEXT, REQUEST, &result, NULL),
        renlayer_scan(engine, body, 1, TEXT, REQUEST, NULL, NULL),
        renlayer_redact(NULL, body, 1, TEXT, REQUEST, ALL, &result, NULL),
        renlayer_redact(engine, NULL, 1, TEXT, REQUEST, ALL, &result, NULL),
        renlayer_redact(engine, body, 1, TEXT, REQUEST, ALL, NULL, NULL),
        renlayer_evaluate(NULL, call, 2, &result, NULL),
        renlayer_evaluate(engine, NULL, 2, &result, NULL),
        renlayer_evaluate(engine, call, 2, NULL, NULL),
    };
    for (size_t i = 0; i < sizeof statuses / sizeof *statuses; i++) {
        CHECK(statuses[i] == RENLAYER_STATUS_NULL_ARGUMENT);
    }
    CHECK(result == UNTOUCHED && made == NULL);
    CHECK(renlayer_buffer_data(NULL) == NULL);
    CHECK(renlayer_buffer_len(NULL) == 0);
}

static void null_is_named(const renlayer_engine *engine) {
    renlayer_buffer *report = NULL, *error = NULL;
    CHECK(renlayer_scan(engine, NULL, 1, TEXT, REQUEST, &report, &error) == RENLAYER_STATUS_NULL_ARGUMENT);
    CHECK(is(error, "`body` is NULL"));
    renlayer_buffer_free(error);
}

static void nothing_may_be_null(const renlayer_engine *engine) {
    renlayer_engine *made = NULL;
    CHECK(renlayer_engine_new(NULL, 0, YAML, &made, NULL) == RENLAYER_STATUS_OK);
    renlayer_engine_free(made);
    renlayer_buffer *redacted = NULL;
    CHECK(renlayer_redact(engine, NULL, 0, TEXT, REQUEST, ALL, &redacted, NULL) == RENLAYER_STATUS_OK);
    CHECK(renlayer_buffer_len(redacted) == 0);
    renlayer_buffer_free(redacted);
}

static void an_error_is_not_written_on_success(const renlayer_engine *engine) {
    renlayer_buffer *report = NULL, *error = UNTOUCHED;
    CHECK(renlayer_scan(engine, NULL, 0, TEXT, REQUEST, &report, &error) == RENLAYER_STATUS_OK);
    CHECK(error == UNTOUCHED);
    renlayer_buffer_free(report);
}

static void a_number_that_names_nothing_is_refused(const renlayer_engine *engine) {
    const uint32_t numbers[] = {0, 5, UINT32_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        uint32_t number = numbers[i];
        renlayer_buffer *result = UNTOUCHED;
        renlayer_engine *made = NULL;
        CHECK(renlayer_engine_new("", 0, number, &made, NULL) == RENLAYER_STATUS_INVALID_ARGUMENT);
        CHECK(renlayer_scan(engine, NULL, 0, number, REQUEST, &result, NULL) == RENLAYER_STATUS_INVALID_ARGUMENT);
        CHECK(renlayer_scan(engine, NULL, 0, TEXT, number, &result, NULL) == RENLAYER_STATUS_INVALID_ARGUMENT);
        CHECK(renlayer_redact(engine, NULL, 0, TEXT, REQUEST, number, &result, NULL) ==
              RENLAYER_STATUS_INVALID_ARGUMENT);
        CHECK(result == UNTOUCHED && made == NULL);
    }
    renlayer_buffer *result = NULL;
    CHECK(renlayer_scan(engine, (const uint8_t *)"", SIZE_MAX, TEXT, REQUEST, &result, NULL) ==
          RENLAYER_STATUS_INVALID_ARGUMENT);
}

static void text_is_utf8(const renlayer_engine *engine) {
    const char latin[] = "{\"url\": \"http://caf\xe9/\"}";
    renlayer_buffer *verdict = NULL, *error = NULL;
    CHECK(renlayer_evaluate(engine, latin, strlen(latin), &verdict, &error) == RENLAYER_STATUS_INVALID_UTF8);
    CHECK(is(error, "`call` is not UTF-8 from byte 19 on"));
    renlayer_buffer_free(error);
    renlayer_engine *made = NULL;
    CHECK(renlayer_engine_new("mode: \xff", 7, YAML, &made, NULL) == RENLAYER_STATUS_INVALID_UTF8);
    CHECK(verdict == NULL && made == NULL);
}

int main(void) {
    renlayer_engine *engine = engine_of("");
    null_is_a_status(engine);
    null_is_named(engine);
    nothing_may_be_null(engine);
    an_error_is_not_written_on_success(engine);
    a_number_that_names_nothing_is_refused(engine);
    text_is_utf8(engine);
    renlayer_engine_free(engine);
    return 0;
}
