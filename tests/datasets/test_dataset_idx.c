/*
 * test_dataset_idx.c - IDX files: what they give, and what happens to files that lie.
 *
 * Files are written into a folder of their own, which stands as DIR in expected messages. The usual
 * ones are 3 samples of 2x2 bytes, 0 to 11, and their labels 2, 0, 1.
 */
#include "base/error.h"
#include "support/open_data.h"
#include "support/suite.h"

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#define CONFIG    "data: {type: idx, train: {inputs: i, labels: l}}"
#define WITH_TEST "data: {type: idx, train: {inputs: i, labels: l}, test: {inputs: ti, labels: tl}}"
#define TEMPLATE  "/tmp/test_idx_XXXXXX"

enum { PATH_SIZE = 512, TEXT_SIZE = 4096, MEBIBYTE = 1 << 20, SEED = 1 };

static const unsigned char images[28] = {0, 0, 8, 3, 0, 0, 0, 3, 0, 0, 0, 2, 0,  0,
                                         0, 2, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11};
static const unsigned char labels[11] = {0, 0, 8, 1, 0, 0, 0, 3, 2, 0, 1};

static char folder[] = TEMPLATE;
static struct open_data data;

/* --- files ------------------------------------------------------------------------------------ */

static const char *path_of(const char *name)
{
    static char path[PATH_SIZE];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

static void write_file(const char *name, const void *bytes, size_t count)
{
    FILE *file = fopen(path_of(name), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, count, file), count);
    ck_assert_int_eq(fclose(file), 0);
}

