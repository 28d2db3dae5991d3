/*
 * make_seeds.c - the inputs from which the fuzzers of files begin.
 *
 *     make_seeds FOLDER        writes FOLDER/idx/, csv/, libsvm/, npy/, picture/, hdf5/,
 *                              checkpoint/ and predict/
 *
 * Checkpoints come as this program writes them, whose object headers have checksums that most
 * changes break, and as small ones in libhdf5's oldest format, which has none.
 */
#include "base/error.h"
#include "base/file.h"
#include "hdf5/hdf5_image.h"
#include "runfile/runfile_layout.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jpeglib.h>

enum { PATH_SIZE = 1024, WEIGHTS = 12, SAMPLES = 4 };

static const char *folder;

static void check(bool good, const char *what)
{
    if (good)
        return;
    fprintf(stderr, "make_seeds: %s: %s\n", what, error_text());
    exit(EXIT_FAILURE);
}

static void write_seed(const char *name, const void *bytes, size_t count)
{
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    check(file_replace(path, bytes, count) == TRAINER_OK, name);
}

/* --- idx: the first byte is fuzz_idx.c's --- */

static void write_idx(void)
{
    static const unsigned char images[] = {0, 0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2,  0, 0,
                                           0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
    static const unsigned char floats[] = {0, 0, 0,    0x0d, 1, 0, 0, 0, 3, 0x3f, 0x80,
                                           0, 0, 0xc0, 0,    0, 0, 0, 0, 0, 0};
    static const unsigned char doubles[4 + 5 + 8 * 3] = {0, 0, 0, 0x0e, 1, 0, 0, 0, 3, 0x3f, 0xb9};
    static const unsigned char labels[] = {1, 0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1};
    unsigned char packed[sizeof images];
    memcpy(packed, images, sizeof packed);
    packed[0] = 2;
    write_seed("idx/images", images, sizeof images);
    write_seed("idx/packed", packed, sizeof packed);
    write_seed("idx/floats", floats, sizeof floats);
    write_seed("idx/doubles", doubles, sizeof doubles);
    write_seed("idx/labels", labels, sizeof labels);
}

/* --- csv: the first byte is fuzz_csv.c's --- */

static void write_csv(void)
{
    static const char classes[] = "\001a,s,y\n1,p,u\n2.5,\"q \"\"r\"\"\",v\n-3e1,p,u\n";
    static const char missing[] = "\003a;b;y\r\n1;NA;2\r\n;4;3\r\n";
    static const char german[] = "\x15 1.234,5;2;x\n7;,5;y\n";
    static const char index[] = "\x61"
                                "c1,c2,y\nOslo,1700000001,1\nRome,16777217,0\n";
    write_seed("csv/classes", classes, sizeof classes - 1);
    write_seed("csv/missing", missing, sizeof missing - 1);
    write_seed("csv/german", german, sizeof german - 1);
    write_seed("csv/index", index, sizeof index - 1);
}

/* --- libsvm: the first byte is fuzz_libsvm.c's --- */

static void write_libsvm(void)
{
    static const char alone[] = "\0+1 1:0.5 4:-2e-3 # x\n-1 qid:3 2:1\r\n1\n";
    static const char test[] = "\5"
                               "2 1:7\n1 3:.25\n";
    static const char values[] = "\x0e"
                                 "0.5 0:1 1048575:2\n-3 5:1\n";
    write_seed("libsvm/alone", alone, sizeof alone - 1);
    write_seed("libsvm/test", test, sizeof test - 1);
    write_seed("libsvm/values", values, sizeof values - 1);
}

/* --- npy: the first byte is fuzz_npy.c's --- */

static void write_npy(void)
{
    static const char bytes[] = "\0\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                                "'shape': (3,), }\n\1\2\1";
    static const char floats[] = "\0\x93NUMPY\1\0\x38\0{'descr': '<f4', 'fortran_order': True, "
                                 "'shape': (3,1)}\n\0\0\0\0\0\0\0\0\0\0\x80?";
    static const char texts[] = "\1\x93NUMPY\1\0\x3a\0{'descr': '<U1', 'fortran_order': False, "
                                "'shape': (3,), }\na\0\0\0b\0\0\0a\0\0\0";
    write_seed("npy/bytes", bytes, sizeof bytes - 1);
    write_seed("npy/floats", floats, sizeof floats - 1);
    write_seed("npy/texts", texts, sizeof texts - 1);
}

