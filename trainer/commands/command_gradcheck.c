/*
 * command_gradcheck.c - `trainer gradcheck CONFIG`: are the gradients of a network right?
 *
 *     tensor          shape   checked    error  at      backward    numeric  verdict
 *     affine1/weight  784x50    39200  2.1e-09  403,17  0.001234   0.001234  right
 *
 * Exit status: 0 all right, 1 something is wrong, 2 the config or an option is, 3 inconclusive.
 */
#include "base/error.h"
#include "command.h"
#include "display/table.h"
#include "gradcheck/gradcheck.h"
#include "gradcheck/gradcheck_file.h"
#include "gradcheck_json.h"
#include "output_path.h"
#include "runs/open_session.h"
#include "system/signals.h"
#include "system/streams.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

struct gradcheck_flags {
    int64_t samples, elements, after; /* 0: not given */
    double rtol, atol, step;          /* 0: not given */
    int mode;                         /* of mode_choices; -1: not given */
    const char *layer, *output;
    bool book, json;
};

enum { EXIT_WRONG = 1, EXIT_INCONCLUSIVE = 3, CELL_MAX = 256, COUNT_MOST = 1 << 24, ALL = -1 };

static const enum gradcheck_mode mode_choices[] = {GRADCHECK_TRAIN, GRADCHECK_EVALUATE};

static const struct argument_option gradcheck_options[] = {
    {"--samples", ARGUMENT_INTEGER, .offset = offsetof(struct gradcheck_flags, samples),
     .value = "N", .minimum = 1, .maximum = COUNT_MOST, .help = "samples of the batch; default: 3"},
    {"--elements", ARGUMENT_INTEGER, .offset = offsetof(struct gradcheck_flags, elements),
     .value = "N|all", .minimum = 1, .maximum = COUNT_MOST, .word = "all", .word_value = ALL,
     .help = "elements of each tensor; default: all of a small network, else 64"},
    {"--layer", ARGUMENT_TEXT, .value = "NAME", .offset = offsetof(struct gradcheck_flags, layer),
     .help = "only the parameters of this layer and what it reads"},
    {"--rtol", ARGUMENT_NUMBER, .offset = offsetof(struct gradcheck_flags, rtol), .value = "X",
     .above_minimum = true, .maximum = 1, .help = "relative tolerance; default: 1e-6"},
    {"--atol", ARGUMENT_NUMBER, .offset = offsetof(struct gradcheck_flags, atol), .value = "X",
     .above_minimum = true, .maximum = 1, .help = "absolute tolerance; default: 1e-9"},
    {"--step", ARGUMENT_NUMBER, .offset = offsetof(struct gradcheck_flags, step), .value = "X",
     .above_minimum = true, .maximum = 1, .help = "first step of the differences; default: 2^-10"},
    {"--mode", ARGUMENT_CHOICE, .offset = offsetof(struct gradcheck_flags, mode),
     .value = "train|eval", .choices = "train,eval",
     .help = "default: train, and eval where some layer tells them apart"},
    {"--after", ARGUMENT_INTEGER, .offset = offsetof(struct gradcheck_flags, after),
     .value = "STEPS", .minimum = 1, .maximum = COUNT_MOST, .help = "train so many steps first"},
    {"--weights", ARGUMENT_KEY_TEXT, .key = "model.weights", .value = "RUN.h5",
     .help = "check at the weights of a run"},
    {"--seed", ARGUMENT_KEY, .key = "seed", .value = "N", .help = "seed of all that is drawn"},
    {"--threads", ARGUMENT_KEY, .key = "trainer.threads", .value = "N",
     .help = "threads, each of which checks elements of its own"},
    {"--kernels", ARGUMENT_KEY, .key = "trainer.kernels", .value = "KIND",
     .help = "instruction set of the float64 passes"},
    {"--output", ARGUMENT_TEXT, .value = "FILE.h5",
     .offset = offsetof(struct gradcheck_flags, output), .help = "write the rows as HDF5 too"},
    {"--book", ARGUMENT_FLAG, .offset = offsetof(struct gradcheck_flags, book),
     .help = "show the mean absolute difference of each tensor"},
    {"--json", ARGUMENT_FLAG, .offset = offsetof(struct gradcheck_flags, json),
     .help = "print the result for programs"},
    {0},
};

static struct gradcheck_options options_of(const struct gradcheck_flags *flags)
{
    bool all = flags->elements == ALL, given = flags->elements != 0;
    return (struct gradcheck_options){
        .samples = (size_t)flags->samples,
        .elements = all     ? GRADCHECK_ALL
                    : given ? (size_t)flags->elements
                            : GRADCHECK_AUTO,
        .layer = flags->layer,
        .rtol = flags->rtol,
        .atol = flags->atol,
        .step = flags->step,
        .mode = flags->mode < 0 ? GRADCHECK_MODES_NEEDED : mode_choices[flags->mode],
    };
}

