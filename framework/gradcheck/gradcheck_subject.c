/*
 * gradcheck_subject.c - what is checked: tensors, and which of their elements.
 *
 * All parameters and every data column that a layer reads; or of one layer its parameters and
 * what it reads. A tensor that is too large for all its elements to be checked gives some from
 * all over it, and some directions, in which every element has a part: a wrong element among
 * millions shows there.
 */
#include "base/random.h"
#include "base/suggest.h"
#include "gradcheck_internal.h"
#include "layer.h"
#include <stdio.h>
#include <string.h>

enum {
    SAMPLED = 64,          /* elements of a tensor, by default */
    EVALUATIONS = 4,       /* of f for an element */
    TENSOR_NAME_MAX = 512, /* characters of a tensor's name */
    STREAM_ELEMENTS = 1 << 20,
    STREAM_DIRECTIONS = 1 << 21,
};

/* Operations that a check of all elements may take by default: some seconds. */
static const double FLOPS_MAX = 1e11;

static struct random_stream subject_stream(const struct gradcheck *check,
                                           const struct subject *subject, size_t minor)
{
    return random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK,
                         random_hash(subject->name), minor);
}

double *subject_x(const struct subject *subject, const struct graph *graph)
{
    if (subject->kind == SUBJECT_PARAMETER)
        return graph_parameter(graph, subject->index)->x;
    if (subject->kind == SUBJECT_COLUMN)
        return graph_batch((struct graph *)(uintptr_t)graph)->column[subject->index].x;
    return (double *)(uintptr_t)graph_layer_facts(graph, subject->index).x;
}

const double *subject_g(const struct subject *subject, const struct graph *graph)
{
    if (subject->kind == SUBJECT_PARAMETER)
        return graph_parameter(graph, subject->index)->g;
    if (subject->kind == SUBJECT_COLUMN)
        return graph_batch((struct graph *)(uintptr_t)graph)->column[subject->index].g;
    return graph_layer_facts(graph, subject->index).g;
}

size_t subject_element(const struct subject *subject, size_t index)
{
    if (index >= subject->chosen)
        return subject->count + index - subject->chosen;
    return subject->element ? subject->element[index] : index;
}

void subject_direction(const struct gradcheck *check, const struct subject *subject,
                       size_t direction, double *sign)
{
    enum { BITS = 128 };
    struct random_stream stream = subject_stream(check, subject, STREAM_DIRECTIONS + direction);
    for (size_t begin = 0; begin < subject->count; begin += BITS) {
        size_t end = subject->count - begin < BITS ? subject->count : begin + BITS;
        uint32_t words[BITS / 32];
        random_block(&stream, begin / BITS, words);
        for (size_t i = begin; i < end; i++)
            sign[i] = words[i % BITS / 32] >> i % 32 & 1 ? 1 : -1;
    }
}

/* --- the list --------------------------------------------------------------------------------- */

/* The first layer that reads the source of that name; the number of layers where none does. */
static size_t first_reader(const struct graph *graph, const char *name)
{
    size_t count = graph_layer_count(graph);
    for (size_t i = 0; i < count; i++)
        for (int j = 0; j < graph_layer_facts(graph, i).inputs; j++)
            if (strcmp(graph_edge_facts(graph, i, j).from, name) == 0)
                return i;
    return count;
}

static size_t find_layer(const struct graph *graph, const char *name)
{
    size_t index = 0;
    while (index < graph_layer_count(graph) &&
           strcmp(graph_layer_facts(graph, index).name, name) != 0)
        index++;
    return index;
}

static struct shape with_rows(size_t rows, struct shape shape)
{
    if (shape.rank == SHAPE_RANK_MAX)
        return shape_matrix(rows, shape_size(shape));
    memmove(shape.dim + 1, shape.dim, (size_t)shape.rank * sizeof *shape.dim);
    shape.dim[0] = rows;
    shape.rank++;
    return shape;
}

/* The name is copied: the report outlives the graph. */
static int add_subject(struct gradcheck *check, struct subject subject)
{
    subject.name = arena_copy(&check->report->arena, subject.name, strlen(subject.name));
    subject.count = shape_size(subject.shape);
    check->subject[check->subjects++] = subject;
    return subject.name ? TRAINER_OK : TRAINER_FAILED;
}

