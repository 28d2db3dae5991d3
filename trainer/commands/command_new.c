/*
 * command_new.c - `trainer new [FILE] [--kind KIND]`: writes a commented config to start from.
 *
 * A kind is one row of the table `kinds`. Each works as it is written, or once the lines that are
 * marked `<-` name the user's data: tests train them all.
 */
#include "base/error.h"
#include "base/file.h"
#include "base/text.h"
#include "command.h"
#include "display/format.h"

#include <stdio.h>
#include <string.h>

static const char two_layer[] =
    "# A network of two layers on digits that are drawn, not downloaded.\n"
    "name: two_layer\n"
    "seed: 42                        # of all that is drawn: the same seed, the same run\n"
    "data: {type: digits}            # `trainer datasets` lists the kinds, with their options\n"
    "model:\n"
    "  layers:                       # each reads the one before, unless it says `input: NAME`\n"
    "    - {name: hidden, type: Affine, units: 50, init: {type: normal, std: 0.01}}\n"
    "    - {type: ReLU}              # `trainer layers` lists the kinds\n"
    "    - {name: scores, type: Affine, units: 10}   # one a class\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.1}      # or adam, momentum: `trainer optimizers`\n"
    "trainer:                        # `trainer options trainer` lists the keys\n"
    "  batch_size: 100\n"
    "  max_epochs: 5                 # or max_steps, max_seconds\n"
    "  evaluate: {every: epoch, train: true}\n";

static const char convnet[] =
    "# A small convolutional network on digits.\n"
    "name: convnet\n"
    "seed: 42\n"
    "data: {type: digits, train: 10000, test: 2000}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: conv, type: Conv2D, filters: 8, kernel: 5}   # 1x28x28 -> 8x24x24\n"
    "    - {type: ReLU}\n"
    "    - {type: MaxPool, kernel: 2}                          # -> 8x12x12\n"
    "    - {name: scores, type: Affine, units: 10}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.1}\n"
    "trainer:\n"
    "  batch_size: 100\n"
    "  max_epochs: 3\n"
    "  evaluate: {every: epoch}\n";

static const char regression[] =
    "# Numbers from numbers: y = 2 a - b, from data in this file.\n"
    "name: regression\n"
    "seed: 1\n"
    "data:\n"
    "  type: inline                  # a row is a sample\n"
    "  inputs: {x: [[0, 0], [1, 0], [0, 1], [1, 1], [2, 1], [1, 2], [2, 2], [3, 1]]}\n"
    "  labels: [[0], [2], [-1], [1], [3], [0], [2], [5]]\n"
    "model:\n"
    "  layers:\n"
    "    - {name: hidden, type: Affine, units: 8}\n"
    "    - {type: Tanh}\n"
    "    - {name: value, type: Affine, units: 1}\n"
    "    - {type: SquaredErrorWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.05}\n"
    "trainer:\n"
    "  batch_size: 4\n"
    "  max_steps: 500\n"
    "  evaluate: {every: 50 steps, train: true}\n";

static const char csv[] =
    "# Classes from the columns of a table. `trainer data FILE.csv --labels COLUMN --starter` "
    "makes\n"
    "# such a config from the table itself.\n"
    "name: csv\n"
    "seed: 1\n"
    "data:\n"
    "  type: csv\n"
    "  train: table.csv              # <- the file; the first line names the columns\n"
    "  labels: target                # <- the column to predict\n"
    "  split: {test: 0.2}            # a fifth of the rows is test data\n"
    "  normalize: zscore\n"
    "model:\n"
    "  layers:\n"
    "    - {name: hidden, type: Affine, units: 16}\n"
    "    - {type: ReLU}\n"
    "    - {name: scores, type: Affine, units: 2}   # <- one a class\n"
    "    - {type: SoftmaxWithLoss}   # numbers to predict: units: 1, SquaredErrorWithLoss\n"
    "optimizer: {type: sgd, learning_rate: 0.1}\n"
    "trainer:\n"
    "  batch_size: 10\n"
    "  max_epochs: 20\n"
    "  evaluate: {every: epoch}\n";

