/*
 * command_plot.c - `trainer plot RUN...`: curves of runs, in the terminal or as a picture.
 *
 *     trainer plot runs/two_layer/latest
 *     trainer plot runs/two_layer --metric test_accuracy -o accuracy.svg
 */
#include "base/error.h"
#include "base/file.h"
#include "command.h"
#include "display/progress.h"
#include "drawing/plot_svg.h"
#include "drawing/plot_text.h"
#include "file_kinds.h"
#include "output_path.h"
#include "runs/run_plots.h"
#include "runs/run_set.h"
#include "system/other_program.h"

#include <string.h>

enum { PANEL_LINES = 18, PANEL_WIDTH = 720, PANEL_HEIGHT = 320 };

struct plot_flags {
    const char *metrics, *output;
    int x;
    bool logarithmic;
};

static const struct argument_option plot_options[] = {
    {"--metric", ARGUMENT_TEXT, .value = "NAME,...", .offset = offsetof(struct plot_flags, metrics),
     .help = "what to draw: loss, test_loss, accuracy, learning_rate, ...; the loss and what sums "
             "a run up unless given"},
    {"--x", ARGUMENT_CHOICE, .value = "UNIT", .offset = offsetof(struct plot_flags, x),
     .choices = "step,epoch,seconds", .standard = "step", .help = "step, epoch or seconds"},
    {"--log", ARGUMENT_FLAG, .offset = offsetof(struct plot_flags, logarithmic),
     .help = "logarithmic y axes"},
    {"--output", ARGUMENT_TEXT, .value = "FILE", .offset = offsetof(struct plot_flags, output),
     .help = "draw into a file, .svg or .png, instead"},
    {0},
};

static int draw_file(const struct run_plots *plots, const char *path)
{
    static const char *const converter[] = {"rsvg-convert", NULL};
    struct text svg = {0}, png = {0};
    const struct plot_svg how = {PANEL_WIDTH, PANEL_HEIGHT, true};
    bool pixels = file_ends_in(path, ".png");
    plot_svg_panels(plots->plot, plots->count, &how, &svg);
    int rc = text_status(&svg);
    if (rc == TRAINER_OK && pixels)
        rc = other_program_run(converter, "librsvg2-bin", &svg, &png);
    if (rc == TRAINER_OK)
        rc = file_replace(path, pixels ? png.data : svg.data, pixels ? png.length : svg.length);
    text_free(&svg);
    text_free(&png);
    return rc;
}

static int draw_terminal(const struct run_plots *plots)
{
    struct style style;
    struct text text = {0};
    bool terminal = progress_style(&style, stdout);
    const struct plot_text how = {.columns = terminal ? style.width : PROGRESS_PIPE_COLUMNS,
                                  .lines = PANEL_LINES,
                                  .utf8 = progress_utf8(),
                                  .colour = terminal && style.colour};
    int rc = plot_text_panels(plots->plot, plots->count, &how, &text);
    if (rc == TRAINER_OK)
        rc = text_write(&text, stdout);
    text_free(&text);
    return rc;
}

static int run_plot(const struct arguments *arguments)
{
    const struct plot_flags *flags = arguments->private;
    const struct run_plots_choice choice = {flags->metrics, (enum run_plots_x)flags->x,
                                            flags->logarithmic};
    struct run_set set = {0};
    struct run_plots plots = {0};
    int rc = output_check_picture(flags->output, OUTPUT_SVG_OR_PNG);
    if (rc == TRAINER_OK)
        rc = run_set_read(&set, arguments->word, arguments->words, false);
    if (rc == TRAINER_OK)
        rc = run_plots_make(&plots, set.record, set.label, set.count, &choice);
    if (rc == TRAINER_OK)
        rc = flags->output ? draw_file(&plots, flags->output) : draw_terminal(&plots);
    run_plots_free(&plots);
    run_set_free(&set);
    return rc;
}

const struct command command_plot = {
    .name = "plot",
    .also = ",curve,curves,draw,chart,graphs,figure,",
    .group = GROUP_RUNS,
    .rank = 4,
    .words = "RUN...",
    .summary = "Draw the curves of runs in the terminal, or as SVG or PNG",
    .help = "RUN is a run's folder, its run.h5 or a checkpoint, a folder of runs, or a sweep for\n"
            "its trials. Several runs lie over each other, named by what differs between their\n"
            "configs. A ring marks the best row in pictures.\n",
    .example = "trainer plot runs/two_layer/latest --metric accuracy",
    .options = plot_options,
    .private_size = sizeof(struct plot_flags),
    .words_min = 1,
    .words_max = RUN_SET_MOST,
    .run = run_plot,
};
