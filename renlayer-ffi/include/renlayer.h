// renlayer.h: the C ABI of RenLayer. Made from renlayer-ffi/src; do not edit.
//
// # Conventions
//
// They hold for every function; where one differs, it says so. The header opens with them.
//
// - **Names.** Every function, type and constant begins with `renlayer_` or `RENLAYER_`.
// - **Ownership.** An engine and a buffer are handles: the caller holds a pointer and does not look behind it. Whoever
//   receives one owns it and frees it exactly once, with the `_free` of its type. What is passed in is borrowed for the
//   call and copied where it must last. No memory of the caller's is kept, and none is lent but a buffer's own bytes.
// - **Out-parameters.** A result is written only on success, an error only on failure; the other variable stays as it
//   was, so set both to NULL before. What they held is not freed. Two of them must not be one variable.
// - **Failure.** A `renlayer_status` with a fixed number; 0 is success. `error`, where it is not NULL, receives a
//   sentence for people, in a buffer like any other. Nothing is kept per thread or process: there is no "last error".
// - **NULL.** A NULL handle or result pointer is `RENLAYER_STATUS_NULL_ARGUMENT`, not a crash. `error` may always be
//   NULL. Bytes may be NULL where their length is 0. Every `_free` takes NULL and does nothing.
// - **Bytes and text.** Always a pointer and a length; nothing needs to end in NUL, and nothing does. Text is UTF-8.
//   Bodies that are scanned or redacted may be any bytes.
// - **Choices** are passed as `uint32_t`, so that a number which names none is an error and not undefined. 0 never
//   names one.
// - **Threads.** Both handles may be used from any thread, by several at once, without a lock. A handle must not be
//   freed while another thread uses it.
// - **Panics** never cross: a call that panics answers `RENLAYER_STATUS_PANIC`, and its error says where, and nothing
//   of what it was given. The engine remains usable. Memory that runs out ends the process, as everywhere in Rust.


#ifndef RENLAYER_H
#define RENLAYER_H

#include <stddef.h>
#include <stdint.h>

// Moves when what worked with an older library no longer does. While it is 0, the minor version does that.
#define RENLAYER_ABI_MAJOR 0

// Moves when something is added.
#define RENLAYER_ABI_MINOR 1

// Moves when something is mended.
#define RENLAYER_ABI_PATCH 0

// How a call ended. The numbers are part of the ABI: none changes its meaning, and new ones may come, so treat a
// number you do not know as a failure.
enum renlayer_status
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // It did what it says.
    RENLAYER_STATUS_OK = 0,
    // A handle, a result pointer, or bytes of a length other than 0, are NULL.
    RENLAYER_STATUS_NULL_ARGUMENT = 1,
    // A number names no choice, or a length is beyond what memory can hold.
    RENLAYER_STATUS_INVALID_ARGUMENT = 2,
    // A text is not UTF-8.
    RENLAYER_STATUS_INVALID_UTF8 = 3,
    // The configuration is wrong; the error lists everything that is, each with line and column.
    RENLAYER_STATUS_INVALID_CONFIG = 4,
    // The sample call is not JSON, or does not describe a call.
    RENLAYER_STATUS_INVALID_CALL = 5,
    // A part of the body could not be looked into, so it cannot be said to be free of anything.
    RENLAYER_STATUS_UNSCANNABLE = 6,
    // The system did not give what was needed: randomness.
    RENLAYER_STATUS_UNAVAILABLE = 7,
    // A bug in RenLayer. The handles remain usable.
    RENLAYER_STATUS_PANIC = 8,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum renlayer_status renlayer_status;
#else
typedef uint32_t renlayer_status;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a configuration is written.
enum renlayer_config_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // YAML 1.2.
    RENLAYER_CONFIG_FORMAT_YAML = 1,
    // JSON.
    RENLAYER_CONFIG_FORMAT_JSON = 2,
    // TOML 1.0.
    RENLAYER_CONFIG_FORMAT_TOML = 3,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum renlayer_config_format renlayer_config_format;
#else
typedef uint32_t renlayer_config_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// How a body is written.
enum renlayer_body_format
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Text, or bytes of any kind.
    RENLAYER_BODY_FORMAT_TEXT = 1,
    // One JSON document; what does not parse is taken as text.
    RENLAYER_BODY_FORMAT_JSON = 2,
    // `application/x-www-form-urlencoded`.
    RENLAYER_BODY_FORMAT_FORM = 3,
    // One JSON document per line.
    RENLAYER_BODY_FORMAT_NDJSON = 4,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum renlayer_body_format renlayer_body_format;
#else
typedef uint32_t renlayer_body_format;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Which way a body goes.
enum renlayer_direction
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // From the agent to the upstream.
    RENLAYER_DIRECTION_REQUEST = 1,
    // From the upstream to the agent.
    RENLAYER_DIRECTION_RESPONSE = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum renlayer_direction renlayer_direction;