/* ---- training first ---- */

/* A session that is trained, and what its settings stand in. */
struct trained {
    struct opened opened;
    struct arena arena;
};

/* Opens the config with training cut to that many steps and nothing else to do, and trains. */
static int train_first(struct trained *trained, const struct arguments *arguments, int64_t steps)
{
    enum { EXTRA = 5 };
    struct arguments longer = *arguments;
    const char *max_steps =
        arena_print(&trained->arena, "trainer.max_steps=%lld", (long long)steps);
    const char *const extra[EXTRA] = {
        max_steps, "trainer.max_epochs=unlimited", "trainer.max_seconds=unlimited",
        "trainer.evaluate.every=never", "trainer.early_stopping.patience=0"};
    longer.setting = arena_array(&trained->arena, arguments->settings + EXTRA, sizeof *extra);
    if (!max_steps || !longer.setting)
        return TRAINER_FAILED;
    for (size_t i = 0; i < arguments->settings; i++)
        longer.setting[i] = arguments->setting[i];
    memcpy(longer.setting + arguments->settings, extra, sizeof extra);
    longer.settings += EXTRA;
    struct session_options options = {.command_line = arguments->line};
    int rc =
        open_session(&trained->opened, longer.word[0], longer.setting, longer.settings, &options);
    return rc == TRAINER_OK ? session_train(trained->opened.session, NULL, NULL, &signals_stop)
                            : rc;
}

/* ---- progress ---- */

/* Redraws the line; total 0: only erases it. */
static void show_progress(void *context, size_t done, size_t total, double seconds)
{
    char elements[TEXT_NUMBER_MAX], of[TEXT_NUMBER_MAX], left[TEXT_NUMBER_MAX];
    FILE *out = context;
    if (!streams_foreground(out))
        return;
    fputs("\r\x1b[K", out);
    if (total > 0) {
        double remaining = seconds / (double)done * (double)(total - done);
        fprintf(out, "%s of %s elements, %s left", text_count(elements, done),
                text_count(of, total), text_duration(left, remaining));
    }
    fflush(out);
}

/* ---- the table ---- */

/* "784x50"; "1" for a scalar. */
static const char *shape_word(struct shape shape, char *word)
{
    snprintf(word, CELL_MAX, shape.rank ? "%zu" : "1", shape.dim[0]);
    for (int i = 1; i < shape.rank; i++)
        text_append(word, CELL_MAX, "x%zu", shape.dim[i]);
    return word;
}

/* "403,17", the element's place in each dimension; "along 2" for a direction. */
static const char *place_word(const struct gradcheck_row *row, char *word)
{
    if (row->where >= row->count) {
        snprintf(word, CELL_MAX, "along %zu", row->where - row->count + 1);
        return word;
    }
    size_t rest = row->where, stride = row->count;
    snprintf(word, CELL_MAX, row->shape.rank ? "" : "0");
    for (int i = 0; i < row->shape.rank; i++) {
        stride /= row->shape.dim[i];
        text_append(word, CELL_MAX, "%s%zu", i > 0 ? "," : "", rest / stride);
        rest %= stride;
    }
    return word;
}

/* "39200", or "39188/39200" where some lie at kinks. */
static const char *checked_word(const struct gradcheck_row *row, char *word)
{
    snprintf(word, CELL_MAX, row->skipped ? "%zu/%zu" : "%zu", row->checked,
             row->checked + row->skipped);
    return word;
}

static void add_row(struct table *table, const struct gradcheck_row *row, bool modes, bool book)
{
    char word[CELL_MAX];
    bool any = row->checked > 0;
    table_cell(table, "%s", row->tensor);
    table_cell(table, "%s", shape_word(row->shape, word));
    if (modes)
        table_cell(table, "%s", row->training ? "train" : "eval");
    table_cell(table, "%s", checked_word(row, word));
    table_cell(table, any ? "%.1e" : "-", row->error);
    if (book) {
        table_cell(table, any ? "%.1e" : "-", row->mean_difference);
    } else {
        table_cell(table, "%s", any ? place_word(row, word) : "-");
        table_cell(table, any ? "%.3g" : "-", row->analytic);
        table_cell(table, any ? "%.3g" : "-", row->numeric);
    }
    table_cell(table, "%s", gradcheck_result_word(row->result));
}

