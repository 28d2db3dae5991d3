/*
 * gradcheck_json.c - the result of `trainer gradcheck --json`.
 *
 *     {"name": ..., "verdict": "right", "tensors": [{"tensor": "affine1/weight", ...}, ...],
 *      "float32": [{"kernels": "avx2", ...}, ...], "threads_agree": true}
 */
#include "gradcheck_json.h"
#include "display/json.h"
#include "gradcheck/gradcheck_file.h"

static void add_shape(struct json *json, struct shape shape)
{
    json_open(json, "shape", '[');
    for (int i = 0; i < shape.rank; i++)
        json_count(json, NULL, shape.dim[i]);
    json_close(json, ']');
}

static void add_row(struct json *json, const struct gradcheck_row *row)
{
    json_open(json, NULL, '{');
    json_string(json, "tensor", row->tensor);
    add_shape(json, row->shape);
    json_string(json, "mode", row->training ? "train" : "eval");
    json_count(json, "checked", row->checked);
    json_count(json, "skipped", row->skipped);
    json_count(json, "wrong", row->wrong);
    json_string(json, "verdict", gradcheck_result_word(row->result));
    if (row->checked > 0) {
        json_number(json, "error", row->error);
        json_number(json, "mean_difference", row->mean_difference);
        json_count(json, "at", row->where);
        json_number(json, "backward", row->analytic);
        json_number(json, "numeric", row->numeric);
    }
    json_close(json, '}');
}

static void add_single(struct json *json, const struct gradcheck_single *single)
{
    bool compared = !single->branches_differ && single->tensor;
    json_open(json, NULL, '{');
    json_string(json, "kernels", single->isa);
    json_string(json, "mode", single->training ? "train" : "eval");
    json_boolean(json, "compared", compared);
    if (compared) {
        json_number(json, "error", single->error);
        json_string(json, "tensor", single->tensor);
        json_boolean(json, "wrong", single->wrong);
    }
    json_close(json, '}');
}

void gradcheck_json_add(struct text *text, const struct gradcheck_report *report, const char *name)
{
    static const char *const verdict[] = {[GRADCHECK_RIGHT] = "right",
                                          [GRADCHECK_WRONG] = "wrong",
                                          [GRADCHECK_INCONCLUSIVE] = "inconclusive"};
    struct json json = {.text = text};
    json_open(&json, NULL, '{');
    json_string(&json, "name", name);
    json_string(&json, "verdict", verdict[report->verdict]);
    json_count(&json, "samples", report->samples);
    json_string(&json, "kernels", report->isa);
    json_count(&json, "threads", (uint64_t)report->threads);
    json_number(&json, "seconds", report->seconds);
    json_number(&json, "rtol", report->rtol);
    json_number(&json, "atol", report->atol);
    json_open(&json, "tensors", '[');
    for (size_t i = 0; i < report->count; i++)
        add_row(&json, &report->row[i]);
    json_close(&json, ']');
    json_open(&json, "float32", '[');
    for (size_t i = 0; i < report->singles; i++)
        add_single(&json, &report->single[i]);
    json_close(&json, ']');
    if (report->team > 1)
        json_boolean(&json, "threads_agree", report->unequal == NULL);
    json_close(&json, '}');
}
