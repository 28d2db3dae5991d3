/*
 * test_faults.c - whatever call fails, and from whichever moment on: a line that says so, nothing
 * lost, nothing leaked.
 *
 * Each scenario is run again and again, with another of its calls failing: memory, files, threads,
 * libyaml, zlib, libhdf5. TRAINER_SOAK makes the long ones fail at every call instead of at some.
 */
#include "base/error.h"
#include "base/file.h"
#include "commands/arguments.h"
#include "data/data.h"
#include "evaluate/columns.h"
#include "faults.h"
#include "gradcheck/gradcheck_file.h"
#include "hdf5/hdf5_image.h"
#include "support/child.h"
#include "support/folder.h"
#include "support/network.h"
#include "support/runfile_sample.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_file.h"
#include "system/streams.h"
#include "train/record.h"

#include <check.h>
#include <fcntl.h>
#include <math.h>
#include <omp.h>
#include <png.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include <jpeglib.h>

enum { MARK = 77, WEIGHTS = 12, LONG_SAMPLES = 50 };

static const char yaml[] =
    "include: [more.yaml, half.yaml]\n"
    "seed: ${NONE:-2}\n"
    "data: {type: inline, inputs: {x: [[0, 1], [1, 0], [1, 1]]}, labels: [1, 0, 1]}\n"
    "model:\n"
    "  layers:\n"
    "    - {type: Affine, units: 2}\n"
    "    - {type: SoftmaxWithLoss}\n"
    "optimizer: {type: sgd, learning_rate: 0.1}\n"
    "trainer: {max_steps: 3, batch_size: 2, threads: 1, checkpoint: {keep_best: train_loss}}\n";

static const char half[] =
    "trainer: {evaluate: {every: &n 2 steps, train: true}, checkpoint: {every: *n}}\n";

static const char more[] = "include: ~\nname: small\n";

static const char tiny[] = "config: base.yaml\n"
                           "metric: {name: test_accuracy, goal: maximize}\n"
                           "parameters: {optimizer.learning_rate: [1, 0.5]}\n";

/* "n" turns out to be texts in its last row. */
static const char table[] = "x,n,t,s,y\n1.5,1,\"a \"\"b\"\"\",u,yes\n,2,c,v,no\n2,x,c,u,yes\n";
static const char lists[] = "+1 1:0.5 3:2\n-1 2:1 # no\n+1 qid:1 1:3\n";
static const char array[] = "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                            "'shape': (3,), }\n\1\2\1";

static const char pairs[] = "\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                            "'shape': (1,2) }\n\1\2";

static const unsigned char images[] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 2, 0, 1, 2, 3, 4, 5};
static const unsigned char labels[] = {0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1};

static void write_bytes(const char *path, const void *bytes, size_t count)
{
    ck_assert_int_eq(file_replace(path, bytes, count), TRAINER_OK);
}

/* --- the scenarios --- */

/* What is run with faults: an error code, whose message is left. */
struct scenario {
    const char *name;
    void (*prepare)(void); /* before each run; or NULL */
    int (*run)(void);
    void (*check)(int rc); /* after each, without faults; or NULL */
    bool long_one;
};

/* What options.c does with a config once it is read. */
static int use_config(struct config *config)
{
    const struct node *steps = node_get(node_get(config_root(config), "trainer"), "max_steps");
    const struct position at = {.file = "here"};
    struct config *copy = NULL;
    int rc = config_copy(&copy, config);
    if (rc == TRAINER_OK)
        rc = config_set(copy, "model.layers.affine1.name", steps, &at);
    char *text = rc == TRAINER_OK ? config_emit(config_root(copy), NULL) : NULL;
    if (rc == TRAINER_OK && !text)
        rc = TRAINER_FAILED;
    fault_free(text);
    config_free(copy);
    return rc;
}

static int read_config(void)
{
    static const char *const settings[] = {"trainer.max_steps=5", "model.layers.affine1.units=[1]",
                                           "new.section=null", "name=$${x}${NONE:-y}"};
    struct config *config = NULL;
    int rc = config_read(&config, "./x.yaml", settings, 4);
    if (rc == TRAINER_OK)
        rc = use_config(config);
    config_free(config);
    return rc;
}

static int read_text(void)
{
    struct config *config = NULL;
    int rc = config_read_text(&config, "x.yaml", "sub", "a: 1", 4, NULL, 0);
    config_free(config);
    return rc;
}

