// What the test programs share: a check that ends the program, engines, and looking into buffers.
#ifndef CHECK_H
#define CHECK_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "renlayer.h"

#define CHECK(condition) \
    do { \
        if (!(condition)) { \
            fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
            exit(1); \
        } \
    } while (0)

// A body of text, and its length.
#define BYTES(text) (const uint8_t *)(text), strlen(text)

// Whether a buffer holds `text`; where not, it is shown.
static inline int holds(const renlayer_buffer *buffer, const char *text) {
    const char *data = (const char *)renlayer_buffer_data(buffer);
    size_t len = renlayer_buffer_len(buffer), wanted = strlen(text);
    for (size_t i = 0; i + wanted <= len; i++) {
        if (memcmp(data + i, text, wanted) == 0) {
            return 1;
        }
    }
    fprintf(stderr, "no `%s` in `%.*s`\n", text, (int)len, data ? data : "");
    return 0;
}

// Whether a buffer holds `text` nowhere.
static inline int lacks(const renlayer_buffer *buffer, const char *text) {
    const char *data = (const char *)renlayer_buffer_data(buffer);
    size_t len = renlayer_buffer_len(buffer), unwanted = strlen(text);
    for (size_t i = 0; i + unwanted <= len; i++) {
        if (memcmp(data + i, text, unwanted) == 0) {
            return 0;
        }
    }
    return 1;
}

// Whether a buffer is `text`, whole.
static inline int is(const renlayer_buffer *buffer, const char *text) {
    return renlayer_buffer_len(buffer) == strlen(text) && holds(buffer, text);
}

// An engine by a YAML text that is right.
static inline renlayer_engine *engine_of(const char *yaml) {
    renlayer_engine *engine = NULL;
    renlayer_buffer *error = NULL;
    renlayer_status status =
        renlayer_engine_new(yaml, strlen(yaml), RENLAYER_CONFIG_FORMAT_YAML, &engine, &error);
    if (status != RENLAYER_STATUS_OK) {
        fprintf(stderr, "%.*s\n", (int)renlayer_buffer_len(error), (const char *)renlayer_buffer_data(error));
    }
    CHECK(status == RENLAYER_STATUS_OK);
    CHECK(engine != NULL && error == NULL);
    return engine;
}

#endif