/* --- predict: the first byte is fuzz_predict.c's --- */

static void write_predict(void)
{
    static const char table[] = "\0age,state,city\n39,Ohio,x\n,Iowa,y\n";
    static const char kept[] = "\x38id;city;state;age\n1;z;Texas;2\n2;x\n3;x;Ohio;1e3\n";
    static const char labelled[] = "\4y,age,state,city\nyes,1,Utah,x\n";
    static const char plain[] = "\1x[1],x[0],x[2]\n1,2,3\n-4,5e-3,6\n";
    static const char classes[] = "\5"
                                  "0.5,1,2,1.0e+00\n3,4,5,0\n";
    static const char array[] = "\2\x93NUMPY\1\0\x3a\0{'descr': '|u1', 'fortran_order': False, "
                                "'shape': (1,3) }\n\1\2\3";
    static const char lists[] = "\7+1 1:0.5 3:2\n-1 2:1\n";
    write_seed("predict/table", table, sizeof table - 1);
    write_seed("predict/kept", kept, sizeof kept - 1);
    write_seed("predict/labelled", labelled, sizeof labelled - 1);
    write_seed("predict/plain", plain, sizeof plain - 1);
    write_seed("predict/classes", classes, sizeof classes - 1);
    write_seed("predict/array", array, sizeof array - 1);
    write_seed("predict/lists", lists, sizeof lists - 1);
}

/* --- pictures: the first byte is fuzz_picture.c's --- */

static void write_png(const char *name, unsigned char flags, uint32_t format)
{
    static const unsigned char pixel[4 * 16] = {1, 2, 3, 4, 250, 0, 128};
    unsigned char bytes[1024] = {flags};
    png_alloc_size_t size = sizeof bytes - 1;
    png_image image = {.version = PNG_IMAGE_VERSION, .height = 4, .width = 4, .format = format};
    check(png_image_write_to_memory(&image, bytes + 1, &size, 0, pixel, 0, NULL), name);
    write_seed(name, bytes, size + 1);
}

static void write_jpeg(const char *name, bool progressive)
{
    struct jpeg_compress_struct info;
    struct jpeg_error_mgr errors;
    unsigned char *bytes = NULL, row[3 * 16] = {9, 99, 199}, seed[4096] = {2};
    unsigned long size = 0;
    info.err = jpeg_std_error(&errors);
    jpeg_create_compress(&info);
    jpeg_mem_dest(&info, &bytes, &size);
    info.image_height = info.image_width = 16;
    info.input_components = 3;
    info.in_color_space = JCS_RGB;
    jpeg_set_defaults(&info);
    if (progressive)
        jpeg_simple_progression(&info);
    jpeg_start_compress(&info, TRUE);
    while (info.next_scanline < info.image_height)
        jpeg_write_scanlines(&info, &(JSAMPROW){row}, 1);
    jpeg_finish_compress(&info);
    jpeg_destroy_compress(&info);
    check(size < sizeof seed, name);
    memcpy(seed + 1, bytes, size);
    write_seed(name, seed, size + 1);
    free(bytes);
}

static void write_pictures(void)
{
    write_png("picture/gray", 0, PNG_FORMAT_GRAY);
    write_png("picture/alpha", 3, PNG_FORMAT_RGBA);
    write_jpeg("picture/baseline", false);
    write_jpeg("picture/progressive", true);
}

/* --- checkpoints as they are written --- */

