/*
 * gradcheck.c - graphs, modes, draws of weights; the report.
 *
 *     for each draw of weights, until no gradient is zero throughout:
 *         for each mode: backward by one thread and by a team; float32; all elements
 *
 * Elements are checked side by side, each thread on a graph of its own. An element's outcome
 * depends on the numbers alone, not on who checked it or what was checked before.
 */
#include "base/clock.h"
#include "base/random.h"
#include "engine/places.h"
#include "gradcheck_internal.h"
#include "layer.h"
#include <assert.h>
#include <math.h>
#include <omp.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { MODES = 2, CHUNK = 32 /* elements that a thread takes at once */ };

static const double TELL_SECONDS = 0.1;

/* --- elements, by all threads ----------------------------------------------------------------- */

/* One walk over all jobs. */
struct walk {
    struct gradcheck *check;
    atomic_size_t next; /* job that nobody has taken */
    double began, told;
};

static const struct subject *subject_of_job(const struct gradcheck *check, size_t job)
{
    size_t s = check->subjects - 1;
    while (check->subject[s].frozen || check->subject[s].job > job)
        s--;
    return &check->subject[s];
}

/* What backward says of an element, or of a direction. */
static double analytic(const struct prober *prober, const struct subject *subject, size_t element)
{
    const double *g = subject_g(subject, prober->check->reference);
    if (element < subject->count)
        return g[element];
    double sum = 0;
    subject_direction(prober->check, subject, element - subject->count, prober->sign);
    for (size_t i = 0; i < subject->count; i++)
        sum += g[i] * prober->sign[i];
    return sum;
}

static void check_job(struct prober *prober, size_t job)
{
    const struct subject *subject = subject_of_job(prober->check, job);
    size_t element = subject_element(subject, job - subject->job);
    prober->check->outcome[job] =
        prober_check(prober, subject, element, analytic(prober, subject, element));
}

static void tell(struct walk *walk, size_t done)
{
    const struct gradcheck *check = walk->check;
    double now = clock_seconds();
    if (!check->options.progress || now - walk->told < TELL_SECONDS)
        return;
    walk->told = now;
    check->options.progress(check->options.context, done, check->jobs, now - walk->began);
}

static void work(struct walk *walk, struct prober *prober, bool tells)
{
    size_t jobs = walk->check->jobs;
    for (;;) {
        size_t begin = atomic_fetch_add(&walk->next, CHUNK);
        if (begin >= jobs)
            return;
        size_t end = jobs - begin < CHUNK ? jobs : begin + CHUNK;
        for (size_t job = begin; job < end; job++)
            check_job(prober, job);
        if (tells)
            tell(walk, end);
    }
}

static void walk_jobs(struct gradcheck *check)
{
    struct walk walk = {.check = check, .began = clock_seconds()};
    walk.told = walk.began;
#pragma omp parallel num_threads((int)check->probers)
    {
        int thread = omp_get_thread_num();
        places_bind(&(struct worker){.thread = thread, .threads = omp_get_num_threads()});
        work(&walk, &check->prober[thread], thread == 0);
    }
    check->report->seconds += clock_seconds() - walk.began;
}

/* --- one mode, one draw ----------------------------------------------------------------------- */

/* Every prober gets the reference's numbers. */
static int start_probers(struct gradcheck *check, const struct graph_pass *pass)
{
    for (size_t i = 0; i < check->probers; i++) {
        struct prober *prober = &check->prober[i];
        gradcheck_copy_numbers(check->reference, prober->graph);
        gradcheck_copy_batch(check->reference, prober->graph);
        int rc = prober_start(prober, pass);
        if (rc)
            return rc;
    }
    return TRAINER_OK;
}

static int verify_restored(const struct gradcheck *check)
{
    for (size_t i = 0; i < check->probers; i++)
        if (!gradcheck_same_numbers(check->reference, check->prober[i].graph))
            return error_set(TRAINER_FAILED,
                             "the gradient check did not restore the numbers that it moved");
    return TRAINER_OK;
}