/* Packs into out (of `room` bytes) as one gzip member; returns its size. */
static size_t pack(const void *bytes, size_t count, unsigned char *out, size_t room)
{
    z_stream stream = {0};
    ck_assert_int_eq(deflateInit2(&stream, 9, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    unsigned char copy[TEXT_SIZE];
    memcpy(copy, bytes, count);
    stream.next_in = copy;
    stream.avail_in = (uInt)count;
    stream.next_out = out;
    stream.avail_out = (uInt)room;
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    size_t size = room - stream.avail_out;
    deflateEnd(&stream);
    return size;
}

static void write_packed(const char *name, const void *bytes, size_t count)
{
    unsigned char packed[TEXT_SIZE];
    write_file(name, packed, pack(bytes, count, packed, sizeof packed));
}

/* Plain or packed, as a test's loop counter says. */
static void write_either(int packed, const char *name, const void *bytes, size_t count)
{
    if (packed)
        write_packed(name, bytes, count);
    else
        write_file(name, bytes, count);
}

static void set_up(void)
{
    memcpy(folder, TEMPLATE, sizeof folder);
    ck_assert_ptr_nonnull(mkdtemp(folder));
    write_file("i", images, sizeof images);
    write_file("l", labels, sizeof labels);
}

static void tear_down(void)
{
    static const char *const names[] = {"i", "l", "ti", "tl", "i.gz", "mnist/i", "mnist"};
    close_data(&data);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        remove(path_of(names[i]));
    ck_assert_int_eq(rmdir(folder), 0);
}

/* --- opening ---------------------------------------------------------------------------------- */

static int opened(const char *config)
{
    close_data(&data);
    return open_data(&data, folder, config, SEED, false);
}

static void check_opens(const char *config)
{
    ck_assert_msg(opened(config) == TRAINER_OK, "%s", error_text());
}

/* The message with the folder replaced by DIR. */
static const char *message(void)
{
    static char text[TEXT_SIZE];
    size_t length = 0;
    for (const char *c = error_text(); *c && length < sizeof text - 1;) {
        bool here = !strncmp(c, folder, strlen(folder));
        length += (size_t)snprintf(text + length, sizeof text - length, "%s",
                                   here ? "DIR" : (char[]){*c, 0});
        c += here ? strlen(folder) : 1;
    }
    text[length] = 0;
    return text;
}

static void check_fails(const char *config, const char *expected)
{
    ck_assert_int_eq(opened(config), TRAINER_INVALID);
    ck_assert_str_eq(message(), expected);
    ck_assert_ptr_null(data.dataset);
}

/* The usual files, however they are stored. */
static void check_usual(void)
{
    const struct dataset *dataset = data.dataset;
    ck_assert_uint_eq(dataset->count[SPLIT_TRAIN], 3);
    ck_assert_uint_eq(dataset->count[SPLIT_TEST], 0);
    ck_assert_int_eq(dataset->columns, 2);
    const struct column *inputs = &dataset->column[0], *classes = &dataset->column[1];
    ck_assert_str_eq(inputs->name, "inputs");
    ck_assert_int_eq(inputs->stored, STORED_BYTE);
    ck_assert(shape_equal(inputs->shape, shape_matrix(2, 2)));
    ck_assert_double_eq(inputs->scale, 0.00392156862745098);
    ck_assert_mem_eq(inputs->values[SPLIT_TRAIN], images + 16, 12);
    ck_assert_str_eq(classes->name, "labels");
    ck_assert_int_eq(classes->stored, STORED_LABEL);
    ck_assert_int_eq(classes->shape.rank, 0);
    ck_assert_uint_eq(classes->classes, 3);
    ck_assert_mem_eq(classes->values[SPLIT_TRAIN], ((int32_t[]){2, 0, 1}), 12);
}

/* Some one-line message about file `name`. */
static void check_one_line(int rc, const char *name)
{
    char begin[PATH_SIZE];
    snprintf(begin, sizeof begin, "DIR/%s: offset ", name);
    ck_assert_int_eq(rc, TRAINER_INVALID);
    ck_assert_msg(!strncmp(message(), begin, strlen(begin)), "%s", message());
    ck_assert_int_eq(error_count(), 1);
    ck_assert_ptr_null(strchr(error_text(), '\n'));
}

/* Peak memory so far, in MiB. Checked tests run in processes of their own. AddressSanitizer keeps
 * what is freed, so with it there is nothing to measure: 0. */
static long peak_memory(void)
{
    struct rusage usage;
#ifdef __SANITIZE_ADDRESS__
    return 0;
#endif
    ck_assert_int_eq(getrusage(RUSAGE_SELF, &usage), 0);
    return usage.ru_maxrss / 1024;
}

/* --- what files give -------------------------------------------------------------------------- */

START_TEST(plain_and_gzip_files_give_the_same)
{
    unsigned char packed[TEXT_SIZE];
    char plain[FINGERPRINT_TEXT], gzip[FINGERPRINT_TEXT];
    check_opens(CONFIG);
    check_usual();
    ck_assert_uint_eq(dataset_bytes(data.dataset), 12 + 12);
    dataset_fingerprint(data.dataset, plain);

    write_packed("i", images, sizeof images);
    write_packed("l", labels, sizeof labels);
    check_opens(CONFIG);
    check_usual();
    dataset_fingerprint(data.dataset, gzip);
    ck_assert_str_eq(plain, gzip);

    /* Two members, one behind the other, cut within the header. */
    size_t size = pack(images, 7, packed, sizeof packed);
    size += pack(images + 7, sizeof images - 7, packed + size, sizeof packed - size);
    write_file("i", packed, size);
    check_opens(CONFIG);
    check_usual();

    /* Filled up with zeros, as tapes are; between members too. */
    size = pack(images, 7, packed, sizeof packed);
    memset(packed + size, 0, 600);
    size += 600;
    size += pack(images + 7, sizeof images - 7, packed + size, sizeof packed - size);
    memset(packed + size, 0, 600);
    write_file("i", packed, size + 600);
    check_opens(CONFIG);
    check_usual();
}
END_TEST

/* Packed to a small part of its size, so that memory grows while it is read. */
START_TEST(a_well_packed_file_is_read_whole)
{
    enum { WIDTH = 400000, BEGIN = 12 };
    static unsigned char bytes[BEGIN + 3 * WIDTH] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 6, 0x1a, 0x80};
    for (size_t i = 0; i < 3 * WIDTH; i++)
        bytes[BEGIN + i] = (unsigned char)(i >> 12);
    gzFile file = gzopen(path_of("i"), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, bytes, sizeof bytes), (int)sizeof bytes);
    ck_assert_int_eq(gzclose(file), Z_OK);
    check_opens(CONFIG);
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TRAIN], bytes + BEGIN, 3 * WIDTH);
}
END_TEST

START_TEST(a_missing_file_is_looked_for_as_gz)
{
    remove(path_of("i"));
    write_packed("i.gz", images, sizeof images);
    check_opens(CONFIG);
    check_usual();
}
END_TEST

START_TEST(the_test_files_are_the_test_split)
{
    static const unsigned char other[] = {0, 0, 8, 3, 0, 0, 0, 1, 0, 0,
                                          0, 2, 0, 0, 0, 2, 9, 8, 7, 6};
    static const unsigned char class[] = {0, 0, 8, 1, 0, 0, 0, 1, 3};
    write_file("ti", other, sizeof other);
    write_file("tl", class, sizeof class);
    check_opens(WITH_TEST);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TRAIN], 3);
    ck_assert_uint_eq(data.dataset->count[SPLIT_TEST], 1);
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TEST], other + 16, 4);
    ck_assert_int_eq(*(const int32_t *)data.dataset->column[1].values[SPLIT_TEST], 3);
    /* by the largest label of both */
    ck_assert_uint_eq(data.dataset->column[1].classes, 4);
}
END_TEST

