/*
 * sparse_input.c - lists byte columns in two parallel passes: count each row's groups, then list
 * them.
 */
#include "sparse_input.h"
#include "base/error.h"
#include "kernels/sparse_data.h"
#include "samples.h"
#include <stdlib.h>
#include <string.h>

/* A list pays where less than this share of groups is listed; measured on layers of 50 and 512
 * units. */
static const double DENSITY_MAX = 0.6;

/* A thread takes as many rows at a time, so that one that others disturb holds nobody up. */
enum { ROWS_AT_ONCE = 1024 };

/* first[i + 1] = groups of row i that are not all zeros. bytes (rows, columns). */
static void count_rows(size_t rows, size_t columns, const uint8_t *bytes, size_t *first)
{
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE)
    for (size_t i = 0; i < rows; i++)
        first[i + 1] = sparse_count(columns, bytes + i * columns);
}

/* Turns the counts into the first element of each row. */
static void add_up(size_t rows, size_t *first)
{
    first[0] = 0;
    for (size_t i = 0; i < rows; i++)
        first[i + 1] += first[i];
}

static int list_rows(struct dataset *dataset, struct sparse *sparse, const size_t *first,
                     const uint8_t *bytes)
{
    size_t rows = sparse->rows, columns = sparse->columns, elements = first[rows];
    uint16_t *group = dataset_reserve(dataset, "the list of pixels", elements * sizeof *group);
    uint32_t *listed = dataset_reserve(dataset, "the list of pixels", elements * sizeof *listed);
    uint32_t *start = dataset_reserve(dataset, "the list of pixels", (rows + 1) * sizeof *start);
    if (!group || !listed || !start)
        return TRAINER_FAILED;
#pragma omp parallel for schedule(dynamic, ROWS_AT_ONCE)
    for (size_t i = 0; i < rows; i++) {
        start[i] = (uint32_t)first[i];
        sparse_list(columns, bytes + i * columns, first[i + 1] - first[i], group + first[i],
                    listed + first[i]);
    }
    start[rows] = (uint32_t)elements;
    sparse->start = start;
    sparse->group = group;
    sparse->bytes = listed;
    return TRAINER_OK;
}

/* Lists one split of a column, if it is sparse enough and 32 bits can count its elements. */
static int sparsify(struct dataset *dataset, struct column *column, enum split split,
                    double density_max)
{
    size_t rows = samples_stored(dataset, split), columns = shape_size(column->shape);
    struct sparse *sparse = arena_allocate(&dataset->arena, sizeof *sparse);
    size_t *first = block_allocate("the list of pixels", (rows + 1) * sizeof *first);
    int rc = sparse && first ? TRAINER_OK : TRAINER_FAILED;
    if (rc)
        goto out;
    count_rows(rows, columns, column->values[split], first);
    add_up(rows, first);
    if ((double)first[rows] > density_max * (double)rows * (double)sparse_groups(columns) ||
        first[rows] > UINT32_MAX)
        goto out;
    sparse->rows = rows;
    sparse->columns = columns;
    rc = list_rows(dataset, sparse, first, column->values[split]);
    if (rc == TRAINER_OK)
        column->sparse[split] = sparse;
out:
    free(first);
    return rc;
}

/* Whether it is a column of bytes that has no list. Of a normalised one zeros are numbers. */
static bool can_be_listed(const struct column *column)
{
    return !column->divisor && column->stored == STORED_BYTE &&
           shape_size(column->shape) <= SPARSE_COLUMNS_MAX && column->values[SPLIT_TRAIN] &&
           !column->sparse[SPLIT_TRAIN];
}

/* Forgets the lists that another data set has made. */
static void forget_lists(struct dataset *dataset)
{
    for (int i = 0; i < dataset->columns; i++)
        memset(dataset->column[i].sparse, 0, sizeof dataset->column[i].sparse);
}

int dataset_sparsify(struct dataset *dataset, enum sparse_input choice)
{
    double density_max = choice == SPARSE_ALWAYS ? 1 : DENSITY_MAX;
    if (choice == SPARSE_NEVER)
        forget_lists(dataset);
    if (choice == SPARSE_NEVER || (choice == SPARSE_AUTO && dataset->listed))
        return TRAINER_OK;
    for (int i = 0; i < dataset->columns; i++) {
        struct column *column = &dataset->column[i];
        if (!can_be_listed(column))
            continue;
        int rc = sparsify(dataset, column, SPLIT_TRAIN, density_max);
        /* A column is sparse in all of its splits or in none. */
        bool listed = column->sparse[SPLIT_TRAIN] != NULL;
        for (enum split split = SPLIT_TRAIN + 1; listed && !rc && split < SPLIT_COUNT; split++)
            if (column->values[split])
                rc = sparsify(dataset, column, split, 1);
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}