static int run_mode(struct gradcheck *check, bool training)
{
    struct graph_pass pass = {.training = training,
                              .seed = (uint64_t)check->session->seed,
                              .rows = check->rows,
                              .output_gradient = check->projection,
                              .worker = WORKER_ALONE};
    int rc = start_probers(check, &pass);
    if (rc == TRAINER_OK)
        rc = gradcheck_compare_team(check, &pass);
    if (rc == TRAINER_OK)
        rc = gradcheck_compare_singles(check, &pass);
    if (rc)
        return rc;
    walk_jobs(check);
    gradcheck_judge(check, training);
    return verify_restored(check);
}

static bool tells_modes_apart(const struct graph *graph)
{
    unsigned flags = 0;
    for (size_t i = 0; i < graph_layer_count(graph); i++)
        flags |= graph_layer_facts(graph, i).flags;
    return flags & (LAYER_RANDOM | LAYER_TWO_MODES);
}

static int run_draw(struct gradcheck *check, int draw)
{
    enum gradcheck_mode mode = check->options.mode;
    bool both = mode == GRADCHECK_MODES_NEEDED && tells_modes_apart(check->reference);
    check->report->count = check->report->singles = 0;
    check->report->draws = draw + 1;
    int rc = gradcheck_set_numbers(check, draw);
    gradcheck_save_states(check);
    if (rc == TRAINER_OK && mode != GRADCHECK_EVALUATE)
        rc = run_mode(check, true);
    if (rc == TRAINER_OK && (mode == GRADCHECK_EVALUATE || both))
        rc = run_mode(check, false);
    return rc;
}

/* Whether other weights may show what these did not. */
static bool draw_again(const struct gradcheck *check)
{
    bool zero = false;
    for (size_t i = 0; i < check->report->count; i++)
        zero = zero || check->report->row[i].result == GRADCHECK_ROW_ZERO;
    return zero && check->report->verdict == GRADCHECK_INCONCLUSIVE && !check->options.weights &&
           !check->session->weights;
}

/* --- preparation ------------------------------------------------------------------------------ */

static int build(struct gradcheck *check, struct graph **graph, struct graph_options options)
{
    struct session *session = check->session;
    options.engine = session->engine;
    options.rows = check->rows;
    options.seed = (uint64_t)session->seed;
    return graph_build(graph, session->config, node_get(config_root(session->config), "model"),
                       NULL, session->dataset, &options);
}

/* A network without a loss is checked through this: all of its outputs, each with a weight of its
 * own. */
static int make_projection(struct gradcheck *check)
{
    const struct graph *graph = check->reference;
    if (graph_has_loss(graph))
        return TRAINER_OK;
    struct layer_facts out = graph_layer_facts(graph, graph_layer_count(graph) - 1);
    size_t count = check->rows * shape_size(out.out);
    struct random_stream stream = random_stream((uint64_t)check->session->seed, RANDOM_GRADCHECK,
                                                random_hash("projection"), 0);
    check->projection = block_allocate("a projection", count * sizeof *check->projection);
    for (size_t i = 0; check->projection && i < count; i++)
        check->projection[i] = (double)(float)(0.5 + random_uniform(&stream, 2 * i)) *
                               (random_bits(&stream, 2 * i + 1) & 1 ? 1 : -1);
    return check->projection ? TRAINER_OK : TRAINER_FAILED;
}

static int make_probers(struct gradcheck *check)
{
    size_t largest = 0;
    for (size_t s = 0; s < check->subjects; s++)
        if (check->subject[s].count > largest)
            largest = check->subject[s].count;
    check->probers = (size_t)check->session->threads;
    check->prober = arena_array(&check->report->arena, check->probers, sizeof *check->prober);
    if (!check->prober)
        return TRAINER_FAILED;
    for (size_t i = 0; i < check->probers; i++) {
        struct prober *prober = &check->prober[i];
        prober->check = check;
        int rc =
            build(check, &prober->graph, (struct graph_options){.threads = 1, .values_only = true});
        if (rc)
            return rc;
        prober->kept = block_allocate("a tensor's copy", 2 * largest * sizeof *prober->kept);
        if (!prober->kept)
            return TRAINER_FAILED;
        prober->sign = prober->kept + largest;
    }
    return TRAINER_OK;
}

