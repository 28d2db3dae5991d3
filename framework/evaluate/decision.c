/*
 * decision.c - a row of numbers -> a class: the first largest of several, above one half of one.
 */
#include "decision.h"
#include "engine/engine.h"
#include <assert.h>
#include <string.h>

size_t decision_classes(const struct prediction *prediction)
{
    return prediction->task == TASK_CLASS    ? prediction->width
           : prediction->task == TASK_BINARY ? 2
                                             : 0;
}

/* Decides rows [begin, begin + count) of x (rows, width). */
static void decide(const struct engine *engine, enum task task, const void *x, size_t width,
                   size_t begin, size_t count, int32_t *class)
{
    assert(task & TASK_CLASSES);
    if (task == TASK_CLASS)
        engine->largest((const char *)x + begin * width * engine->real_size, count, width, class);
    else
        for (size_t i = 0; i < count; i++)
            class[i] = engine->get(x, begin + i) > 0.5;
}

void decision_said(const struct engine *engine, const struct prediction *prediction, size_t begin,
                   size_t count, int32_t *class)
{
    decide(engine, prediction->task, prediction->x, prediction->width, begin, count, class);
}

void decision_truth(const struct engine *engine, const struct prediction *prediction, size_t begin,
                    size_t count, int32_t *class)
{
    if (prediction->label)
        memcpy(class, prediction->label + begin, count * sizeof *class);
    else
        decide(engine, prediction->task, prediction->target, prediction->width, begin, count,
               class);
}