static const char images[] =
    "# Classes of pictures: a folder a class, with PNG and JPEG files in it.\n"
    "name: images\n"
    "seed: 1\n"
    "data:\n"
    "  type: images\n"
    "  train: photos                 # <- the folder: photos/cat/1.jpg, photos/dog/7.png\n"
    "  size: [32, 32]                # all pictures become as large\n"
    "  color: rgb                    # 3 planes; or gray: 1\n"
    "  split: {test: 0.2, stratify: true}\n"
    "model:\n"
    "  layers:\n"
    "    - {name: conv, type: Conv2D, filters: 8, kernel: 5}   # 3x32x32 -> 8x28x28\n"
    "    - {type: ReLU}\n"
    "    - {type: MaxPool, kernel: 2}                          # -> 8x14x14\n"
    "    - {name: scores, type: Affine, units: 2}              # <- one a class\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.05}\n"
    "trainer:\n"
    "  batch_size: 10\n"
    "  max_epochs: 10\n"
    "  evaluate: {every: epoch}\n";

static const char sweep[] =
    "# Variants of a config, side by side: trainer sweep THIS_FILE --dry-run, then without it.\n"
    "config: two_layer.yaml          # relative to this file; `trainer new two_layer.yaml` makes "
    "it\n"
    "name: rate_and_width\n"
    "method: grid                    # all combinations; or random with max_trials\n"
    "metric: {name: test_accuracy, goal: maximize}\n"
    "parameters:                     # any key of the config\n"
    "  optimizer.learning_rate: [0.01, 0.1]\n"
    "  model.layers.hidden.units: [10, 50]\n"
    "  trainer.max_epochs: [1]\n"
    "# repeats: {seed: [1, 2, 3]}    # mean and deviation over seeds\n"
    "# `trainer options sweep` lists the keys\n";

static const struct {
    const char *name, *text, *run;
    bool open; /* it has lines to fill in */
} kinds[] = {
    {"two_layer", two_layer, "trainer", false},   {"convnet", convnet, "trainer", false},
    {"regression", regression, "trainer", false}, {"csv", csv, "trainer", true},
    {"images", images, "trainer", true},          {"sweep", sweep, "trainer sweep", false},
};

struct new_flags {
    int kind;
};

static const struct argument_option new_options[] = {
    {"--kind", ARGUMENT_CHOICE, .offset = offsetof(struct new_flags, kind), .value = "KIND",
     .choices = "two_layer,convnet,regression,csv,images,sweep", .standard = "two_layer",
     .help = "what to begin with: two_layer, convnet, regression, csv, images, sweep"},
    {0},
};

static int run_new(const struct arguments *arguments)
{
    const struct new_flags *flags = arguments->private;
    const char *text = kinds[flags->kind].text;
    char own[64];
    snprintf(own, sizeof own, "%s.yaml", kinds[flags->kind].name);
    const char *path = arguments->words > 0 ? arguments->word[0] : own;
    struct text out = {0};
    int rc = TRAINER_OK;
    if (strcmp(path, "-") == 0) {
        text_string(&out, text);
    } else if (file_exists(path)) {
        return error_set(TRAINER_INVALID, "%s: is there already; name another file", path);
    } else {
        rc = file_replace(path, text, strlen(text));
        text_print(&out, "%s is written; %s%s %s\n", path,
                   kinds[flags->kind].open ? "fill in the lines marked <-, and run it: "
                                           : "to run it: ",
                   kinds[flags->kind].run, path);
    }
    rc = rc == TRAINER_OK ? text_write(&out, stdout) : rc;
    text_free(&out);
    return rc;
}

const struct command command_new = {
    .name = "new",
    .also = ",init,create,template,example,",
    .group = GROUP_CONFIG,
    .rank = 9,
    .words = "[FILE]",
    .summary = "Write a commented config to start from",
    .help =
        "FILE is KIND.yaml where none is named, and standard output where it is -. A file that is\n"
        "there is left alone.\n",
    .example = "trainer new mine.yaml --kind regression",
    .options = new_options,
    .private_size = sizeof(struct new_flags),
    .words_max = 1,
    .run = run_new,
};
