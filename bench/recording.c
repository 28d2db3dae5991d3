/*
 * recording.c - what it costs a run to be recorded: metrics of every step, snapshots, checkpoints.
 *
 *     bench_recording [CONFIG [key=value ...]]
 *
 * Trains the config with files and without, in turns, and prints a line for each pair and the
 * median of the pairs' ratios. The clock runs from the start of the loop to the last row of the
 * epoch series: reading the data and the final save, which comes after that row, are not in it.
 * Files go to a folder that is made in $TMPDIR or /tmp, and removed.
 */
#include "base/clock.h"
#include "base/error.h"
#include "config/config.h"
#include "train/train.h"
#include <dirent.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { PAIRS = 7, PATH_ROOM = 4096 };

struct clock {
    double began, last_row;
};

static void note_time(void *context, enum event event, const struct progress *progress)
{
    struct clock *clock = context;
    (void)progress;
    if (event == EVENT_STARTED)
        clock->began = clock_seconds();
    if (event == EVENT_EVALUATED)
        clock->last_row = clock_seconds();
}

/* Trains once; run_path NULL: without files. */
static int time_run(double *seconds, char **argv, const char *run_path)
{
    static const atomic_int never_stop = 0;
    struct config *config = NULL;
    struct session *session = NULL;
    struct clock clock = {0};
    struct observer observer = {note_time, &clock};
    size_t settings = 0;
    while (argv[1 + settings])
        settings++;
    int rc = config_read(&config, argv[0], (const char *const *)argv + 1, settings);
    if (rc == TRAINER_OK)
        rc = session_open(&session, config, &(struct session_options){0});
    if (rc == TRAINER_OK)
        rc = session_train(session, run_path, &observer, &never_stop);
    *seconds = clock.last_row - clock.began;
    session_close(session);
    if (config)
        config_free(config);
    return rc;
}

static void remove_folder(const char *path)
{
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));)
        if (entry->d_name[0] != '.' && unlinkat(dirfd(folder), entry->d_name, 0) != 0)
            perror(entry->d_name);
    if (folder)
        closedir(folder);
    rmdir(path);
}

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static int measure(char **argv, const char *run_path)
{
    double ratio[PAIRS], with, without;
    for (int i = 0; i < PAIRS; i++) {
        int rc = time_run(&with, argv, run_path);
        if (rc == TRAINER_OK)
            rc = time_run(&without, argv, NULL);
        if (rc)
            return rc;
        ratio[i] = with / without;
        printf("with files %.4f s, without %.4f s, ratio %.4f\n", with, without, ratio[i]);
        fflush(stdout);
    }
    qsort(ratio, PAIRS, sizeof *ratio, compare);
    printf("median ratio %.4f\n", ratio[PAIRS / 2]);
    return TRAINER_OK;
}

int main(int argc, char **argv)
{
    static char usual[] = "configs/two_layer.yaml";
    char *default_arguments[] = {usual, NULL};
    char folder[PATH_ROOM], path[PATH_ROOM + sizeof "/run.h5"];
    const char *temporary = getenv("TMPDIR");
    snprintf(folder, sizeof folder, "%s/recording-XXXXXX", temporary ? temporary : "/tmp");
    if (!mkdtemp(folder)) {
        perror(folder);
        return EXIT_FAILURE;
    }
    snprintf(path, sizeof path, "%s/run.h5", folder);
    int rc = measure(argc > 1 ? argv + 1 : default_arguments, path);
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    remove_folder(folder);
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