static void write_image(const char *name, const char *kind, bool whole)
{
    static float weight[WEIGHTS];
    static double velocity[WEIGHTS], row[] = {1, 0.5}, epoch[] = {1, 2};
    static int32_t class[SAMPLES] = {0, 1, 1, 0};
    static const char *const names[] = {"step", "train_loss"}, *const units[] = {"", ""},
                             *const epochs[] = {"epoch", "train_loss"};
    const struct image_layer layer = {"affine1", "Affine"};
    const struct image_tensor x = {"affine1", "weight", {2, {4, 3}}, sizeof *weight, weight};
    struct image_tensor v = {"affine1", "weight", {2, {4, 3}}, sizeof *velocity, velocity};
    const struct image_state momentum = {"velocity", &v, 1};
    const struct run_state state = {.step = 1, .row_step = 1};
    const uint32_t sample[SAMPLES] = {3, 2, 1, 0};
    struct image_contents contents = {
        .kind = kind,
        .facts = {.status = RUN_RUNNING,
                  .error = "",
                  .start_time = "2025-01-02T03:04:05Z",
                  .end_time = "",
                  .epochs_done = 1,
                  .steps_done = 1,
                  .seed = 42,
                  .threads = 1,
                  .precision = "float32",
                  .kernels = "avx2",
                  .sparse_input = "",
                  .command_line = "trainer x.yaml",
                  .data_fingerprint = "0123abcd",
                  .resumed_from = "",
                  .config = "a: 1\n",
                  .config_resolved = "a: 1\n"},
        .machine = {"host", "cpu", "2025-01-02T03:05:00Z"},
        .layer = &layer,
        .layers = 1,
        .tensor = &x,
        .tensors = 1,
        .state = strcmp(kind, "run") == 0 ? NULL : &state,
    };
    if (whole) {
        contents.steps = (struct series){.columns = 2,
                                         .name = names,
                                         .unit = units,
                                         .long_name = names,
                                         .rows = 1,
                                         .capacity = 1,
                                         .value = row};
        contents.epochs = contents.steps;
        contents.epochs.name = contents.epochs.long_name = epochs;
        contents.epochs.value = epoch;
        contents.evaluation = (struct evaluation){SAMPLES, 2, class, class};
        contents.optimizer = &momentum;
        contents.optimizer_states = 1;
        contents.sample = sample;
        contents.samples = strcmp(kind, "failure") == 0 ? SAMPLES : 0;
    }
    void *bytes = NULL;
    size_t count = 0;
    check(runfile_image(&bytes, &count, name, &contents) == TRAINER_OK, name);
    write_seed(name, bytes, count);
    free(bytes);
}

/* --- small ones in the oldest format --- */

static void add_attribute(hid_t object, const char *name, hid_t type, const void *value)
{
    hid_t space = H5Screate(H5S_SCALAR);
    hid_t attribute = H5Acreate2(object, name, type, space, H5P_DEFAULT, H5P_DEFAULT);
    check(H5Awrite(attribute, type, value) >= 0, name);
    H5Aclose(attribute);
    H5Sclose(space);
}