/* Memory for the results, and for the states. */
static int make_room(struct gradcheck *check)
{
    struct gradcheck_report *report = check->report;
    struct arena *arena = &report->arena;
    size_t states = gradcheck_count_states(check->reference);
    report->row = arena_array(arena, MODES * check->subjects, sizeof *report->row);
    report->single = arena_array(arena, MODES * engine_count, sizeof *report->single);
    check->states = states ? arena_array(arena, states, sizeof *check->states) : NULL;
    check->outcome =
        block_allocate("the outcomes of a check", check->jobs * sizeof *check->outcome);
    return report->row && report->single && check->outcome && (check->states || !states)
               ? TRAINER_OK
               : TRAINER_FAILED;
}

static void fill_defaults(struct gradcheck_options *options)
{
    options->samples = options->samples ? options->samples : GRADCHECK_SAMPLES;
    options->rtol = options->rtol > 0 ? options->rtol : 1e-6;
    options->atol = options->atol > 0 ? options->atol : 1e-9;
    options->step = options->step > 0 ? options->step : 0x1p-10;
}

static int prepare(struct gradcheck *check)
{
    struct session *session = check->session;
    size_t samples = session->dataset->count[SPLIT_TRAIN];
    fill_defaults(&check->options);
    if (samples == 0)
        return error_set(TRAINER_INVALID, "the data has no training samples to check with");
    check->rows = check->options.samples < samples ? check->options.samples : samples;
    check->team = session->threads > 1 ? session->threads : 2;
    if (check->team > places_thread_most())
        check->team = places_thread_most();
    int rc = build(check, &check->reference,
                   (struct graph_options){.threads = check->team, .data_gradients = true});
    if (rc == TRAINER_OK)
        rc = make_projection(check);
    if (rc == TRAINER_OK)
        rc = gradcheck_list_subjects(check);
    if (rc == TRAINER_OK)
        rc = make_probers(check);
    return rc ? rc : make_room(check);
}

static void report_facts(struct gradcheck *check)
{
    struct gradcheck_report *report = check->report;
    report->rtol = check->options.rtol;
    report->atol = check->options.atol;
    report->step = check->options.step;
    report->isa = check->session->engine->isa;
    report->samples = check->rows;
    report->threads = (int)check->probers;
    report->team = check->team;
}

static void clean_up(struct gradcheck *check)
{
    for (size_t i = 0; check->prober && i < check->probers; i++) {
        graph_free(check->prober[i].graph);
        free(check->prober[i].kept);
    }
    graph_free(check->reference);
    free(check->projection);
    free(check->outcome);
}

int gradcheck_run(struct gradcheck_report **out, struct session *session,
                  const struct gradcheck_options *options)
{
    assert(session->engine->precision == PRECISION_DOUBLE);
    struct gradcheck_report *report = calloc(1, sizeof *report);
    struct gradcheck check = {.session = session, .options = *options, .report = report};
    *out = NULL;
    if (!report)
        return error_memory("a gradient check", sizeof *report);
    int rc = prepare(&check);
    report_facts(&check);
    for (int draw = 0; rc == TRAINER_OK && draw < GRADCHECK_DRAWS; draw++) {
        rc = run_draw(&check, draw);
        gradcheck_conclude(report);
        if (!draw_again(&check))
            break;
    }
    for (size_t i = 0; i < check.probers && check.prober; i++)
        report->evaluations += check.prober[i].evaluations;
    clean_up(&check);
    if (rc) {
        gradcheck_free(report);
        return rc;
    }
    *out = report;
    return TRAINER_OK;
}

void gradcheck_free(struct gradcheck_report *report)
{
    if (!report)
        return;
    arena_free(&report->arena);
    free(report);
}