#else
typedef uint32_t renlayer_direction;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// What is taken out of a body.
enum renlayer_redaction
#if defined(__cplusplus) || __STDC_VERSION__ >= 202311L
  : uint32_t
#endif // defined(__cplusplus) || __STDC_VERSION__ >= 202311L
 {
    // Every finding, whatever its action: for logs, and for whatever is to be kept.
    RENLAYER_REDACTION_EVERYTHING = 1,
    // The findings whose action is `redact`, as in a call that the engine governs. What would block the call stays:
    // ask `renlayer_scan` for that.
    RENLAYER_REDACTION_CONFIGURED = 2,
};
#ifndef __cplusplus
#if __STDC_VERSION__ >= 202311L
typedef enum renlayer_redaction renlayer_redaction;
#else
typedef uint32_t renlayer_redaction;
#endif // __STDC_VERSION__ >= 202311L
#endif // __cplusplus

// Bytes that RenLayer made and the caller owns: a result, or the text of an error. They never change.
//
// Threads: may be read by several at once. Free it with `renlayer_buffer_free`, once, when none reads it any more.
typedef struct renlayer_buffer renlayer_buffer;

// An engine: policies, limits and detectors compiled from one configuration. It does not change.
//
// Threads: may be used by several at once. Free it with `renlayer_engine_free`, once, when none uses it any more.
typedef struct renlayer_engine renlayer_engine;

