// An engine is made from each format, freed once, and a wrong configuration says where it is wrong.
#include "check.h"

static void each_format_makes_an_engine(void) {
    const struct {
        uint32_t format;
        const char *text;
    } cases[] = {
        {RENLAYER_CONFIG_FORMAT_YAML, "mode: observe\n"},
        {RENLAYER_CONFIG_FORMAT_JSON, "{\"mode\": \"observe\"}"},
        {RENLAYER_CONFIG_FORMAT_TOML, "mode = \"observe\"\n"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        renlayer_engine *engine = NULL;
        CHECK(renlayer_engine_new(cases[i].text, strlen(cases[i].text), cases[i].format, &engine, NULL) ==
              RENLAYER_STATUS_OK);
        CHECK(engine != NULL);
        renlayer_engine_free(engine);
    }
}

static void a_wrong_configuration_says_where(void) {
    const char *text = "mode: enforce\ndeclare:\n  polices: []\n  agnts: []\n";
    renlayer_engine *engine = NULL;
    renlayer_buffer *error = NULL;
    CHECK(renlayer_engine_new(text, strlen(text), RENLAYER_CONFIG_FORMAT_YAML, &engine, &error) ==
          RENLAYER_STATUS_INVALID_CONFIG);
    CHECK(engine == NULL);
    CHECK(holds(error, "config:3:3: declare: unknown key `polices`; did you mean `policies`?\n"));
    CHECK(holds(error, "config:4:3: declare: unknown key `agnts`; did you mean `agents`?"));
    renlayer_buffer_free(error);
    // Whoever does not want the reason need not take it.
    CHECK(renlayer_engine_new(text, strlen(text), RENLAYER_CONFIG_FORMAT_YAML, &engine, NULL) ==
          RENLAYER_STATUS_INVALID_CONFIG);
}

static void warnings_are_json(void) {
    renlayer_engine *engine = engine_of("declare: { secrets: [{ name: key, from: { env: NOT_THERE } }] }");
    renlayer_buffer *warnings = NULL;
    CHECK(renlayer_engine_warnings(engine, &warnings, NULL) == RENLAYER_STATUS_OK);
    CHECK(holds(warnings, "[\""));
    CHECK(holds(warnings, "secret `key`"));
    // A buffer outlives the engine it came from.
    renlayer_engine_free(engine);
    CHECK(holds(warnings, "\"]"));
    renlayer_buffer_free(warnings);
}

int main(void) {
    CHECK(renlayer_abi_version() >> 16 == RENLAYER_ABI_MAJOR);
    CHECK((renlayer_abi_version() >> 8 & 0xff) == RENLAYER_ABI_MINOR);
    CHECK((renlayer_abi_version() & 0xff) == RENLAYER_ABI_PATCH);
    each_format_makes_an_engine();
    a_wrong_configuration_says_where();
    warnings_are_json();
    renlayer_engine_free(NULL);
    renlayer_buffer_free(NULL);
    return 0;
}