static void add_dataset(hid_t group, const char *name, hid_t type, struct shape shape, hid_t list,
                        const void *values)
{
    hsize_t dims[SHAPE_RANK_MAX];
    for (int i = 0; i < shape.rank; i++)
        dims[i] = shape.dim[i];
    hid_t space = shape.rank ? H5Screate_simple(shape.rank, dims, NULL) : H5Screate(H5S_SCALAR);
    hid_t dataset = H5Dcreate2(group, name, type, space, H5P_DEFAULT, list, H5P_DEFAULT);
    check(H5Dwrite(dataset, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, name);
    H5Dclose(dataset);
    H5Sclose(space);
}

static hid_t add_group(hid_t parent, const char *name)
{
    hid_t group = H5Gcreate2(parent, name, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    check(group >= 0, name);
    return group;
}

static void add_state(hid_t file)
{
    static const double zero;
    static const int32_t class[SAMPLES];
    hid_t state = add_group(file, "state");
    for (size_t i = 0; i < RUN_MEMBERS; i++)
        add_attribute(state, run_members[i].name, H5T_IEEE_F64LE, &zero);
    add_attribute(state, "classes", H5T_STD_I64LE, &(long long){2});
    add_dataset(state, "true_class", H5T_STD_I32LE, shape_vector(SAMPLES), H5P_DEFAULT, class);
    add_dataset(state, "predicted_class", H5T_STD_I32LE, shape_vector(SAMPLES), H5P_DEFAULT, class);
    H5Gclose(state);
}

static void add_metrics(hid_t file)
{
    static const double steps[] = {1, 2};
    hid_t metrics = add_group(file, "metrics"), table = add_group(metrics, "step");
    add_dataset(table, "step", H5T_IEEE_F64LE, shape_vector(2), H5P_DEFAULT, steps);
    add_dataset(table, "train_loss", H5T_IEEE_F64LE, shape_vector(2), H5P_DEFAULT, steps);
    H5Gclose(table);
    H5Gclose(metrics);
}

static void add_weights(hid_t file, hid_t list)
{
    static const float weight[WEIGHTS];
    hid_t model = add_group(file, "model"), layer = add_group(model, "affine1");
    add_dataset(layer, "weight", H5T_IEEE_F32LE, shape_matrix(4, 3), list, weight);
    H5Gclose(layer);
    H5Gclose(model);
}

/* Chunks with all filters that are known, or none. */
static hid_t weights_list(bool chunked)
{
    hid_t list = H5Pcreate(H5P_DATASET_CREATE);
    if (chunked) {
        H5Pset_chunk(list, 2, (const hsize_t[]){2, 3});
        H5Pset_shuffle(list);
        H5Pset_deflate(list, 6);
        H5Pset_fletcher32(list);
    }
    return list;
}

static void write_oldest(const char *name, bool chunked, bool whole)
{
    char path[PATH_SIZE];
    const char *format = HDF5_STAMP, *kind = "checkpoint", *yaml = "a: 1\n";
    snprintf(path, sizeof path, "%s/%s", folder, name);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t text = H5Tcopy(H5T_C_S1), list = weights_list(chunked);
    H5Tset_size(text, H5T_VARIABLE);
    add_attribute(file, "format", text, &format);
    add_attribute(file, "kind", text, &kind);
    add_attribute(file, "format_version", H5T_STD_I64LE, &(long long){HDF5_STAMP_VERSION});
    add_dataset(file, "config", text, shape_scalar(), H5P_DEFAULT, &yaml);
    add_dataset(file, "config_resolved", text, shape_scalar(), H5P_DEFAULT, &yaml);
    if (whole) {
        add_state(file);
        add_metrics(file);
    }
    add_weights(file, list);
    H5Pclose(list);
    H5Tclose(text);
    check(H5Fclose(file) >= 0, name);
}

/* Samples and their classes, for `type: hdf5`. */
static void write_samples(const char *name, bool chunked)
{
    static const float x[SAMPLES][3] = {{1, 2}, {0.5}};
    static const int32_t y[SAMPLES] = {0, 1, 1, 0};
    char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    hid_t file = H5Fcreate(path, H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    hid_t list = weights_list(chunked);
    add_dataset(file, "x", H5T_IEEE_F32LE, shape_matrix(SAMPLES, 3), list, x);
    add_dataset(file, "y", H5T_STD_I32LE, shape_vector(SAMPLES), H5P_DEFAULT, y);
    H5Pclose(list);
    check(H5Fclose(file) >= 0, name);
}

int main(int argc, char **argv)
{
    char path[PATH_SIZE];
    static const char *const folders[] = {"idx",     "csv",  "libsvm",     "npy",
                                          "picture", "hdf5", "checkpoint", "predict"};
    if (argc != 2) {
        fprintf(stderr, "usage: make_seeds FOLDER\n");
        return EXIT_FAILURE;
    }
    folder = argv[1];
    for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
        snprintf(path, sizeof path, "%s/%s", folder, folders[i]);
        mkdir(path, (mode_t)0777);
    }
    write_idx();
    write_csv();
    write_libsvm();
    write_npy();
    write_predict();
    write_samples("hdf5/plain", false);
    write_samples("hdf5/chunked", true);
    write_pictures();
    write_image("checkpoint/run", "run", true);
    write_image("checkpoint/checkpoint", "checkpoint", true);
    write_image("checkpoint/failure", "failure", true);
    write_image("checkpoint/bare", "checkpoint", false);
    write_oldest("checkpoint/oldest", false, true);
    write_oldest("checkpoint/filtered", true, true);
    write_oldest("checkpoint/weights", true, false);
    return EXIT_SUCCESS;
}
