/*
 * gradcheck_json.h - the result of `trainer gradcheck --json`.
 */
#ifndef TRAINER_GRADCHECK_JSON_H
#define TRAINER_GRADCHECK_JSON_H

#include "base/text.h"
#include "gradcheck/gradcheck.h"

/* Appends the report on the network of that name: the verdict, and what the tables hold. */
void gradcheck_json_add(struct text *text, const struct gradcheck_report *report, const char *name);

#endif