START_TEST(floats_and_doubles_are_turned_round)
{
    static const unsigned char floats[] = {0, 0, 0x0d, 1, 0, 0, 0, 3, 0x3f, 0x80,
                                           0, 0, 0xc0, 0, 0, 0, 0, 0, 0,    0};
    static const unsigned char doubles[] = {0,    0,    0x0e, 2,    0,    0,    0,    3,
                                            0,    0,    0,    1,    0,    0,    0,    0,
                                            0,    0,    0,    0, /* 0 */
                                            0x3f, 0xb9, 0x99, 0x99, 0x99, 0x99, 0x99, 0x9a,
                                            0xff, 0xef, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff};
    write_file("i", floats, sizeof floats);
    check_opens(CONFIG);
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_FLOAT);
    ck_assert_int_eq(data.dataset->column[0].shape.rank, 0);
    ck_assert_double_eq(data.dataset->column[0].scale, 1);
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TRAIN], ((float[]){1, -2, 0}), 12);

    write_packed("i", doubles, sizeof doubles);
    check_opens(CONFIG);
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_DOUBLE);
    ck_assert(shape_equal(data.dataset->column[0].shape, shape_vector(1)));
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TRAIN],
                     ((double[]){0, 0.1, -0x1.fffffffffffffp1023}), 24);
}
END_TEST

static const float *float_inputs(void)
{
    check_opens(CONFIG);
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_FLOAT);
    ck_assert_double_eq(data.dataset->column[0].scale, 1);
    return data.dataset->column[0].values[SPLIT_TRAIN];
}

START_TEST(integers_become_floats_where_these_hold_them)
{
    static const unsigned char signed_bytes[] = {0, 0, 9, 1, 0, 0, 0, 3, 0x80, 0xff, 0x7f};
    static const unsigned char words[] = {0, 0, 0x0b, 1, 0, 0, 0, 3, 1, 2, 0xff, 0xfe, 0x80, 0};
    static unsigned char integers[] = {0, 0, 0x0c, 1,    0,    0,    0, 3, 0, 1,
                                       0, 2, 0xff, 0xff, 0xff, 0xff, 1, 0, 0, 0};
    write_file("i", signed_bytes, sizeof signed_bytes);
    ck_assert_mem_eq(float_inputs(), ((float[]){-128, -1, 127}), 12);
    write_packed("i", words, sizeof words);
    ck_assert_mem_eq(float_inputs(), ((float[]){258, -2, -32768}), 12);
    write_file("i", integers, sizeof integers);
    ck_assert_mem_eq(float_inputs(), ((float[]){65538, -1, 16777216}), 12);
    integers[19] = 1;
    write_file("i", integers, sizeof integers);
    check_opens(CONFIG);
    ck_assert_int_eq(data.dataset->column[0].stored, STORED_DOUBLE);
    ck_assert_mem_eq(data.dataset->column[0].values[SPLIT_TRAIN], ((double[]){65538, -1, 16777217}),
                     24);
}
END_TEST

static void check_labels(const char *config, const int32_t expected[3])
{
    check_opens(config);
    ck_assert_mem_eq(data.dataset->column[1].values[SPLIT_TRAIN], expected, 12);
}

/* As QMNIST's, (N, 8) of 32 bits, and as some write one column, (N, 1). */
START_TEST(labels_may_be_wider_than_a_byte_and_have_columns)
{
    static const unsigned char one[] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 1, 2, 0, 1};
    static const unsigned char wide[] = {0, 0, 0x0c, 1, 0, 0, 0, 3, 0, 0,
                                         1, 2, 0,    0, 0, 0, 0, 0, 0, 7};
    static const unsigned char columns[] = {0, 0, 0x0c, 2, 0, 0, 0, 3, 0, 0, 0, 2,
                                            0, 0, 0,    5, 0, 0, 0, 6, 0, 0, 0, 0,
                                            0, 0, 0,    1, 0, 0, 0, 4, 0, 0, 0, 2};
    write_file("l", one, sizeof one);
    check_labels(CONFIG, (int32_t[]){2, 0, 1});
    write_file("l", wide, sizeof wide);
    check_labels(CONFIG, (int32_t[]){258, 0, 7});
    ck_assert_uint_eq(data.dataset->column[1].classes, 259);
    write_packed("l", columns, sizeof columns);
    check_labels(CONFIG, (int32_t[]){5, 0, 4});
    check_labels("data: {type: idx, label_column: 2, train: {inputs: i, labels: l}}",
                 (int32_t[]){6, 1, 2});
    check_fails("data: {type: idx, label_column: 3, train: {inputs: i, labels: l}}",
                "DIR/l: label_column: 3, but labels have 2 columns");
    write_file("l", labels, sizeof labels);
    check_fails("data: {type: idx, label_column: 2, train: {inputs: i, labels: l}}",
                "DIR/l: label_column: 2, but labels have 1 column");
}
END_TEST

