/*
 * reading.c - serves readings of a config's data, one for each line of standard input.
 *
 *     bench_reading CONFIG      opens the `data` section, as training does
 *     bench_reading --bytes F   reads the bytes of a file into new memory: the yardstick
 *     answers  {"seconds": 0.81, "peak_mb": 145.2}    peak: of the process, until then
 *
 * OMP_NUM_THREADS says by how many threads. So what is compared takes turns without starting
 * processes.
 */
#include "base/clock.h"
#include "base/data_file.h"
#include "base/error.h"
#include "config/config.h"
#include "data/data.h"
#include "parts/passive.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int read_data(const char *path)
{
    struct config *config;
    struct dataset *dataset = NULL;
    int rc = config_read(&config, path, NULL, 0);
    if (rc == TRAINER_OK)
        rc = dataset_open(&dataset, config, node_get(config_root(config), "data"), NULL, 0, false);
    dataset_close(dataset);
    if (config)
        config_free(config);
    return rc;
}

static int read_bytes(const char *path)
{
    struct data_file *source;
    int rc = data_file_open(&source, path, NULL);
    if (rc)
        return rc;
    size_t size = (size_t)data_file_size(source), got = 0;
    void *bytes = malloc(size + 1);
    rc = bytes ? data_file_read(source, bytes, size, &got) : error_memory(path, size);
    free(bytes);
    data_file_close(source);
    return rc ? rc : got == size ? TRAINER_OK : error_set(TRAINER_FAILED, "%s: cut short", path);
}

/* The most memory that this process had. getrusage counts in what its parent had. */
static double peak_mb(void)
{
    char line[256];
    double kilobytes = 0;
    FILE *file = fopen("/proc/self/status", "re");
    while (file && fgets(line, sizeof line, file) && sscanf(line, "VmHWM: %lf", &kilobytes) != 1)
        continue;
    if (file)
        fclose(file);
    return kilobytes * 1024 / 1e6;
}

int main(int count, char **words)
{
    char line[64];
    bool bytes = count == 3 && strcmp(words[1], "--bytes") == 0;
    if (count != 2 && !bytes) {
        fprintf(stderr, "usage: bench_reading CONFIG | --bytes FILE\n");
        return EXIT_FAILURE;
    }
    passive_start(words);
    int rc = TRAINER_OK;
    printf("{}\n");
    fflush(stdout);
    while (rc == TRAINER_OK && fgets(line, sizeof line, stdin)) {
        double begin = clock_seconds();
        rc = bytes ? read_bytes(words[2]) : read_data(words[1]);
        if (rc == TRAINER_OK)
            printf("{\"seconds\": %.6f, \"peak_mb\": %.1f}\n", clock_seconds() - begin, peak_mb());
        fflush(stdout);
    }
    if (rc)
        fprintf(stderr, "%s\n", error_text());
    return rc ? EXIT_FAILURE : EXIT_SUCCESS;
}