static int add_parameters(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    for (size_t i = 0; i < graph_parameter_count(graph); i++) {
        const struct parameter *p = graph_parameter(graph, i);
        if (p->state || (check->options.layer && strcmp(p->layer, check->options.layer) != 0))
            continue;
        char name[TENSOR_NAME_MAX];
        snprintf(name, sizeof name, "%s/%s", p->layer, p->name);
        int rc = add_subject(check, (struct subject){.kind = SUBJECT_PARAMETER,
                                                     .index = i,
                                                     .name = name,
                                                     .shape = p->shape,
                                                     .first = find_layer(graph, p->layer),
                                                     .frozen = p->frozen});
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

/* Whether options.layer, or where there is none any layer, reads the source of that name. */
static bool is_read(const struct gradcheck *check, const char *name)
{
    const struct graph *graph = check->reference;
    if (!check->options.layer)
        return first_reader(graph, name) < graph_layer_count(graph);
    size_t reader = find_layer(graph, check->options.layer);
    for (int j = 0; j < graph_layer_facts(graph, reader).inputs; j++)
        if (strcmp(graph_edge_facts(graph, reader, j).from, name) == 0)
            return true;
    return false;
}

static int add_columns(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    const struct batch *batch = graph_batch(check->reference);
    for (int c = 0; c < batch->columns; c++) {
        const struct column *column = batch->column[c].column;
        if (!batch->column[c].x || !is_read(check, column->name))
            continue;
        struct shape shape = with_rows(check->rows, column->shape);
        int rc = add_subject(check, (struct subject){.kind = SUBJECT_COLUMN,
                                                     .index = (size_t)c,
                                                     .name = column->name,
                                                     .shape = shape,
                                                     .first = first_reader(graph, column->name)});
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

/* The layers whose values options.layer reads. */
static int add_values(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    for (size_t i = 0; i < graph_layer_count(graph); i++) {
        struct layer_facts facts = graph_layer_facts(graph, i);
        if (!is_read(check, facts.name))
            continue;
        int rc = add_subject(check, (struct subject){.kind = SUBJECT_VALUE,
                                                     .index = i,
                                                     .name = facts.name,
                                                     .shape = with_rows(check->rows, facts.out),
                                                     .first = i + 1});
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

static int unknown_layer(const struct gradcheck *check)
{
    enum { NAMES_MAX = 256 };
    const char *known[NAMES_MAX];
    size_t count = graph_layer_count(check->reference);
    count = count < NAMES_MAX ? count : NAMES_MAX;
    for (size_t i = 0; i < count; i++)
        known[i] = graph_layer_facts(check->reference, i).name;
    const char *closest = suggest_closest(check->options.layer, known, count);
    return error_set(TRAINER_INVALID, "the network has no layer '%s'%s%s%s", check->options.layer,
                     closest ? "; did you mean '" : "", closest ? closest : "",
                     closest ? "'?" : "");
}

static int list(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    const char *layer = check->options.layer;
    if (layer && find_layer(graph, layer) == graph_layer_count(graph))
        return unknown_layer(check);
    int rc = add_parameters(check);
    if (rc == TRAINER_OK)
        rc = add_columns(check);
    if (rc == TRAINER_OK && layer)
        rc = add_values(check);
    if (rc == TRAINER_OK && check->subjects == 0)
        rc = error_set(TRAINER_INVALID, "the network has nothing to check: no parameters, and no "
                                        "data but labels");
    return rc;
}

/* --- which elements --------------------------------------------------------------------------- */

/* Elements to check of each tensor. */
static size_t elements_wanted(const struct gradcheck *check)
{
    if (check->options.elements != GRADCHECK_AUTO)
        return check->options.elements;
    double flops = 0, elements = 0;
    for (size_t i = 0; i < graph_layer_count(check->reference); i++)
        flops += graph_layer_facts(check->reference, i).flops;
    for (size_t s = 0; s < check->subjects; s++)
        elements += (double)check->subject[s].count;
    bool small = flops * (double)check->rows * elements * EVALUATIONS <= FLOPS_MAX;
    return small ? GRADCHECK_ALL : SAMPLED;
}

/* One element out of each of `wanted` equal parts; the first and the last of the tensor are among
 * them. */
static int choose_elements(struct gradcheck *check, struct subject *subject, size_t wanted)
{
    size_t *element = arena_array(&check->report->arena, wanted, sizeof *element);
    if (!element)
        return TRAINER_FAILED;
    struct random_stream stream = subject_stream(check, subject, STREAM_ELEMENTS);
    double part = (double)subject->count / (double)wanted;
    for (size_t i = 0; i < wanted; i++) {
        size_t begin = (size_t)((double)i * part), end = (size_t)((double)(i + 1) * part);
        element[i] = begin + random_below(&stream, i, end > begin ? end - begin : 1);
    }
    element[0] = 0;
    if (wanted > 1)
        element[wanted - 1] = subject->count - 1;
    subject->element = element;
    subject->chosen = wanted;
    subject->directions = GRADCHECK_DIRECTIONS;
    return TRAINER_OK;
}

int gradcheck_list_subjects(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    size_t most = graph_parameter_count(graph) + DATASET_COLUMNS_MAX + graph_layer_count(graph);
    check->subject = arena_array(&check->report->arena, most, sizeof *check->subject);
    int rc = check->subject ? list(check) : TRAINER_FAILED;
    if (rc)
        return rc;
    size_t wanted = elements_wanted(check);
    for (size_t s = 0; s < check->subjects; s++) {
        struct subject *subject = &check->subject[s];
        subject->job = check->jobs;
        if (subject->frozen)
            continue;
        subject->chosen = subject->count;
        if (wanted < subject->count && choose_elements(check, subject, wanted))
            return TRAINER_FAILED;
        check->jobs += subject->chosen + subject->directions;
    }
    return TRAINER_OK;
}