#define OFFSET "data: {type: idx, label_offset: 1, train: {inputs: i, labels: l}}"

/* As EMNIST's letters, 1 to 26; and negative ones, which only an offset makes classes. */
START_TEST(labels_may_begin_elsewhere)
{
    static const unsigned char letters[] = {0, 0, 8, 1, 0, 0, 0, 3, 3, 1, 2};
    static const unsigned char signs[] = {0, 0, 9, 1, 0, 0, 0, 3, 0xff, 1, 0};
    write_file("l", letters, sizeof letters);
    check_labels(CONFIG, (int32_t[]){3, 1, 2});
    ck_assert_ptr_nonnull(data.dataset->note);
    ck_assert_str_eq(data.dataset->note->text, "the labels go from 1 to 3, and classes are counted "
                                               "from 0; they are with label_offset: 1");
    check_labels(OFFSET, (int32_t[]){2, 0, 1});
    ck_assert_ptr_null(data.dataset->note);
    ck_assert_uint_eq(data.dataset->column[1].classes, 3);
    ck_assert_str_eq(data.dataset->column[1].class_name[2], "3");
    write_file("l", labels, sizeof labels);
    check_fails(OFFSET, "DIR/l: offset 9: label 0; the least is 1, as label_offset says");
    write_file("l", signs, sizeof signs);
    check_fails(CONFIG, "DIR/l: offset 8: label -1; the least is 0");
    check_labels("data: {type: idx, label_offset: -1, train: {inputs: i, labels: l}}",
                 (int32_t[]){0, 2, 1});
}
END_TEST

START_TEST(labels_given_as_inputs_are_refused)
{
    check_fails("data: {type: idx, train: {inputs: l, labels: l}}",
                "DIR/l: is given as inputs and as labels");
    write_file("i", labels, sizeof labels);
    check_fails(CONFIG, "DIR/i: inputs of one byte a sample, as labels are; such inputs have rank "
                        "2, (samples, 1)");
}
END_TEST

START_TEST(a_value_that_is_not_finite_is_reported)
{
    static const unsigned char floats[] = {0, 0, 0x0d, 1,    0, 0, 0, 3, 0x3f, 0x80,
                                           0, 0, 0x7f, 0xc0, 0, 0, 0, 0, 0,    0};
    static const unsigned char doubles[] = {0, 0, 0x0e, 1, 0, 0, 0, 3, 0xff, 0xf0, 0,
                                            0, 0, 0,    0, 0, 0, 0, 0, 0,    0,    0,
                                            0, 0, 0,    0, 0, 0, 0, 0, 0,    0};
    write_file("i", floats, sizeof floats);
    check_fails(CONFIG, "DIR/i: offset 12: the value is not finite");
    write_file("i", doubles, sizeof doubles);
    check_fails(CONFIG, "DIR/i: offset 8: the value is not finite");
}
END_TEST

START_TEST(scale_and_classes_can_be_set)
{
    check_opens("data: {type: idx, scale: 2, classes: 10, train: {inputs: i, labels: l}}");
    ck_assert_double_eq(data.dataset->column[0].scale, 2);
    ck_assert_uint_eq(data.dataset->column[1].classes, 10);
    ck_assert_str_eq(node_get(data.resolved, "classes")->text, "10");
}
END_TEST

START_TEST(described_data_has_shapes_and_no_values)
{
    close_data(&data);
    ck_assert_int_eq(open_data(&data, folder, CONFIG, SEED, true), TRAINER_OK);
    ck_assert(shape_equal(data.dataset->column[0].shape, shape_matrix(2, 2)));
    ck_assert_ptr_null(data.dataset->column[0].values[SPLIT_TRAIN]);
    ck_assert_uint_eq(data.dataset->column[1].classes, 3);
    ck_assert_uint_eq(dataset_bytes(data.dataset), 12 + 12);
}
END_TEST

/* --- files that lie --------------------------------------------------------------------------- */

START_TEST(every_truncation_is_one_line)
{
    for (size_t length = 0; length < sizeof images; length++) {
        write_either(_i, "i", images, length);
        check_one_line(opened(CONFIG), "i");
    }
    write_file("i", images, sizeof images);
    for (size_t length = 0; length < sizeof labels; length++) {
        write_either(_i, "l", labels, length);
        check_one_line(opened(CONFIG), "l");
    }
}
END_TEST

START_TEST(every_truncation_of_the_gzip_file_is_one_line)
{
    unsigned char packed[TEXT_SIZE];
    size_t size = pack(images, sizeof images, packed, sizeof packed);
    for (size_t length = 0; length < size; length++) {
        write_file("i", packed, length);
        check_one_line(opened(CONFIG), "i");
    }
}
END_TEST

