/*
 * table_plain.c - what a table must hold for a network that was trained on arrays: numbers, one for
 * each element of its input, in the order of memory.
 *
 *     0,0,255,...      784 fields: an image of 28 x 28, of bytes as the training data's
 */
#include "base/error.h"
#include "table_internal.h"

const struct learned_table *table_plain(struct arena *arena, const struct learned *learned,
                                        const char *origin)
{
    if (learned->inputs != 1) {
        error_set(TRAINER_INVALID,
                  "%s: the network reads %zu arrays a sample; a table is read into one", origin,
                  learned->inputs);
        return NULL;
    }
    size_t columns = shape_size(learned->input->shape);
    struct learned_table *table = arena_allocate(arena, sizeof *table);
    struct table_column *column = arena_array(arena, columns, sizeof *column);
    for (size_t i = 0; table && column && i < columns; i++) {
        column[i] = (struct table_column){.name = arena_print(arena, "c%zu", i + 1),
                                          .position = (int64_t)i};
        if (!column[i].name)
            return NULL;
    }
    if (!table || !column)
        return NULL;
    *table = (struct learned_table){.decimal = '.', .columns = columns, .column = column};
    return table;
}
