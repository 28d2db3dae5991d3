/*
 * html.h - text of any origin, such as names from configs and files, inside HTML and JSON.
 *
 *     a < b       a &lt; b         in elements and in attributes that stand in double quotes
 *     </script>   "\u003c/script\u003e"    in JSON that stands in a script element
 *
 * Control characters but tab and line feed, and bytes that are not UTF-8, become U+FFFD.
 */
#ifndef TRAINER_HTML_H
#define TRAINER_HTML_H

#include "base/text.h"

#include <stddef.h>

/* Appends the string as the text of an element or of a quoted attribute. */
void html_text(struct text *out, const char *string);

/* The same of its first `most` characters, with an ellipsis where there are more. */
void html_text_cut(struct text *out, const char *string, size_t most);

/* Appends the string in quotes. */
void html_json(struct text *out, const char *string);

/* Appends bytes in base64 (RFC 4648). */
void html_base64(struct text *out, const void *bytes, size_t count);

#endif