/* Most bytes of a gzip file count; some of its header, such as the time, do not. */
START_TEST(a_changed_byte_of_a_gzip_file_never_changes_the_data)
{
    unsigned char packed[TEXT_SIZE];
    size_t size = pack(images, sizeof images, packed, sizeof packed);
    for (size_t i = 0; i < size; i++) {
        for (int bit = 0; bit < 8; bit++) {
            packed[i] = (unsigned char)(packed[i] ^ 1 << bit);
            write_file("i", packed, size);
            int rc = opened(CONFIG);
            packed[i] = (unsigned char)(packed[i] ^ 1 << bit);
            if (rc)
                check_one_line(rc, "i");
            else
                check_usual();
        }
    }
}
END_TEST

START_TEST(the_offset_says_where_a_file_ends)
{
    write_file("i", images, 3);
    check_fails(CONFIG, "DIR/i: offset 3: the file ends within its header");
    write_file("i", images, 10);
    check_fails(CONFIG, "DIR/i: offset 10: the file ends within its header");
    write_file("i", images, 27);
    check_fails(CONFIG, "DIR/i: offset 4: 3 samples of 2x2 need 28 bytes, the file has 27");
    write_packed("i", images, 27);
    check_fails(CONFIG, "DIR/i: offset 4: 3 samples of 2x2 need 28 bytes, the file has 27");
    write_file("i", images, sizeof images);
    write_file("l", labels, 10);
    check_fails(CONFIG, "DIR/l: offset 4: 3 labels need 11 bytes, the file has 10");
}
END_TEST

START_TEST(bytes_behind_the_last_value_are_an_error)
{
    unsigned char longer[sizeof images + 1] = {0};
    memcpy(longer, images, sizeof images);
    write_file("i", longer, sizeof longer);
    check_fails(CONFIG, "DIR/i: offset 28: 3 samples of 2x2 need 28 bytes, the file has 29");
    write_packed("i", longer, sizeof longer);
    check_fails(CONFIG, "DIR/i: offset 28: 3 samples of 2x2 need 28 bytes, the file goes on");

    unsigned char packed[TEXT_SIZE];
    size_t size = pack(images, sizeof images, packed, sizeof packed);
    memcpy(packed + size, "junk", 4);
    write_file("i", packed, size + 4);
    check_fails(CONFIG, "DIR/i: offset 28: corrupt gzip data: incorrect header check");
    memcpy(packed + size, "\0\0\0\0junk", 8);
    write_file("i", packed, size + 8);
    check_fails(CONFIG, "DIR/i: offset 28: corrupt gzip data: incorrect header check");
}
END_TEST

START_TEST(corrupt_gzip_data_is_named)
{
    unsigned char packed[TEXT_SIZE];
    size_t size = pack(images, sizeof images, packed, sizeof packed);
    packed[size - 8] ^= 1; /* the checksum */
    write_file("i", packed, size);
    check_fails(CONFIG, "DIR/i: offset 28: corrupt gzip data: incorrect data check");
    write_file("i", packed, size - 1);
    packed[size - 8] ^= 1;
    write_file("i", packed, size - 1);
    check_fails(CONFIG, "DIR/i: offset 28: the gzip data is cut short");
}
END_TEST

/* Every 32-bit word of both headers; memory must not follow what they claim. */
START_TEST(extreme_header_words_are_one_line_and_little_memory)
{
    static const uint32_t extremes[] = {0, 1, 0x7fffffff, 0x80000000, 0xffffffff};
    long before = peak_memory();
    for (size_t word = 0; word < 6; word++) {
        bool of_labels = word >= 4;
        const char *name = of_labels ? "l" : "i";
        size_t size = of_labels ? sizeof labels : sizeof images;
        unsigned char bytes[sizeof images];
        for (size_t i = 0; i < sizeof extremes / sizeof *extremes; i++) {
            memcpy(bytes, of_labels ? labels : images, size);
            for (size_t k = 0; k < 4; k++)
                bytes[4 * (of_labels ? word - 4 : word) + k] =
                    (unsigned char)(extremes[i] >> (24 - 8 * k));
            write_either(_i, name, bytes, size);
            check_one_line(opened(CONFIG), name);
        }
        write_file(name, of_labels ? labels : images, size);
    }
    ck_assert_int_lt(peak_memory() - before, 16);
}
END_TEST

#define BEGINS                                                                                     \
    "an IDX file begins with 0x0000, the type of its values (0x08, 0x09, 0x0b to 0x0e) and its "   \
    "rank"

