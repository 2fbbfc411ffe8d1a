/* SPDX-License-Identifier: MIT */
/* Findings for machines: the JSON of docs/json.md. */
#ifndef CCSAN_REPORT_JSON_H
#define CCSAN_REPORT_JSON_H

#include <jansson.h>

#include "symbols.h"

/** One finding. Return: a new reference. */
json_t *ccsan_json_finding(const struct ccsan_finding *finding, struct ccsan_symbols *symbols);

/** {"ccsan": VERSION, "results": results}. Steals `results`. Return: a new reference. */
json_t *ccsan_json_document(json_t *results);

#endif
