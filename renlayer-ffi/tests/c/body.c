// Bodies are scanned and redacted: findings without values, and what could not be looked into does not pass.
#include "check.h"

static const char *CARD = "{\"card\": \"4111 1111 1111 1111\", \"note\": \"caf\xc3\xa9\"}";

static renlayer_buffer *scan(const renlayer_engine *engine, const char *body, uint32_t format) {
    renlayer_buffer *report = NULL;
    CHECK(renlayer_scan(engine, BYTES(body), format, RENLAYER_DIRECTION_REQUEST, &report, NULL) ==
          RENLAYER_STATUS_OK);
    return report;
}

static void a_scan_finds_and_does_not_tell_the_value(const renlayer_engine *engine) {
    renlayer_buffer *report = scan(engine, CARD, RENLAYER_BODY_FORMAT_JSON);
    CHECK(holds(report, "\"action\":\"block\""));
    CHECK(holds(report, "\"class\":\"payment.card_number\""));
    CHECK(holds(report, "\"start\":10,\"end\":29"));
    CHECK(holds(report, "\"pointer\":\"/card\""));
    CHECK(holds(report, "\"opaque\":[]"));
    CHECK(lacks(report, "4111"));
    renlayer_buffer_free(report);
}

static void what_is_clean_is_said_to_be(const renlayer_engine *engine) {
    renlayer_buffer *report = scan(engine, "nothing here", RENLAYER_BODY_FORMAT_TEXT);
    CHECK(is(report, "{\"action\":null,\"findings\":[],\"scanned\":12,\"opaque\":[]}"));
    renlayer_buffer_free(report);
}

static void any_bytes_may_be_scanned(const renlayer_engine *engine) {
    const uint8_t bytes[] = {0xff, 0x00, 0xfe, 0x80};
    renlayer_buffer *report = NULL, *redacted = NULL;
    CHECK(renlayer_scan(engine, bytes, sizeof bytes, RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_RESPONSE,
                        &report, NULL) == RENLAYER_STATUS_OK);
    CHECK(renlayer_redact(engine, bytes, sizeof bytes, RENLAYER_BODY_FORMAT_TEXT, RENLAYER_DIRECTION_RESPONSE,
                          RENLAYER_REDACTION_EVERYTHING, &redacted, NULL) == RENLAYER_STATUS_OK);
    CHECK(renlayer_buffer_len(redacted) == sizeof bytes);
    CHECK(memcmp(renlayer_buffer_data(redacted), bytes, sizeof bytes) == 0);
    renlayer_buffer_free(report);
    renlayer_buffer_free(redacted);
}

static void redaction_takes_out_everything_or_what_is_configured(const renlayer_engine *engine) {
    const struct {
        uint32_t redaction;
        const char *text;
    } cases[] = {
        {RENLAYER_REDACTION_EVERYTHING,
         "{\"card\": \"[REDACTED:payment.card_number]\", \"to\": \"[REDACTED:pii.email]\"}"},
        // A card number blocks by default: the call is refused, so there is nothing to redact.
        {RENLAYER_REDACTION_CONFIGURED, "{\"card\": \"4111 1111 1111 1111\", \"to\": \"[REDACTED:pii.email]\"}"},
    };
    const char *body = "{\"card\": \"4111 1111 1111 1111\", \"to\": \"ada@corp.io\"}";
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        renlayer_buffer *redacted = NULL;
        CHECK(renlayer_redact(engine, BYTES(body), RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_REQUEST,
                              cases[i].redaction, &redacted, NULL) == RENLAYER_STATUS_OK);
        CHECK(is(redacted, cases[i].text));
        renlayer_buffer_free(redacted);
    }
}

static void what_is_nested_too_deep_is_not_given_back(const renlayer_engine *engine) {
    enum { DEPTH = 100000 };
    uint8_t *body = malloc(2 * DEPTH);
    CHECK(body != NULL);
    memset(body, '[', DEPTH);
    memset(body + DEPTH, ']', DEPTH);
    renlayer_buffer *report = NULL, *redacted = NULL, *error = NULL;
    CHECK(renlayer_scan(engine, body, 2 * DEPTH, RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_REQUEST, &report,
                        NULL) == RENLAYER_STATUS_OK);
    CHECK(holds(report, "\"reason\":\"depth\""));
    CHECK(renlayer_redact(engine, body, 2 * DEPTH, RENLAYER_BODY_FORMAT_JSON, RENLAYER_DIRECTION_REQUEST,
                          RENLAYER_REDACTION_EVERYTHING, &redacted, &error) == RENLAYER_STATUS_UNSCANNABLE);
    CHECK(redacted == NULL);
    CHECK(holds(error, "(depth)"));
    renlayer_buffer_free(report);
    renlayer_buffer_free(error);
    free(body);
}

int main(void) {
    renlayer_engine *engine =
        engine_of("declare: { dlp: { detectors: { pii.email: { severity: HIGH, action: redact } } } }");
    a_scan_finds_and_does_not_tell_the_value(engine);
    what_is_clean_is_said_to_be(engine);
    any_bytes_may_be_scanned(engine);
    redaction_takes_out_everything_or_what_is_configured(engine);
    what_is_nested_too_deep_is_not_given_back(engine);
    renlayer_engine_free(engine);
    return 0;
}