START_TEST(magic_numbers_are_checked)
{
    static const struct {
        unsigned char magic[4];
        const char *text;
    } cases[] = {
        {{0x89, 'P', 'N', 'G'},
         "DIR/i: offset 0: magic number 0x89504e47 of a PNG picture (data.type: images); " BEGINS},
        {{'P', 'K', 3, 4},
         "DIR/i: offset 0: magic number 0x504b0304 of a ZIP archive (npy reads .npz; else unpack "
         "it); " BEGINS},
        {{0, 0, 0x0a, 3}, "DIR/i: offset 0: magic number 0x00000a03; " BEGINS},
        {{0, 1, 8, 3}, "DIR/i: offset 0: magic number 0x00010803; " BEGINS},
        {{0, 0, 8, 0}, "DIR/i: offset 3: rank 0; it is 1 to 8"},
        {{0, 0, 8, 9}, "DIR/i: offset 3: rank 9; it is 1 to 8"},
    };
    unsigned char bytes[sizeof images];
    memcpy(bytes, images, sizeof images);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        memcpy(bytes, cases[i].magic, 4);
        write_file("i", bytes, sizeof bytes);
        check_fails(CONFIG, cases[i].text);
    }
    write_file("l", images, sizeof images);
    check_fails(CONFIG, "DIR/l: offset 0: magic number 0x00000803; labels have 0x00000801, or "
                        "another type of integers, and rank 1 or 2");
    write_file("l", "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n", 60);
    check_fails(CONFIG, "DIR/l: offset 0: magic number 0x76657273 of a Git LFS pointer (`git lfs "
                        "pull` fetches the file); " BEGINS);
}
END_TEST

START_TEST(empty_dimensions_and_impossible_sizes_are_reported)
{
    unsigned char bytes[sizeof images], large[4 + 32];
    memcpy(bytes, images, sizeof images);
    bytes[7] = 0;
    write_file("i", bytes, 16);
    check_fails(CONFIG, "DIR/i: offset 4: dimension 1, the samples, is 0");
    bytes[7] = 3;
    bytes[15] = 0;
    write_file("i", bytes, 16);
    check_fails(CONFIG, "DIR/i: offset 12: dimension 3 is 0");
    memset(large, 0xff, sizeof large);
    memcpy(large, ((unsigned char[]){0, 0, 8, 8}), 4);
    write_file("i", large, sizeof large);
    check_fails(CONFIG, "DIR/i: offset 4: 4294967295 samples of 4294967295x4294967295x4294967295x"
                        "4294967295x4294967295x4294967295x4294967295 need more bytes than any file "
                        "has");
}
END_TEST

START_TEST(a_header_asking_more_than_gzip_can_hold_is_refused)
{
    unsigned char bytes[sizeof images], packed[TEXT_SIZE];
    char expected[TEXT_SIZE];
    memcpy(bytes, images, sizeof images);
    memcpy(bytes + 4, ((unsigned char[]){0, 0, 0xea, 0x60, 0, 0, 0, 28, 0, 0, 0, 28}), 12);
    size_t size = pack(bytes, sizeof bytes, packed, sizeof packed);
    write_file("i", packed, size);
    memcpy(bytes, labels, 4);
    unsigned char many[TEXT_SIZE] = {0, 0, 8, 1, 0, 0, 0xea, 0x60};
    FILE *file = fopen(path_of("l"), "wb");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(many, 1, 8, file), 8);
    memset(many, 0, 8);
    for (int i = 0; i < 60000; i += 2000)
        ck_assert_uint_eq(fwrite(many, 1, 2000, file), 2000);
    ck_assert_int_eq(fclose(file), 0);
    snprintf(expected, sizeof expected,
             "DIR/i: offset 4: 60000 samples of 28x28 need 47040016 bytes, %zu bytes of gzip hold "
             "at most %zu",
             size, 1032 * size);
    check_fails(CONFIG, expected);
}
END_TEST

/* A gzip file that unpacks to these bytes and at least `zeros` zeros behind them. */
static void write_bomb(const unsigned char *begin, size_t count, size_t zeros)
{
    static const unsigned char nothing[MEBIBYTE];
    gzFile file = gzopen(path_of("i"), "wb1");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(gzwrite(file, begin, (unsigned)count), (int)count);
    for (size_t i = 0; i < zeros; i += sizeof nothing)
        ck_assert_int_eq(gzwrite(file, nothing, sizeof nothing), (int)sizeof nothing);
    ck_assert_int_eq(gzclose(file), Z_OK);
}

START_TEST(an_endless_gzip_file_takes_little_memory)
{
#if defined __has_feature
#if __has_feature(thread_sanitizer)
    return; /* its shadow counts as memory too */
#endif
#endif
    write_bomb(images, sizeof images, 128 * (size_t)MEBIBYTE);
    long before = peak_memory();
    check_fails(CONFIG, "DIR/i: offset 28: 3 samples of 2x2 need 28 bytes, the file goes on");
    ck_assert_int_lt(peak_memory() - before, 4);
}
END_TEST

