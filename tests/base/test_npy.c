/*
 * test_npy.c - headers of .npy files: what they say, and what is refused.
 */
#include "base/error.h"
#include "base/npy.h"
#include "support/folder.h"
#include "support/suite.h"

#include <stdio.h>
#include <string.h>

/* A file of format 1.0 with this dict. */
static int read_dict(const char *dict, struct npy *npy)
{
    char bytes[512] = "\x93NUMPY\x01";
    size_t length = strlen(dict);
    bytes[8] = (char)length;
    memcpy(bytes + 10, dict, length);
    folder_write_bytes("a.npy", bytes, 10 + length);
    struct data_file *source;
    error_clear();
    ck_assert_int_eq(data_file_open(&source, "a.npy", NULL), TRAINER_OK);
    int rc = npy_read(source, npy);
    data_file_close(source);
    return rc;
}

START_TEST(a_header_says_type_order_and_shape)
{
    struct npy npy;
    folder_enter();
    ck_assert_int_eq(
        read_dict("{'descr': '<f4', 'fortran_order': False, 'shape': (60000, 28, 28), }   \n",
                  &npy),
        TRAINER_OK);
    ck_assert_int_eq(npy.type, NPY_FLOAT);
    ck_assert_uint_eq(npy.size, 4);
    ck_assert(!npy.big_endian && !npy.fortran);
    ck_assert_int_eq(npy.rank, 3);
    ck_assert_uint_eq(npy.dim[0], 60000);
    ck_assert_uint_eq(npy.dim[2], 28);
    ck_assert_uint_eq(npy.bytes, 4ull * 60000 * 28 * 28);
    ck_assert_uint_eq(npy.begin, 10 + 72);
    folder_leave();
}
END_TEST

START_TEST(types_of_numbers_and_text_are_known)
{
    static const struct {
        const char *descr;
        enum npy_type type;
        size_t size;
        bool big_endian;
    } known[] = {{"|b1", NPY_BOOL, 1, false},     {"|u1", NPY_UNSIGNED, 1, false},
                 {"<i8", NPY_INTEGER, 8, false},  {">i2", NPY_INTEGER, 2, true},
                 {"<f2", NPY_FLOAT, 2, false},    {">f8", NPY_FLOAT, 8, true},
                 {"<U3", NPY_UNICODE, 12, false}, {"|S5", NPY_BYTES, 5, false}};
    char dict[128];
    struct npy npy;
    folder_enter();
    snprintf(dict, sizeof dict, "{'descr': '%s', 'fortran_order': True, 'shape': (7,)}",
             known[_i].descr);
    ck_assert_int_eq(read_dict(dict, &npy), TRAINER_OK);
    ck_assert_int_eq(npy.type, known[_i].type);
    ck_assert_uint_eq(npy.size, known[_i].size);
    ck_assert(npy.big_endian == known[_i].big_endian && npy.fortran);
    ck_assert_uint_eq(npy.bytes, 7 * known[_i].size);
    folder_leave();
}
END_TEST

START_TEST(other_types_are_refused_by_name)
{
    static const struct {
        const char *descr, *why;
    } refused[] = {
        {"'|O'", "type '|O', Python objects; expected numbers or text"},
        {"'<c8'", "type '<c8', complex numbers; expected numbers or text"},
        {"'<M8[ns]'", "type '<M8[ns]', dates; expected numbers or text"},
        {"'|V8'", "type '|V8', structures; expected numbers or text"},
        {"[('a', '<f4')]", "a structured type; expected numbers or text"},
        {"'<f16'", "type '<f16', a size that is not read; expected numbers or text"},
    };
    char dict[128], message[160];
    struct npy npy;
    folder_enter();
    snprintf(dict, sizeof dict, "{'descr': %s, 'fortran_order': False, 'shape': (7,)}",
             refused[_i].descr);
    snprintf(message, sizeof message, "a.npy: offset 10: %s", refused[_i].why);
    ck_assert_int_eq(read_dict(dict, &npy), TRAINER_INVALID);
    ck_assert_str_eq(error_text(), message);
    folder_leave();
}
END_TEST

START_TEST(a_damaged_header_is_one_line)
{
    static const char *const damaged[] = {
        "",
        "{",
        "{}",
        "{'descr': '<f4'}",
        "{'descr': '<f4', 'descr': '<f4', 'fortran_order': False, 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': 0, 'shape': ()}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-1,)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2)}",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,)} import os",
        "{'descr': '<', 'fortran_order': False, 'shape': (1,)}",
    };
    struct npy npy;
    folder_enter();
    ck_assert_int_eq(read_dict(damaged[_i], &npy), TRAINER_INVALID);
    ck_assert_int_eq(error_count(), 1);
    folder_leave();
}
END_TEST

START_TEST(sizes_saturate)
{
    struct npy npy;
    folder_enter();
    ck_assert_int_eq(read_dict("{'descr': '<f8', 'fortran_order': False, 'shape': "
                               "(18446744073709551615, 18446744073709551615)}",
                               &npy),
                     TRAINER_OK);
    ck_assert(npy.bytes == UINT64_MAX);
    ck_assert_int_eq(read_dict("{'descr': '<f8', 'fortran_order': False, 'shape': (0, 5)}", &npy),
                     TRAINER_OK);
    ck_assert_uint_eq(npy.bytes, 0);
    folder_leave();
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("npy");
    TCase *one = tcase_create("one");
    tcase_add_test(one, a_header_says_type_order_and_shape);
    tcase_add_loop_test(one, types_of_numbers_and_text_are_known, 0, 8);
    tcase_add_loop_test(one, other_types_are_refused_by_name, 0, 6);
    tcase_add_loop_test(one, a_damaged_header_is_one_line, 0, 10);
    tcase_add_test(one, sizes_saturate);
    suite_add_tcase(suite, one);
    return suite_run(suite, SUITE_FORKED);
}
