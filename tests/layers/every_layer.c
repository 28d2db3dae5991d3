/*
 * every_layer.c - every kind of layer has its gradients checked, by one thread and by several.
 *
 * The registry says which kinds there are; tests/every_layer/KIND.yaml, and KIND.*.yaml, are the
 * networks to check one on. A kind without a network fails, and so does a network that does not
 * hold its kind.
 */
#include "base/error.h"
#include "config/config.h"
#include "config/registry.h"
#include "gradcheck/gradcheck.h"
#include "support/suite.h"
#include <glob.h>
#include <stdio.h>
#include <string.h>

/* A network that is open. */
struct opened {
    struct config *config;
    struct session *session;
};

static struct opened open_network(const char *path, int threads)
{
    struct opened opened = {0};
    char setting[64];
    snprintf(setting, sizeof setting, "trainer.threads=%d", threads);
    const char *const settings[] = {setting};
    int rc = config_read(&opened.config, path, settings, 1);
    if (rc == TRAINER_OK)
        rc = session_open(&opened.session, opened.config,
                          &(struct session_options){.purpose = SESSION_VIEW, .rows = 4});
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
    return opened;
}

static void close_network(struct opened *opened)
{
    session_close(opened->session);
    config_free(opened->config);
}

static bool holds(const struct graph *graph, const char *title)
{
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        if (strcmp(graph_layer_facts(graph, i).title, title) == 0)
            return true;
    return false;
}

static void assert_right(const char *path, const struct gradcheck_report *report)
{
    for (size_t i = 0; i < report->count; i++) {
        const struct gradcheck_row *row = &report->row[i];
        ck_assert_msg(row->result == GRADCHECK_ROW_RIGHT || row->result == GRADCHECK_ROW_FROZEN,
                      "%s: %s: result %d, element %zu: backward %.12g, numeric %.12g", path,
                      row->tensor, (int)row->result, row->where, row->analytic, row->numeric);
    }
    ck_assert_msg(report->verdict == GRADCHECK_RIGHT, "%s: verdict %d, unequal %s", path,
                  (int)report->verdict, report->unequal ? report->unequal : "nothing");
}

/* Checks one network; the outcome must not depend on the threads, to the last bit. */
static void check_network(const char *path, const char *title, int threads, double *error)
{
    struct opened opened = open_network(path, threads);
    struct gradcheck_report *report;
    ck_assert_msg(holds(session_graph(opened.session), title), "%s has no layer %s", path, title);
    struct gradcheck_options options = {.samples = 4};
    int rc = gradcheck_run(&report, opened.session, &options);
    ck_assert_msg(rc == TRAINER_OK, "%s: %s", path, error_text());
    assert_right(path, report);
    double worst = 0;
    for (size_t i = 0; i < report->count; i++)
        worst = report->row[i].error > worst ? report->row[i].error : worst;
    if (threads > 1)
        ck_assert_msg(worst == *error, "%s: %d threads find an error of %.17g, one of %.17g", path,
                      threads, worst, *error);
    *error = worst;
    gradcheck_free(report);
    close_network(&opened);
}

/* The networks of a kind, KIND.yaml and KIND.*.yaml. */
static void find_networks(const char *kind, glob_t *found)
{
    char pattern[1024];
    memset(found, 0, sizeof *found);
    snprintf(pattern, sizeof pattern, "%s/tests/every_layer/%s.yaml", TRAINER_SOURCE_DIR, kind);
    int rc = glob(pattern, 0, NULL, found);
    ck_assert_msg(rc == 0, "layer '%s' has no network to check: add tests/every_layer/%s.yaml",
                  kind, kind);
    snprintf(pattern, sizeof pattern, "%s/tests/every_layer/%s.*.yaml", TRAINER_SOURCE_DIR, kind);
    glob(pattern, GLOB_APPEND, NULL, found);
}

START_TEST(every_kind_in_the_registry_has_right_gradients)
{
    ck_assert_uint_gt(registry_count(FAMILY_LAYER), 0);
    for (size_t i = 0; i < registry_count(FAMILY_LAYER); i++) {
        const struct registry_entry *entry = registry_at(FAMILY_LAYER, i);
        glob_t found;
        find_networks(entry->name, &found);
        for (size_t j = 0; j < found.gl_pathc; j++) {
            double error = 0;
            check_network(found.gl_pathv[j], registry_kind(entry, 0)->title, 1, &error);
            check_network(found.gl_pathv[j], registry_kind(entry, 0)->title, 3, &error);
        }
        globfree(&found);
    }
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_kind_in_the_registry_has_right_gradients, NULL};
    return suite_main("every_layer", SUITE_IN_PROCESS, 1, tests);
}