/* The header asks 96 MiB, which the packed size allows; the file stops after 4 of them. */
START_TEST(memory_follows_what_was_unpacked)
{
    static const unsigned char header[] = {0, 0, 8, 2, 0, 0, 0, 3, 2, 0, 0, 0};
    static unsigned char padding[200 << 10];
    memset(padding, 'j', sizeof padding);
    write_bomb(header, sizeof header, 4 * (size_t)MEBIBYTE);
    FILE *file = fopen(path_of("i"), "ab");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(padding, 1, sizeof padding, file), sizeof padding);
    ck_assert_int_eq(fclose(file), 0);
    long before = peak_memory();
    check_fails(CONFIG, "DIR/i: offset 4194316: corrupt gzip data: incorrect header check");
    ck_assert_int_lt(peak_memory() - before, 24);
}
END_TEST

START_TEST(counts_that_differ_name_both_files)
{
    static const unsigned char two[] = {0, 0, 8, 1, 0, 0, 0, 2, 0, 1};
    write_file("l", two, sizeof two);
    check_fails(CONFIG, "DIR/i: offset 4: 3 samples of 2x2, but DIR/l has 2 labels");
}
END_TEST

START_TEST(a_label_beyond_the_classes_is_reported_with_its_offset)
{
    check_fails("data: {type: idx, classes: 2, train: {inputs: i, labels: l}}",
                "DIR/l: offset 8: label 2; with classes: 2 the largest is 1");
    write_file("ti", images, sizeof images);
    write_file("tl", labels, sizeof labels);
    static const unsigned char small[] = {0, 0, 8, 1, 0, 0, 0, 3, 1, 0, 1};
    write_file("l", small, sizeof small);
    check_fails("data: {type: idx, classes: 2, train: {inputs: i, labels: l}, "
                "test: {inputs: ti, labels: tl}}",
                "DIR/tl: offset 8: label 2; with classes: 2 the largest is 1");
}
END_TEST

START_TEST(test_data_must_be_like_the_training_data)
{
    unsigned char flat[sizeof images - 4] = {0, 0, 8, 2, 0, 0, 0, 3, 0, 0, 0, 4};
    static const unsigned char floats[16 + 48] = {0, 0, 0x0d, 3, 0, 0, 0, 3,
                                                  0, 0, 0,    2, 0, 0, 0, 2};
    write_file("tl", labels, sizeof labels);
    write_file("ti", flat, sizeof flat);
    check_fails(WITH_TEST, "DIR/ti: samples are bytes of shape (4), in the training data bytes of "
                           "shape (2, 2)");
    write_file("ti", floats, sizeof floats);
    check_fails(WITH_TEST, "DIR/ti: samples are floats of shape (2, 2), in the training data bytes "
                           "of shape (2, 2)");
    write_file("i", floats, sizeof floats);
    write_file("ti", images, sizeof images);
    check_fails(WITH_TEST, "DIR/ti: samples are bytes of shape (2, 2), in the training data floats "
                           "of shape (2, 2)");
}
END_TEST

START_TEST(only_regular_files_are_opened)
{
    remove(path_of("i"));
    check_fails(CONFIG, "DIR/i: cannot open: No such file or directory; nor is there DIR/i.gz");
    ck_assert_int_eq(mkdir(path_of("i"), 0700), 0);
    check_fails(CONFIG, "DIR/i: cannot open: it is a folder, not a file");
    ck_assert_int_eq(rmdir(path_of("i")), 0);
    ck_assert_int_eq(mkfifo(path_of("i"), 0600), 0);
    check_fails(CONFIG, "DIR/i: cannot open: it is not a regular file");
    remove(path_of("i"));
    ck_assert_int_eq(symlink("/dev/zero", path_of("i")), 0);
    check_fails(CONFIG, "DIR/i: cannot open: it is not a regular file");
}
END_TEST

START_TEST(where_mnist_is_missing_its_script_is_named)
{
    check_fails("data: {type: idx, train: {inputs: i, labels: mnist/l}}",
                "DIR/mnist/l: cannot open: No such file or directory; nor is there DIR/mnist/l.gz; "
                "datasets/fetch_mnist.sh downloads MNIST");
    check_fails("data: {type: idx, train: {inputs: i, labels: /x/l}}",
                "/x/l: cannot open: No such file or directory; nor is there /x/l.gz");
}
END_TEST

/* --- the real files --------------------------------------------------------------------------- */

static const char *mnist_folder(void)
{
    const char *named = getenv("TRAINER_MNIST");
    return named && *named ? named : TRAINER_SOURCE_DIR "/../shared/mnist";
}