static int add_table(const struct gradcheck_report *report, bool book, struct text *text)
{
    static const char *const headings[][9] = {
        {"tensor", "shape", "checked", "error", "at", "backward", "numeric", "verdict"},
        {"tensor", "shape", "mode", "checked", "error", "at", "backward", "numeric", "verdict"},
        {"tensor", "shape", "checked", "error", "mean |a-n|", "verdict"},
        {"tensor", "shape", "mode", "checked", "error", "mean |a-n|", "verdict"},
    };
    static const char *const alignments[] = {"llrrlrrl", "lllrrlrrl", "llrrrl", "lllrrrl"};
    bool trains = false, evaluates = false;
    for (size_t i = 0; i < report->count; i++) {
        trains = trains || report->row[i].training;
        evaluates = evaluates || !report->row[i].training;
    }
    bool modes = trains && evaluates;
    struct table table;
    table_start(&table, alignments[2 * book + modes], headings[2 * book + modes]);
    for (size_t i = 0; i < report->count; i++)
        add_row(&table, &report->row[i], modes, book);
    return table_finish(&table, 0, text);
}

/* "float32: baseline 1e-07, avx2 1e-07 of the gradient's norm". */
static void add_singles(const struct gradcheck_report *report, struct text *text)
{
    text_print(text, "float32 against float64:");
    for (size_t i = 0; i < report->singles; i++) {
        const struct gradcheck_single *single = &report->single[i];
        text_print(text, "%s %s%s ", i > 0 ? "," : "", single->isa,
                   single->training ? "" : " (eval)");
        if (single->branches_differ)
            text_print(text, "takes other branches, not compared");
        else if (!single->tensor)
            text_print(text, "has no gradient to compare");
        else
            text_print(text, "%.1e%s", single->error, single->wrong ? " WRONG" : "");
        if (single->wrong && single->tensor)
            text_print(text, " in %s", single->tensor);
    }
    if (report->team < 2)
        text_string(text, "\n1 thread alone, as OMP_THREAD_LIMIT says: not compared with more\n");
    else if (report->unequal)
        text_print(text, "\n1 and %d threads: DIFFERENT gradients of %s\n", report->team,
                   report->unequal);
    else
        text_print(text, "\n1 and %d threads: the same bits\n", report->team);
}

/* ---- the last line ---- */

static const struct gradcheck_row *first_row(const struct gradcheck_report *report,
                                             enum gradcheck_result result, size_t *count)
{
    const struct gradcheck_row *first = NULL;
    *count = 0;
    for (size_t i = 0; i < report->count; i++) {
        if (report->row[i].result == result) {
            first = first ? first : &report->row[i];
            ++*count;
        }
    }
    return first;
}

static void add_wrong(const struct gradcheck_report *report, struct text *text)
{
    size_t count;
    const struct gradcheck_row *row = first_row(report, GRADCHECK_ROW_WRONG, &count);
    if (!row) {
        text_print(text, report->unequal ? "Wrong: the gradients depend on the number of threads.\n"
                                         : "Wrong: float32 gives other gradients than float64.\n");
        return;
    }
    char wrong[TEXT_NUMBER_MAX], checked[TEXT_NUMBER_MAX];
    text_print(text, "Wrong: %s of the %s gradients of %s disagree", text_count(wrong, row->wrong),
               text_count(checked, row->checked), row->tensor);
    if (count > 1)
        text_print(text, ", and those of %zu more tensor%s", count - 1, count > 2 ? "s" : "");
    text_print(text, ".\n");
}

static void add_inconclusive(const struct gradcheck_report *report, struct text *text)
{
    size_t count;
    const struct gradcheck_row *row = first_row(report, GRADCHECK_ROW_ZERO, &count);
    if (row) {
        text_print(text,
                   "Inconclusive: the gradient of %s is too small for an error to show (weights "
                   "drawn %d time%s).\n",
                   row->tensor, report->draws, report->draws > 1 ? "s" : "");
        return;
    }
    row = first_row(report, GRADCHECK_ROW_KINKS, &count);
    if (row) {
        text_print(text, "Inconclusive: %.1f %% of the elements of %s lie at kinks.\n",
                   100 * (double)row->skipped / (double)(row->checked + row->skipped), row->tensor);
        return;
    }
    text_print(text, "Inconclusive: every tensor is frozen.\n");
}