static int open_kind(const char *text)
{
    struct config *config = NULL;
    struct dataset *dataset = NULL;
    int rc = config_read_text(&config, "x.yaml", NULL, text, strlen(text), NULL, 0);
    if (rc == TRAINER_OK) {
        struct node *resolved = node_new(config, NODE_MAP, NULL, NULL, NULL);
        rc = resolved ? dataset_open(&dataset, config, node_get(config_root(config), "data"),
                                     resolved, 1, false)
                      : TRAINER_FAILED;
    }
    dataset_close(dataset);
    config_free(config);
    return rc;
}

static int open_idx(void)
{
    return open_kind("data: {type: idx, train: {inputs: i, labels: l}}");
}

static int open_csv(void)
{
    return open_kind("data: {type: csv, train: a.csv, test: a.csv, labels: y, missing: mean, "
                     "normalize: zscore, columns: {s: index}, validation: 1}");
}

static int open_npy(void)
{
    return open_kind("data: {type: npy, train: {inputs: x.npy, labels: x.npy}, normalize: minmax}");
}

static int open_libsvm(void)
{
    return open_kind("data: {type: libsvm, train: a.svm, test: a.svm, normalize: maxabs}");
}

static int open_hdf5(void)
{
    return open_kind("data: {type: hdf5, train: {file: d.h5, inputs: /x, labels: /y}}");
}

/* The same, whose inputs stay in the file. */
static int open_hdf5_rows(void)
{
    return open_kind("data: {type: hdf5, train: {file: d.h5, inputs: {a: /x, b: /x}, labels: /y}, "
                     "normalize: zscore, memory: 1 KiB}");
}

/* d.h5: /x (SAMPLES, 2) float32 of 8 kB, /y (SAMPLES) int32. */
static void write_arrays(void)
{
    enum { SAMPLES = 1000 };
    static float x[SAMPLES][2];
    static int32_t y[SAMPLES];
    struct image image;
    void *bytes = NULL;
    size_t count = 0;
    for (int i = 0; i < SAMPLES; i++) {
        x[i][0] = (float)i;
        y[i] = i % 3;
    }
    const struct image_array arrays[] = {{.name = "x",
                                          .long_name = "samples",
                                          .units = "",
                                          .shape = shape_matrix(SAMPLES, 2),
                                          .stored = H5T_IEEE_F32LE,
                                          .given = H5T_NATIVE_FLOAT,
                                          .data = x},
                                         {.name = "y",
                                          .long_name = "classes",
                                          .units = "",
                                          .shape = shape_vector(SAMPLES),
                                          .stored = H5T_STD_I32LE,
                                          .given = H5T_NATIVE_INT32,
                                          .data = y}};
    hdf5_enter();
    image_open(&image, "d.h5", 1 << 16);
    for (int i = 0; i < 2; i++)
        image_close(&image, image_dataset(&image, image.file, &arrays[i]));
    ck_assert_int_eq(image_finish(&image, &bytes, &count), TRAINER_OK);
    hdf5_leave();
    write_bytes("d.h5", bytes, count);
    fault_free(bytes);
}

static int open_pictures(void)
{
    return open_kind("data: {type: images, train: photos, size: [3, 2], color: rgb, "
                     "validation: 1, normalize: zscore}");
}

