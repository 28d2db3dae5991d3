/*
 * json.h - JSON for the commands that print it (--json), one member a line.
 *
 *     struct json json = {.text = &text};
 *     json_open(&json, NULL, '{');
 *     json_string(&json, "name", "two_layer");
 *     json_number(&json, "loss", NAN);              null: JSON has no NaN
 *     json_close(&json, '}');
 *
 * key: NULL in lists and at the top. Memory that ran out shows in text_status.
 */
#ifndef TRAINER_JSON_H
#define TRAINER_JSON_H

#include "base/text.h"

#include <stdint.h>

struct json {
    struct text *text;
    int depth;
    bool some; /* something stands before in the object or list that is open */
};

/* bracket: '{' or '[', and '}' or ']'. */
void json_open(struct json *json, const char *key, char bracket);
void json_close(struct json *json, char bracket);

/* Texts are UTF-8; value NULL is null. */
void json_string(struct json *json, const char *key, const char *value);

/* The shortest digits that read back as the same number; null where it is not finite. */
void json_number(struct json *json, const char *key, double value);
void json_count(struct json *json, const char *key, uint64_t value);
void json_boolean(struct json *json, const char *key, bool value);

#endif
