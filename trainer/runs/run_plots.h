/*
 * run_plots.h - what runs have measured, as plots: one for each family of metrics.
 *
 *     loss, accuracy, learning_rate, ...      families
 *     test_loss, train_accuracy, ...          columns of /metrics/epoch, each of one family
 *
 * One run: a split has a colour and a dash. Several: a run has a colour, a split a dash. The best
 * row of the split that sums a run up is marked.
 */
#ifndef TRAINER_RUN_PLOTS_H
#define TRAINER_RUN_PLOTS_H

#include "drawing/plot.h"
#include "run_record.h"

enum run_plots_x { RUN_PLOTS_STEP, RUN_PLOTS_EPOCH, RUN_PLOTS_SECONDS };

struct run_plots_choice {
    const char *metrics; /* "test_loss,accuracy"; NULL: the loss, what sums a run up, and the
                            learning rate where it changes */
    enum run_plots_x x;
    bool logarithmic; /* the y axes */
};

struct run_plots {
    struct arena arena;
    struct plot *plot; /* [count] */
    size_t count;
};

/* record[count], label[count]: what each is called, unread where there is one. TRAINER_INVALID
 * where a metric is not known or nothing was measured. Texts of the records and labels are
 * borrowed. plots is zeroed before; free with run_plots_free whatever is returned. */
int run_plots_make(struct run_plots *plots, const struct run_record *record,
                   const char *const *label, size_t count, const struct run_plots_choice *choice);
void run_plots_free(struct run_plots *plots);

#endif