static void add_verdict(const struct gradcheck_report *report, struct text *text)
{
    if (report->verdict == GRADCHECK_WRONG) {
        add_wrong(report, text);
        return;
    }
    if (report->verdict == GRADCHECK_INCONCLUSIVE) {
        add_inconclusive(report, text);
        return;
    }
    size_t checked = 0, skipped = 0;
    double error = 0;
    for (size_t i = 0; i < report->count; i++) {
        checked += report->row[i].checked;
        skipped += report->row[i].skipped;
        error = fmax(error, report->row[i].error);
    }
    char number[TEXT_NUMBER_MAX];
    text_print(text, "Right: all %s gradients checked agree to %.1e", text_count(number, checked),
               error);
    if (skipped > 0)
        text_print(text, "; %s at kinks skipped", text_count(number, skipped));
    text_print(text, ".\n");
}

/* Appends all of it for people. */
static int add_report(const struct gradcheck_report *report, const struct session *session,
                      bool book, struct text *text)
{
    char rate[TEXT_NUMBER_MAX];
    text_print(text, "%s: %zu sample%s, float64 %s, %d thread%s, %.2g s (%s passes/s)\n",
               session_facts(session).name, report->samples, report->samples > 1 ? "s" : "",
               report->isa, report->threads, report->threads > 1 ? "s" : "", report->seconds,
               text_rate(rate, (double)report->evaluations / report->seconds));
    int rc = add_table(report, book, text);
    add_singles(report, text);
    add_verdict(report, text);
    return rc;
}

static int print_report(const struct gradcheck_report *report, const struct session *session,
                        const struct gradcheck_flags *flags)
{
    struct text text = {0};
    int rc = TRAINER_OK;
    if (flags->json)
        gradcheck_json_add(&text, report, session_facts(session).name);
    else
        rc = add_report(report, session, flags->book, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

/* ---- the command ---- */

static int check(struct session *session, const struct gradcheck_options *options,
                 const struct gradcheck_flags *flags)
{
    static const int status[] = {
        [GRADCHECK_RIGHT] = TRAINER_OK,
        [GRADCHECK_WRONG] = EXIT_WRONG,
        [GRADCHECK_INCONCLUSIVE] = EXIT_INCONCLUSIVE,
    };
    struct gradcheck_report *report;
    int rc = gradcheck_run(&report, session, options);
    if (options->progress)
        show_progress(options->context, 0, 0, 0);
    if (rc != TRAINER_OK)
        return rc;
    rc = print_report(report, session, flags);
    if (rc == TRAINER_OK && flags->output)
        rc = gradcheck_file_write(flags->output, report);
    rc = rc == TRAINER_OK ? status[report->verdict] : rc;
    gradcheck_free(report);
    return rc;
}

static void warn_of_threads(const struct session *session)
{
    const struct session_facts facts = session_facts(session);
    char words[TEXT_WARNING_MAX];
    if (facts.threads > facts.processors)
        text_warn("%s", text_threads(words, facts.threads, facts.processors));
}

static int run_gradcheck(const struct arguments *arguments)
{
    const struct gradcheck_flags *flags = arguments->private;
    struct gradcheck_options options = options_of(flags);
    struct trained trained = {0};
    struct opened opened = {0};
    int rc = output_check_folder(flags->output);
    if (rc == TRAINER_OK && flags->after > 0) {
        rc = train_first(&trained, arguments, flags->after);
        options.weights = rc == TRAINER_OK ? session_graph(trained.opened.session) : NULL;
    }
    if (rc == TRAINER_OK) {
        struct session_options view = {
            .purpose = SESSION_VIEW,
            .rows = options.samples ? options.samples : GRADCHECK_SAMPLES,
        };
        rc = open_session(&opened, arguments->word[0], arguments->setting, arguments->settings,
                          &view);
    }
    if (isatty(STDERR_FILENO)) {
        options.progress = show_progress;
        options.context = stderr;
    }
    if (rc == TRAINER_OK) {
        warn_of_threads(opened.session);
        rc = check(opened.session, &options, flags);
    }
    open_close(&opened);
    open_close(&trained.opened);
    arena_free(&trained.arena);
    return rc;
}

const struct command command_gradcheck = {
    .name = "gradcheck",
    .also = ",check,grad,gradient,gradients,",
    .group = GROUP_CONFIG,
    .rank = 5,
    .example = "trainer gradcheck configs/two_layer.yaml --samples 2 --layer affine2",
    .words = "CONFIG [key=value ...]",
    .summary = "Check a network's gradients against numerical differentiation",
    .help = "Every parameter and the data, in float64: error is |a - n| / (atol / rtol + max(|a|, "
            "|n|)),\n"
            "right up to rtol. Exit status: 0 right, 1 wrong, 2 the config is wrong, 3 "
            "inconclusive.\n",
    .options = gradcheck_options,
    .private_size = sizeof(struct gradcheck_flags),
    .words_min = 1,
    .words_max = 1,
    .settings = true,
    .run = run_gradcheck,
};