/* A PNG with alpha in one class, a JPEG in the other. */
static void write_pictures(void)
{
    static const unsigned char pixels[4 * 16] = {1, 2, 3, 4, 250, 0, 128};
    png_image image = {
        .version = PNG_IMAGE_VERSION, .height = 4, .width = 4, .format = PNG_FORMAT_RGBA};
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    ck_assert(mkdir("photos", 0777) == 0 && mkdir("photos/a", 0777) == 0 &&
              mkdir("photos/b", 0777) == 0);
    ck_assert_int_ne(png_image_write_to_file(&image, "photos/a/1.png", 0, pixels, 0, NULL), 0);
    FILE *file = fopen("photos/b/2.jpg", "wb");
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_stdio_dest(&info, file);
    info.image_height = info.image_width = 4;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    jpeg_start_compress(&info, TRUE);
    for (int row = 0; row < 4; row++)
        jpeg_write_scanlines(&info, &(JSAMPROW){(JSAMPROW)(uintptr_t)pixels}, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    ck_assert_int_eq(fclose(file), 0);
}

static struct image_contents contents;

/* A checkpoint with everything that one can have. */
static void use_checkpoint(void)
{
    static const struct run_state state = {.step = 20, .row_step = 20};
    static double velocity[WEIGHTS];
    static struct image_tensor moved = {
        "affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    static const struct image_state momentum = {"velocity", &moved, 1};
    static const uint32_t sample[] = {3, 1};
    contents = sample_contents();
    contents.kind = "checkpoint";
    contents.state = &state;
    contents.optimizer = &momentum;
    contents.optimizer_states = 1;
    contents.sample = sample;
    contents.samples = 2;
}

static void write_checkpoint(void)
{
    use_checkpoint();
    ck_assert_int_eq(sample_write("checkpoint.h5", &contents), TRAINER_OK);
}

static int save_checkpoint(void)
{
    void *bytes = NULL;
    size_t count = 0;
    use_checkpoint();
    int rc = runfile_image(&bytes, &count, "checkpoint.h5", &contents);
    if (rc == TRAINER_OK)
        rc = file_replace_keeping("checkpoint.h5", "checkpoint.h5.prev", bytes, count);
    fault_free(bytes);
    return rc;
}

static float weight[WEIGHTS];

static int load_checkpoint(void)
{
    double velocity[WEIGHTS];
    struct image_tensor moved = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state momentum = {"velocity", &moved, 1};
    const struct image_tensor tensor = {"affine1", "weight", {2, {4, 3}}, sizeof *weight, weight};
    struct runfile_view view = {0};
    for (int i = 0; i < WEIGHTS; i++)
        weight[i] = MARK;
    int rc = columns_list(&view.arena, &view.steps, &view.epochs, NULL);
    if (rc == TRAINER_OK)
        rc = runfile_read(&view, "checkpoint.h5", RUNFILE_METRICS | RUNFILE_STATE);
    if (rc == TRAINER_OK)
        rc = runfile_try_weights("checkpoint.h5");
    if (rc == TRAINER_OK)
        rc = runfile_load_tensors("checkpoint.h5", &tensor, 1, &momentum, 1);
    runfile_view_free(&view);
    return rc;
}

static void check_whole(const char *path, unsigned parts)
{
    struct runfile_view view = {0};
    ck_assert_msg(runfile_read(&view, path, parts) == TRAINER_OK, "%s", error_text());
    runfile_view_free(&view);
}

static void check_checkpoint(int rc)
{
    (void)rc;
    check_whole("checkpoint.h5", RUNFILE_STATE);
}

static void check_weights(int rc)
{
    for (int i = 0; i < WEIGHTS; i++)
        ck_assert(weight[i] == (rc == TRAINER_OK ? 1 + (float)i / 64 : (float)MARK));
}

/* --- snapshots --- */

static struct network network;

static void have_network(void)
{
    if (!network.graph)
        network = network_run("data: {type: inline, inputs: {x: [[1, 2]]}}\n"
                              "model: {layers: [{type: Affine, units: 2, bias: false}, "
                              "{type: Affine, units: 2, bias: false, frozen: true}]}\n");
}

/* A checkpoint and a run file of a network, by an optimizer with a block of state, and back. */
static int save_snapshots(void)
{
    static const struct run_state state = {.step = 20, .row_step = 20};
    static const char *const names[] = {"velocity"};
    static double numbers[64];
    void *const blocks[] = {numbers};
    struct snapshot snapshot = sample_snapshot();
    struct runfile *writer = NULL;
    snapshot.graph = network.graph;
    snapshot.optimizer = (struct snapshot_optimizer){.states = 1, .name = names, .x = blocks};
    int rc = runfile_open(&writer, "n.h5");
    if (rc == TRAINER_OK)
        rc = runfile_add(writer, RUNFILE_CHECKPOINT, "c.h5", "c.h5.prev");
    if (rc == TRAINER_OK)
        rc = runfile_save(writer, &snapshot, true);
    snapshot.slot = RUNFILE_CHECKPOINT;
    snapshot.state = &state;
    if (rc == TRAINER_OK)
        rc = runfile_save(writer, &snapshot, true);
    if (rc == TRAINER_OK)
        rc = runfile_flush(writer);
    runfile_close(writer);
    if (rc == TRAINER_OK)
        rc = runfile_load_checkpoint("c.h5", network.graph, &snapshot.optimizer);
    return rc;
}

static void check_snapshots(int rc)
{
    static const char *const names[] = {"n.h5", "c.h5", "c.h5.prev"};
    for (unsigned i = 0; i < 3; i++)
        if ((rc == TRAINER_OK && i < 2) || access(names[i], F_OK) == 0)
            check_whole(names[i], i ? RUNFILE_STATE : 0);
}

static int save_one_snapshot(void)
{
    struct snapshot snapshot = sample_snapshot();
    return runfile_write("one.h5", &snapshot);
}

static int read_stored_config(void)
{
    char *text = NULL;
    size_t length = 0;
    int rc = runfile_read_config("checkpoint.h5", &text, &length);
    fault_free(text);
    return rc;
}

/* --- reports and sweeps --- */

static int save_report(void)
{
    static struct gradcheck_row rows[] = {{.tensor = "affine1/weight", .shape = {2, {4, 3}}}};
    static struct gradcheck_single singles[] = {{.isa = "avx2", .tensor = "affine1/weight"}};
    static const struct gradcheck_report report = {
        .count = 1, .row = rows, .singles = 1, .single = singles, .isa = "avx2"};
    return gradcheck_file_write("g.h5", &report);
}

static struct sweep *sweep, *later;
static struct sweep_results *results;

/* Two trials with a row each. The later sweep has other trials, so that these are older ones. */
static void have_sweep(void)
{
    if (sweep)
        return;
    sweep = sweep_sample_open("parameters: {optimizer.learning_rate: [1, 0.5]}\n"
                              "repeats: {seed: [1]}\n");
    later = sweep_sample_open("parameters: {trainer.max_steps: [5]}\n");
    ck_assert_int_eq(sweep_results_open(&results, sweep), TRAINER_OK);
    for (size_t i = 0; i < 2; i++) {
        struct series epochs = sweep_sample_epochs(results, (double[]){0.5}, 1);
        const struct sweep_outcome outcome = {.status = SWEEP_TRIAL_COMPLETED, .epochs = &epochs};
        ck_assert_int_eq(sweep_results_put(results, i, &outcome), TRAINER_OK);
        series_free(&epochs);
    }
}

static int save_sweep(void)
{
    static const struct sweep_status_facts moment = {.status = RUN_INTERRUPTED};
    return sweep_file_write("s.h5", "s.csv", results, &moment);
}

static int load_rows(const struct sweep *into, size_t *rows)
{
    struct sweep_results *read = NULL;
    int rc = sweep_results_open(&read, into);
    if (rc == TRAINER_OK)
        rc = sweep_file_read("s.h5", read);
    *rows = rc == TRAINER_OK ? sweep_results_rows(read) : 0;
    sweep_results_close(read);
    return rc;
}

static void check_sweep(int rc)
{
    size_t rows = 0;
    if (rc != TRAINER_OK && access("s.h5", F_OK) != 0)
        return;
    ck_assert_msg(load_rows(sweep, &rows) == TRAINER_OK, "%s", error_text());
    ck_assert_uint_eq(rows, 2);
}

static void write_sweep(void)
{
    have_sweep();
    if (access("s.h5", F_OK) != 0)
        ck_assert_int_eq(save_sweep(), TRAINER_OK);
}

static int load_sweep(void)
{
    size_t rows = 0;
    return load_rows(later, &rows);
}

/* --- commands --- */

static int run_command(int argc, const char *const *argv)
{
    struct arguments arguments;
    int rc = arguments_parse(&arguments, argc, (char **)(uintptr_t)argv);
    if (rc == TRAINER_OK)
        rc = arguments.command->run(&arguments);
    arguments_free(&arguments);
    return rc;
}

static void forget_run(void)
{
    ck_assert_int_eq(system("rm -rf run"), 0);
}

static int train(void)
{
    static const char *const words[] = {"trainer", "x.yaml", "--output", "run", "--quiet"};
    return run_command(5, words);
}

/* What is there is whole; what ended well is all there. */
static void check_run(int rc)
{
    static const char *const names[] = {"run/run.h5", "run/checkpoint.h5", "run/best.h5"};
    for (unsigned i = 0; i < 3; i++)
        if (rc == TRAINER_OK || access(names[i], F_OK) == 0)
            check_whole(names[i], i ? RUNFILE_STATE : 0);
}

static void begin_run(void)
{
    forget_run();
    ck_assert_msg(train() == TRAINER_OK, "%s", error_text());
}

static void have_run(void)
{
    if (access("run", F_OK) != 0)
        begin_run();
}

static int go_on(void)
{
    static const char *const words[] = {"trainer", "resume", "run", "max_steps=5", "--quiet"};
    return run_command(5, words);
}

/* Without what it prints. */
static int run_silently(int argc, const char *const *argv)
{
    int out = dup(STDOUT_FILENO), nowhere = open("/dev/null", O_WRONLY);
    fflush(stdout);
    dup2(nowhere, STDOUT_FILENO);
    int rc = run_command(argc, argv);
    fflush(stdout);
    dup2(out, STDOUT_FILENO);
    close(nowhere);
    close(out);
    return rc;
}

static int list_runs(void)
{
    static const char *const words[] = {"trainer", "runs", "."};
    return run_silently(3, words);
}

/* --- data in, predictions out --- */

static int write_data(void)
{
    static const char *const words[] = {"trainer", "data", "x.yaml", "--write", "w.h5"};
    return run_silently(5, words);
}

static int predict_table(void)
{
    static const char *const words[] = {"trainer", "predict", "run", "p.csv", "-o", "out.csv"};
    return run_silently(6, words);
}

static int predict_arrays(void)
{
    static const char *const words[] = {"trainer", "predict", "run", "p.npy", "-o", "out.h5"};
    return run_silently(6, words);
}

static int evaluate_table(void)
{
    static const char *const words[] = {"trainer", "eval", "run", "e.csv", "-o", "out.json"};
    return run_silently(6, words);
}

/* Whole or not at all: of the first run here. */
static void check_size(const char *path, off_t *whole, int rc)
{
    struct stat facts;
    bool there = stat(path, &facts) == 0;
    ck_assert_msg(there || rc != TRAINER_OK, "%s is missing", path);
    *whole = *whole || !there ? *whole : facts.st_size;
    ck_assert_msg(!there || facts.st_size == *whole, "%s has %ld bytes, not %ld", path,
                  (long)facts.st_size, (long)*whole);
    unlink(path);
}

static void check_data(int rc)
{
    static off_t whole;
    check_size("w.h5", &whole, rc);
}

static void check_table(int rc)
{
    static off_t whole;
    check_size("out.csv", &whole, rc);
}

static void check_arrays(int rc)
{
    static off_t whole;
    check_size("out.h5", &whole, rc);
}

static void check_scores(int rc)
{
    static off_t whole;
    check_size("out.json", &whole, rc);
}

static void forget_swept(void)
{
    have_sweep();
    ck_assert_int_eq(system("rm -rf swept"), 0);
}

/* Two trials, one after the other, each in a process of its own. */
static int run_sweep(void)
{
    static const char *const words[] = {"trainer",  "sweep", "tiny.yaml", "trainer.max_steps=2",
                                        "--output", "swept", "--quiet",   "--jobs",
                                        "1"};
    return run_command(9, words);
}

static void check_swept(int rc)
{
    struct sweep_results *read = NULL;
    ck_assert_int_eq(sweep_results_open(&read, later), TRAINER_OK);
    ck_assert_msg(sweep_file_read("swept/sweep.h5", read) == TRAINER_OK, "%s", error_text());
    if (rc == TRAINER_OK)
        ck_assert_uint_eq(sweep_results_rows(read), 2);
    sweep_results_close(read);
}

static const struct scenario scenarios[] = {
    {"read a config", NULL, read_config, NULL, false},
    {"read a text", NULL, read_text, NULL, false},
    {"open IDX files", NULL, open_idx, NULL, false},
    {"open tables", NULL, open_csv, NULL, false},
    {"open arrays of NumPy's", NULL, open_npy, NULL, false},
    {"open lists", NULL, open_libsvm, NULL, false},
    {"open arrays in HDF5", NULL, open_hdf5, NULL, false},
    {"open pictures", NULL, open_pictures, NULL, false},
    {"open rows that stay in HDF5", NULL, open_hdf5_rows, NULL, false},
    {"save a checkpoint", write_checkpoint, save_checkpoint, check_checkpoint, true},
    {"load a checkpoint", NULL, load_checkpoint, check_weights, true},
    {"read a stored config", NULL, read_stored_config, NULL, false},
    {"save and load snapshots", have_network, save_snapshots, check_snapshots, true},
    {"save one snapshot", NULL, save_one_snapshot, NULL, true},
    {"save a gradient check", NULL, save_report, NULL, true},
    {"save a sweep", have_sweep, save_sweep, check_sweep, true},
    {"load a sweep", write_sweep, load_sweep, NULL, true},
    {"train", forget_run, train, check_run, true},
    {"resume", begin_run, go_on, check_run, true},
    {"sweep", forget_swept, run_sweep, check_swept, true},
    {"list runs", have_run, list_runs, NULL, true},
    {"write data", NULL, write_data, check_data, true},
    {"predict a table", have_run, predict_table, check_table, true},
    {"predict arrays", have_run, predict_arrays, check_arrays, true},
    {"evaluate a table", have_run, evaluate_table, check_scores, true},
};
enum { SCENARIOS = sizeof scenarios / sizeof *scenarios };

/* --- the sweep --- */

static void set_up(void)
{
    omp_set_num_threads(1); /* a sweep's children have none of the threads that decode pictures */
    sweep_sample_start();
    write_bytes("x.yaml", yaml, sizeof yaml - 1);
    write_bytes("half.yaml", half, sizeof half - 1);
    write_bytes("more.yaml", more, sizeof more - 1);
    write_bytes("tiny.yaml", tiny, sizeof tiny - 1);
    write_bytes("a.csv", table, sizeof table - 1);
    write_bytes("a.svm", lists, sizeof lists - 1);
    write_bytes("x.npy", array, sizeof array - 1);
    write_bytes("p.npy", pairs, sizeof pairs - 1);
    write_bytes("p.csv", "0,1\n1,0\n", 8);
    write_bytes("e.csv", "0,1,1\n1,0,0\n", 12);
    write_pictures();
    write_arrays();
    write_bytes("i", images, sizeof images);
    gzFile packed = gzopen("l.gz", "wb");
    ck_assert_int_eq(gzwrite(packed, labels, sizeof labels), sizeof labels);
    ck_assert_int_eq(gzclose(packed), Z_OK);
    write_checkpoint();
}

/* Runs it with the k-th call failing (0: none); how many it made. */
static long run_with_fault(const struct scenario *scenario, long k, bool onward)
{
    if (scenario->prepare)
        scenario->prepare();
    error_clear();
    long before = faults_live();
    faults_arm(k, onward);
    int rc = scenario->run();
    long calls = faults_disarm();
    ck_assert_msg(faults_live() == before, "%s: call %ld%s leaks %ld blocks: %s", scenario->name, k,
                  onward ? " and all after it" : "", faults_live() - before, error_text());
    ck_assert_msg(rc == TRAINER_OK || error_text()[0], "%s: call %ld: status %d without a word",
                  scenario->name, k, rc);
    ck_assert_msg((k > 0 && calls >= k) || rc == TRAINER_OK, "%s: fails by itself: %s",
                  scenario->name, error_text());
    if (scenario->check)
        scenario->check(rc);
    return calls;
}

static const char *only = ""; /* scenarios whose names hold this are run */

START_TEST(every_call_may_fail)
{
    const struct scenario *scenario = &scenarios[_i / 2];
    bool onward = _i % 2;
    if (!strstr(scenario->name, only))
        return;
    set_up();
    run_with_fault(scenario, 0, false); /* what only the first run does */
    long calls = run_with_fault(scenario, 0, false), faults = 0;
    long step = scenario->long_one ? calls / child_count(LONG_SAMPLES) : 1;
    for (long k = 1; k <= calls; k += step > 1 ? step : 1)
        faults += run_with_fault(scenario, k, onward) >= k;
    printf("%s: %ld of %ld calls failed%s\n", scenario->name, faults, calls,
           onward ? ", and all after it" : "");
    forget_run();
    folder_leave();
}
END_TEST

/* test_faults [WORD]: the scenarios whose names hold the word. */
int main(int argc, char **argv)
{
    only = argc > 1 ? argv[1] : only;
    const TTest *const tests[] = {every_call_may_fail, NULL};
    return suite_main("faults", SUITE_IN_PROCESS, 2 * SCENARIOS, tests);
}
