/*
 * rate.c - reads a schedule, settles where it ends, and asks it.
 */
#include "rate.h"

#include "base/error.h"
#include <math.h>
#include <stdio.h>

#define WARMUP                                                                                     \
    {                                                                                              \
        "warmup", OPTION_INTERVAL, offsetof(struct rate, warmup),                                  \
            .standard = "0", .bare = true,                                                         \
            .help = "steps (or N epochs) in which the rate rises to where the schedule begins"     \
    }

const struct option rate_options[] = {WARMUP, {0}};

const struct option rate_total_options[] = {
    WARMUP,
    {"steps", OPTION_INTEGER, offsetof(struct rate, total), .standard = "auto", .minimum = 1,
     .maximum = 9e15, .word = "auto",
     .help = "where it ends, warm-up included; auto: with training"},
    {0},
};

static const struct schedule_kind *kind_of(const struct rate *rate)
{
    return (const struct schedule_kind *)rate->schedule.kind;
}

/* The table of what is asked of every schedule of this name; an unknown one gets the longer. */
static const struct option *table_of(const char *name)
{
    const struct registry_entry *entry = registry_find(FAMILY_SCHEDULE, name);
    const struct schedule_kind *kind =
        entry ? (const struct schedule_kind *)registry_kind(entry, 0) : NULL;
    return !kind || kind->total ? rate_total_options : rate_options;
}

/* Where one of the schedule's keys stands. */
static const struct position *place_of(const struct rate *rate, const char *key)
{
    const struct node *node = node_get(rate->node, key);
    return node ? &node->at : rate->node ? &rate->node->at : NULL;
}

int rate_read(struct rate *rate, struct config *config, const struct node *node,
              struct node *resolved)
{
    static const char *const keys[] = {"warmup", NULL}, *const total_keys[] = {"warmup", "steps",
                                                                               NULL};
    if (node_is_null(node))
        return TRAINER_OK;
    rate->node = node;
    const struct node *type = node->kind == NODE_MAP ? node_get(node, "type") : node;
    const struct option *table = table_of(type && type->text ? type->text : "");
    struct options_context context = {.config = config,
                                      .owner = "schedule of optimizer",
                                      .known = table == rate_options ? keys : total_keys};
    if (resolved && !(context.resolved = node_new(config, NODE_MAP, resolved, "schedule", NULL)))
        return TRAINER_FAILED;
    rate->resolved = context.resolved;
    int kind_rc = options_read_kind(&context, FAMILY_SCHEDULE, node, &rate->schedule);
    if (kind_rc == TRAINER_FAILED)
        return kind_rc;
    context.known = NULL;
    context.partial = true;
    int rc = options_read(&context, table, node->kind == NODE_MAP ? node : NULL, rate);
    if (rc == TRAINER_OK && rate->warmup.unit == INTERVAL_SECONDS)
        rc = config_error(place_of(rate, "warmup"), "'warmup' of schedule must be steps or epochs, "
                                                    "such as 500 or 2 epochs");
    return kind_rc ? kind_rc : rc;
}

/* Writes T where the resolved config says auto. */
static int resolve_total(const struct rate *rate, struct config *config)
{
    struct node *steps = rate->resolved ? node_get(rate->resolved, "steps") : NULL;
    if (steps && !(steps->text = arena_print(config_arena(config), "%.0f", rate->total_steps)))
        return TRAINER_FAILED;
    return TRAINER_OK;
}

int rate_plan(struct rate *rate, struct config *config, double steps_per_epoch, uint64_t last_step)
{
    const struct schedule_kind *kind = kind_of(rate);
    rate->steps_per_epoch = steps_per_epoch;
    rate->warmup_steps = schedule_steps(&rate->warmup, steps_per_epoch);
    if (!kind || (last_step == 0 && rate->total == 0))
        return TRAINER_OK;
    if (kind->total && rate->total == 0 && last_step == UINT64_MAX)
        return config_error(place_of(rate, "type"),
                            "schedule '%s' needs to know where it ends: schedule.steps, or "
                            "max_steps or max_epochs of trainer",
                            rate->schedule.kind->title);
    rate->total_steps = rate->total ? (double)rate->total : (double)last_step;
    if (rate->warmup_steps >= rate->total_steps)
        return config_error(place_of(rate, "warmup"),
                            "a warm-up of %.0f steps leaves none of the schedule's %.0f",
                            rate->warmup_steps, rate->total_steps);
    return resolve_total(rate, config);
}

struct schedule_memory rate_first_memory(void)
{
    return (struct schedule_memory){.best = (double)NAN, .factor = 1};
}

double rate_of(const struct rate *rate, uint64_t updates, const struct schedule_memory *memory)
{
    double step = (double)updates;
    if (!kind_of(rate))
        return rate->learning_rate;
    if (step < rate->warmup_steps)
        return rate->learning_rate * ((step + 1) / rate->warmup_steps);
    struct schedule_point at = {.step = step - rate->warmup_steps,
                                .total = rate->total_steps - rate->warmup_steps,
                                .steps_per_epoch = rate->steps_per_epoch,
                                .memory = memory};
    if (!kind_of(rate)->total)
        at.total = 0;
    else if (rate->total_steps == 0)
        return rate->learning_rate;
    return rate->learning_rate * kind_of(rate)->factor(rate->schedule.private, &at);
}

const char *rate_monitor(const struct rate *rate)
{
    const struct schedule_kind *kind = kind_of(rate);
    return kind && kind->monitor ? kind->monitor(rate->schedule.private) : NULL;
}

void rate_observe(const struct rate *rate, double value, bool maximize,
                  struct schedule_memory *memory)
{
    if (kind_of(rate) && kind_of(rate)->observe && !isnan(value))
        kind_of(rate)->observe(rate->schedule.private, value, maximize, memory);
}