START_TEST(mnist_is_read)
{
    char config[TEXT_SIZE], path[PATH_SIZE];
    const char *where = mnist_folder();
    snprintf(path, sizeof path, "%s/train-images-idx3-ubyte.gz", where);
    bool packed = access(path, R_OK) == 0;
    snprintf(path, sizeof path, "%s/train-images-idx3-ubyte", where);
    if (!packed && access(path, R_OK) != 0) {
        printf("skipped: mnist_is_read: no MNIST in %s\n", where);
        return;
    }
    snprintf(config, sizeof config,
             "data: {type: idx, train: {inputs: '%s/train-images-idx3-ubyte', "
             "labels: '%s/train-labels-idx1-ubyte'}, test: {inputs: '%s/t10k-images-idx3-ubyte', "
             "labels: '%s/t10k-labels-idx1-ubyte'}}",
             where, where, where, where);
    check_opens(config);
    const struct dataset *mnist = data.dataset;
    ck_assert_uint_eq(mnist->count[SPLIT_TRAIN], 60000);
    ck_assert_uint_eq(mnist->count[SPLIT_TEST], 10000);
    ck_assert(shape_equal(mnist->column[0].shape, shape_matrix(28, 28)));
    ck_assert_uint_eq(mnist->column[1].classes, 10);
    static const int32_t first[] = {5, 0, 4, 1, 9}, test_first[] = {7, 2, 1, 0, 4};
    ck_assert_mem_eq(mnist->column[1].values[SPLIT_TRAIN], first, sizeof first);
    ck_assert_mem_eq(mnist->column[1].values[SPLIT_TEST], test_first, sizeof test_first);
    /* row 5 of the first image, from column 12 on: the top of its 5 */
    static const unsigned char pixels[] = {3, 18, 18, 18, 126, 136, 175, 26, 166, 255, 247, 127};
    const unsigned char *image = mnist->column[0].values[SPLIT_TRAIN];
    ck_assert_mem_eq(image + 28 * 5 + 12, pixels, sizeof pixels);
    ck_assert_uint_eq(dataset_bytes(mnist), 70000 * (784 + 4));
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("dataset_idx");
    TCase *good = tcase_create("files");
    tcase_add_checked_fixture(good, set_up, tear_down);
    tcase_add_test(good, plain_and_gzip_files_give_the_same);
    tcase_add_test(good, a_well_packed_file_is_read_whole);
    tcase_add_test(good, a_missing_file_is_looked_for_as_gz);
    tcase_add_test(good, the_test_files_are_the_test_split);
    tcase_add_test(good, floats_and_doubles_are_turned_round);
    tcase_add_test(good, integers_become_floats_where_these_hold_them);
    tcase_add_test(good, labels_may_be_wider_than_a_byte_and_have_columns);
    tcase_add_test(good, labels_may_begin_elsewhere);
    tcase_add_test(good, scale_and_classes_can_be_set);
    tcase_add_test(good, described_data_has_shapes_and_no_values);
    tcase_add_test(good, mnist_is_read);
    tcase_set_timeout(good, 60);
    suite_add_tcase(suite, good);

    TCase *bad = tcase_create("files that lie");
    tcase_add_checked_fixture(bad, set_up, tear_down);
    tcase_add_loop_test(bad, every_truncation_is_one_line, 0, 2);
    tcase_add_test(bad, every_truncation_of_the_gzip_file_is_one_line);
    tcase_add_test(bad, a_changed_byte_of_a_gzip_file_never_changes_the_data);
    tcase_add_test(bad, the_offset_says_where_a_file_ends);
    tcase_add_test(bad, bytes_behind_the_last_value_are_an_error);
    tcase_add_test(bad, corrupt_gzip_data_is_named);
    tcase_add_loop_test(bad, extreme_header_words_are_one_line_and_little_memory, 0, 2);
    tcase_add_test(bad, magic_numbers_are_checked);
    tcase_add_test(bad, labels_given_as_inputs_are_refused);
    tcase_add_test(bad, empty_dimensions_and_impossible_sizes_are_reported);
    tcase_add_test(bad, a_header_asking_more_than_gzip_can_hold_is_refused);
    tcase_add_test(bad, an_endless_gzip_file_takes_little_memory);
    tcase_add_test(bad, memory_follows_what_was_unpacked);
    tcase_add_test(bad, counts_that_differ_name_both_files);
    tcase_add_test(bad, a_label_beyond_the_classes_is_reported_with_its_offset);
    tcase_add_test(bad, test_data_must_be_like_the_training_data);
    tcase_add_test(bad, a_value_that_is_not_finite_is_reported);
    tcase_add_test(bad, only_regular_files_are_opened);
    tcase_add_test(bad, where_mnist_is_missing_its_script_is_named);
    tcase_set_timeout(bad, 60);
    suite_add_tcase(suite, bad);

    return suite_run(suite, SUITE_FORKED);
}
