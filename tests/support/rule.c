/*
 * rule.c - takes an optimizer's steps by hand.
 */
#include "rule.h"

#include "base/error.h"
#include "config/config.h"
#include "engine/engine.h"
#include "optimizer.h"
#include "suite.h"
#include <math.h>
#include <stdio.h>
#include <string.h>

static const double gradients[RULE_STEPS][RULE_COUNT] = {{0.5, -1, 2}, {-0.25, 3, 2}, {1, 0.5, -4}};

/* The parameters again and again: more than a kind holds at once, no whole number of vectors. */
enum { COUNT = RULE_COUNT * 101 };

/* What one engine's numbers stand in. */
struct block {
    _Alignas(64) char byte[COUNT * sizeof(double)];
};

static void fill(const struct engine *engine, struct block *block, const double *value)
{
    for (size_t i = 0; i < COUNT; i++)
        engine->set(block->byte, i, value[i % RULE_COUNT]);
}

static void take_steps(const struct engine *engine, const struct kind_choice *choice, double decay,
                       struct block *x)
{
    const struct optimizer_kind *kind = (const struct optimizer_kind *)choice->kind;
    const struct optimizer_base *base = choice->private;
    ck_assert(decay == 0 || kind->decoupled);
    struct block state[OPTIMIZER_STATES_MAX], g;
    memset(state, 0, sizeof state);
    for (int step = 0; step < RULE_STEPS; step++) {
        double constants[OPTIMIZER_CONSTANTS_MAX];
        struct update update = {.private = choice->private,
                                .learning_rate = base->learning_rate,
                                .decay = decay,
                                .constants = constants,
                                .count = COUNT,
                                .x = (void *)x->byte,
                                .g = (void *)g.byte};
        for (int i = 0; i < OPTIMIZER_STATES_MAX; i++)
            if (kind->state_names[i] &&
                (!kind->wants_state || kind->wants_state(choice->private, i)))
                update.state[i] = (void *)state[i].byte;
        if (kind->constants)
            kind->constants(choice->private, (uint64_t)step + 1, constants);
        fill(engine, &g, gradients[step]);
        kind->step(&update);
    }
}

/* The optimizer that the text names, of one engine's variant. */
static struct kind_choice read_rule(struct config **config, const char *yaml, size_t variant)
{
    char text[512];
    struct kind_choice choice;
    snprintf(text, sizeof text, "optimizer: %s\n", yaml);
    ck_assert_int_eq(config_read_text(config, "test.yaml", NULL, text, strlen(text), NULL, 0),
                     TRAINER_OK);
    struct options_context context = {.config = *config, .owner = "optimizer", .variant = variant};
    int rc = options_read_kind(&context, FAMILY_OPTIMIZER,
                               node_get(config_root(*config), "optimizer"), &choice);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return choice;
}

void rule_check(const char *yaml, double decay, const double *wanted)
{
    static const double first[RULE_COUNT] = {1, -2, 0.5};
    for (size_t e = 0; e < engine_count; e++) {
        const struct engine *engine = engine_list[e];
        double tolerance = engine->precision == PRECISION_DOUBLE ? 1e-12 : 2e-6;
        struct config *config;
        struct block x;
        if (!engine_supported(engine))
            continue;
        struct kind_choice choice = read_rule(&config, yaml, engine->variant);
        fill(engine, &x, first);
        take_steps(engine, &choice, decay, &x);
        for (size_t i = 0; i < COUNT; i++) {
            double value = engine->get(x.byte, i), right = wanted[i % RULE_COUNT];
            ck_assert_msg(fabs(value - right) <= tolerance, "%s on %s: x[%zu] is %.17g, not %.17g",
                          yaml, engine->isa, i, value, right);
        }
        config_free(config);
    }
}