#ifdef __cplusplus
extern "C" {
#endif // __cplusplus

// The first of a buffer's bytes. They are the buffer's: valid until it is freed, and not to be written to or freed. No
// NUL follows them. Read no more than `renlayer_buffer_len` says; where that is 0, read nothing.
//
// On failure: NULL where `buffer` is NULL.
const uint8_t *renlayer_buffer_data(const struct renlayer_buffer *buffer);

// How many bytes a buffer holds.
//
// On failure: 0 where `buffer` is NULL.
size_t renlayer_buffer_len(const struct renlayer_buffer *buffer);

// Frees a buffer. NULL is fine. The pointer, and the one to its bytes, are not valid after.
//
// Threads: none may be reading the buffer.
void renlayer_buffer_free(struct renlayer_buffer *buffer);

// Makes an engine from a configuration: the text of a `renlayer.yaml`, or of the same in JSON or TOML. An empty text
// is the configuration of a fresh start. As for the `renlayer` binary, `${NAME}` in the text and the variables
// `RENLAYER_*` are read from the process's environment, now and not later; what is about listeners and stores is checked
// and otherwise not used: nothing is opened.
//
// - `config`, `config_len`: the text, UTF-8. Borrowed for the call.
// - `format`: one of `renlayer_config_format`.
// - `engine`: receives the engine, which the caller owns and frees with `renlayer_engine_free`.
// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
//
// Threads: any, as long as none changes the environment at the same time.
//
// On failure: `RENLAYER_STATUS_INVALID_CONFIG`, and `error` has one line for each thing that is wrong, such as
// ``config:3:5: declare: unknown key `polices`; did you mean `policies`?``; also NULL_ARGUMENT, INVALID_ARGUMENT,
// INVALID_UTF8, UNAVAILABLE, PANIC.
//
// # Safety
//
// `config_len` bytes must be readable at `config`; `engine` and `error` must each be NULL or a variable of their own.
renlayer_status renlayer_engine_new(const char *config,
                                    size_t config_len,
                                    uint32_t format,
                                    struct renlayer_engine **engine,
                                    struct renlayer_buffer **error);

// What the operator should know about a configuration that works: a JSON array of strings, `[]` where there is
// nothing.
//
// - `engine`: borrowed for the call.
// - `warnings`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
//
// Threads: any, at once. On failure: NULL_ARGUMENT, PANIC.
renlayer_status renlayer_engine_warnings(const struct renlayer_engine *engine,
                                         struct renlayer_buffer **warnings,
                                         struct renlayer_buffer **error);

// Frees an engine. NULL is fine. Buffers that came from it remain valid.
//
// Threads: none may be using the engine.
void renlayer_engine_free(struct renlayer_engine *engine);

// Judges a call without making it, by the engine that would govern it. Nothing is sent, counted or recorded: every limit
// stands as if this were the first call. The call is described in JSON, as for `renlayer policy test`:
//
// ```json
// {"method": "POST", "url": "https://api.openai.com/v1/chat/completions",
//  "headers": {"x-renlayer-user": "ada"}, "body": {"model": "gpt-4o", "messages": []},
//  "agent": "billing-bot", "at": "2026-01-01T09:00:00Z"}
// ```
//
// Only `url` is needed: the upstream's, whole. `body` is any JSON, kept as it is written; `body_text` in its place is a
// body of any kind. The rest is as usual where it is left out: GET without and POST with a body, `Content-Type:
// application/json`, the agent `default`, now. `agent` is taken at its word: no key is asked for, and no list.
//
// The verdict is JSON too:
//
// - `status`: `ALLOWED`, `FLAGGED`, `DENIED`, `DLP_BLOCKED` or `DLP_WARNED`; `enforced`: false where it is only
//   observed; `reasons`: every reason, each with its `kind` and what it was `by`
// - `http_status`: of the refusal; null where the call goes through. `refusal`: what the caller would be told
// - `policies`: `decision`, `matches` in order, `near_misses` with the one condition that ruled each out; null where the
//   call is refused before
// - `findings`: as of `renlayer_scan`, never with the value; `limits`: each that counts the call, and how much is left
// - `request`: `method`, `url`, `headers` (pairs), `body_text` as the upstream would see them, redacted as configured;
//   null where the call is refused. It holds what the call held, so do not log it.
//
// Parameters:
//
// - `engine`: borrowed for the call.
// - `call`, `call_len`: the JSON, UTF-8. Borrowed for the call.
// - `verdict`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
// - `error`: receives the reason of a failure; may be NULL. The caller owns it. It quotes nothing of the call.
//
// Threads: any, at once.
//
// On failure: INVALID_CALL, NULL_ARGUMENT, INVALID_ARGUMENT, INVALID_UTF8, PANIC. A call that is refused is no failure:
// it has a verdict.
//
// # Safety
//
// `call_len` bytes must be readable at `call`; `verdict` and `error` must each be NULL or a variable of their own.
renlayer_status renlayer_evaluate(const struct renlayer_engine *engine,
                                  const char *call,
                                  size_t call_len,
                                  struct renlayer_buffer **verdict,
                                  struct renlayer_buffer **error);

// Takes sensitive data out of a body: each value becomes `[REDACTED:class]`, every other byte is as it was, and JSON
// stays valid.
//
// - `engine`: borrowed for the call.
// - `body`, `body_len`: any bytes. Borrowed for the call, and not changed.
// - `format`: one of `renlayer_body_format`. `direction`: one of `renlayer_direction`. `redaction`: one of
//   `renlayer_redaction`.
// - `redacted`: receives the bytes, which the caller owns and frees with `renlayer_buffer_free`.
// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
//
// Threads: any, at once.
//
// On failure: UNSCANNABLE where a part could not be looked into, such as JSON nested too deep; also NULL_ARGUMENT,
// INVALID_ARGUMENT, PANIC.
//
// # Safety
//
// `body_len` bytes must be readable at `body`; `redacted` and `error` must each be NULL or a variable of their own.
renlayer_status renlayer_redact(const struct renlayer_engine *engine,
                                const uint8_t *body,
                                size_t body_len,
                                uint32_t format,
                                uint32_t direction,
                                uint32_t redaction,
                                struct renlayer_buffer **redacted,
                                struct renlayer_buffer **error);

// Finds sensitive data in a body. The JSON it gives:
//
// ```json
// {"action": "block",
//  "findings": [{"class": "payment.card_number", "severity": "CRITICAL", "action": "block", "start": 9, "end": 28,
//                "pointer": "/card", "confidence": 0.99, "evidence": ["checksum"], "detector": "…",
//                "fingerprint": "…"}],
//  "scanned": 30, "opaque": []}
// ```
//
// `action` is the strongest of the findings' that takes effect, null where there is none. `start` and `end` count the
// bytes of the body as given. A finding never holds the value; its `fingerprint` is equal for equal values, within one
// engine. `opaque` lists parts that could not be looked into:
// they are not clean, they are unknown.
//
// - `engine`: borrowed for the call.
// - `body`, `body_len`: any bytes. Borrowed for the call.
// - `format`: one of `renlayer_body_format`. `direction`: one of `renlayer_direction`.
// - `report`: receives the JSON, which the caller owns and frees with `renlayer_buffer_free`.
// - `error`: receives the reason of a failure; may be NULL. The caller owns it.
//
// Threads: any, at once. On failure: NULL_ARGUMENT, INVALID_ARGUMENT, PANIC.
//
// # Safety
//
// `body_len` bytes must be readable at `body`; `report` and `error` must each be NULL or a variable of their own.
renlayer_status renlayer_scan(const struct renlayer_engine *engine,
                              const uint8_t *body,
                              size_t body_len,
                              uint32_t format,
                              uint32_t direction,
                              struct renlayer_buffer **report,
                              struct renlayer_buffer **error);

// The version of the ABI that the library in this process has, as `major << 16 | minor << 8 | patch`. Compare it with
// the header's `RENLAYER_ABI_MAJOR` and its fellows, where the library is loaded at run time.
//
// Threads: any. On failure: it does not fail.
uint32_t renlayer_abi_version(void);

#ifdef __cplusplus
}  // extern "C"
#endif  // __cplusplus

#endif  /* RENLAYER_H */
