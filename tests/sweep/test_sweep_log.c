/*
 * test_sweep_log.c - events to lines and back, whatever happened to the file.
 */
#include "base/error.h"
#include "support/folder.h"
#include "support/suite.h"
#include "support/sweep_sample.h"
#include "sweep/sweep_log.h"

#include <check.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { MOST = 64, TEXT_SIZE = 512 };

#define ID "0123456789abcdef"

/* What was read. */
struct reading {
    struct sweep_entry entry[MOST];
    char text[MOST][TEXT_SIZE];
    size_t count, skipped;
};

static int note(void *context, const struct sweep_entry *entry)
{
    struct reading *reading = context;
    ck_assert_uint_lt(reading->count, MOST);
    reading->entry[reading->count] = *entry;
    snprintf(reading->text[reading->count++], TEXT_SIZE, "%s", entry->text ? entry->text : "");
    if (entry->event != SWEEP_EVENT_NOTE)
        ck_assert_str_eq(entry->trial, ID);
    return TRAINER_OK;
}

static void read_all(struct reading *reading)
{
    reading->count = 0;
    int rc = sweep_log_read("log.jsonl", note, reading, &reading->skipped);
    ck_assert_msg(rc == TRAINER_OK, "%s", error_text());
}

static void append(const struct sweep_entry *entries, size_t count)
{
    struct sweep_log *log;
    ck_assert_int_eq(sweep_log_open(&log, "log.jsonl"), TRAINER_OK);
    for (size_t i = 0; i < count; i++)
        ck_assert_int_eq(sweep_log_append(log, &entries[i]), TRAINER_OK);
    sweep_log_close(log);
}

static const struct sweep_entry samples[] = {
    {.event = SWEEP_EVENT_STARTED, .trial = ID},
    {.event = SWEEP_EVENT_REPORTED, .trial = ID, .rung = 2, .value = 0.1, .go_on = true},
    {.event = SWEEP_EVENT_REPORTED, .trial = ID, .rung = 3, .value = (double)NAN},
    {.event = SWEEP_EVENT_ENDED,
     .trial = ID,
     .status = SWEEP_TRIAL_FAILED,
     .seconds = 1.25,
     .text = "a \"quoted\" \\ line\nand\ttab, ü, ${HOME}"},
    {.event = SWEEP_EVENT_NOTE, .text = "done"},
};
enum { SAMPLES = sizeof samples / sizeof *samples };

START_TEST(what_is_written_is_read_back)
{
    static struct reading reading;
    append(samples, SAMPLES);
    read_all(&reading);
    ck_assert_uint_eq(reading.count, SAMPLES);
    ck_assert_uint_eq(reading.skipped, 0);
    for (size_t i = 0; i < SAMPLES; i++) {
        const struct sweep_entry *read = &reading.entry[i], *wrote = &samples[i];
        ck_assert_int_eq(read->event, wrote->event);
        ck_assert_int_eq(read->rung, wrote->rung);
        ck_assert(read->value == wrote->value || (isnan(read->value) && isnan(wrote->value)));
        ck_assert_int_eq(read->go_on, wrote->go_on);
        ck_assert_int_eq(read->status, wrote->status);
        ck_assert_double_eq(read->seconds, wrote->seconds);
        ck_assert_str_eq(reading.text[i], wrote->text ? wrote->text : "");
        ck_assert_double_gt(read->time, 1.7e9);
    }
}
END_TEST

START_TEST(an_event_is_one_line_of_json)
{
    char text[TEXT_SIZE] = "";
    append(&samples[1], 1);
    FILE *file = fopen("log.jsonl", "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_ptr_nonnull(fgets(text, sizeof text, file));
    ck_assert_int_eq(fgetc(file), EOF);
    fclose(file);
    ck_assert_str_eq(strstr(text, ", \"event\""),
                     ", \"event\": \"reported\", \"trial\": \"" ID
                     "\", \"rung\": 2, \"value\": 0.1, \"go_on\": true}\n");
}
END_TEST

START_TEST(a_log_that_is_not_there_has_no_events)
{
    static struct reading reading;
    read_all(&reading);
    ck_assert_uint_eq(reading.count, 0);
}
END_TEST

/* Cut at every byte: what was whole is read, and what is appended later too. */
START_TEST(a_torn_line_is_passed_over)
{
    static struct reading reading;
    append(samples, 2);
    FILE *file = fopen("log.jsonl", "r");
    ck_assert_ptr_nonnull(file);
    fseek(file, 0, SEEK_END);
    long size = ftell(file);
    fclose(file);
    for (long cut = 1; cut < size; cut++) {
        ck_assert_int_eq(unlink("log.jsonl"), 0);
        append(samples, 2);
        ck_assert_int_eq(truncate("log.jsonl", size - cut), 0);
        read_all(&reading);
        size_t whole = reading.count;
        ck_assert_uint_le(whole, 2);
        append(&samples[4], 1);
        read_all(&reading);
        ck_assert_uint_eq(reading.count, whole + 1);
        ck_assert_uint_le(reading.skipped, 1);
        ck_assert_str_eq(reading.text[whole], "done");
    }
}
END_TEST

static const char *const strange[] = {
    "",
    "{}",
    "null",
    "{\"time\": 1, \"event\": \"note\"}",
    "{\"time\": 1, \"event\": \"noted\", \"text\": \"a\"}",
    "{\"time\": 1, \"event\": \"note\", \"text\": \"a\"} x",
    "{\"time\": 1, \"event\": \"note\", \"text\": 5}",
    "{\"time\": \"1\", \"event\": \"note\", \"text\": \"a\"}",
    "{\"time\": 1, \"event\": \"note\", \"text\": \"a\\u00fc\"}",
    "{\"time\": 1, \"event\": \"note\", \"text\": \"a\\",
    "{\"time\": 1, \"event\": \"note\", \"text\": \"\\u00",
    "{\"time\": 1, \"event\": \"started\", \"trial\": \"0123456789abcdef0\"}",
    "{\"time\": 1, \"event\": \"reported\", \"trial\": \"a\", \"rung\": -1, \"value\": 1, "
    "\"go_on\": true}",
    "{\"time\": 1, \"event\": \"ended\", \"trial\": \"a\", \"status\": \"lost\", \"seconds\": 1, "
    "\"text\": \"\"}",
    "\xff\xfe",
};
enum { STRANGE = sizeof strange / sizeof *strange };

START_TEST(a_line_that_is_no_event_is_passed_over)
{
    static struct reading reading;
    folder_write("log.jsonl", strange[_i]);
    append(&samples[4], 1);
    read_all(&reading);
    ck_assert_uint_eq(reading.count, 1);
    ck_assert_uint_eq(reading.skipped, strange[_i][0] != '\0');
}
END_TEST

START_TEST(keys_that_are_not_known_are_passed_over)
{
    static struct reading reading;
    folder_write("log.jsonl", "{\"more\": \"x\", \"time\": 1,\"event\":\"note\" , \"text\": "
                              "\"a\\/b\\u0041\", \"n\": null}\r\n");
    read_all(&reading);
    ck_assert_uint_eq(reading.count, 1);
    ck_assert_str_eq(reading.text[0], "a/bA");
}
END_TEST

START_TEST(what_is_appended_can_be_synced)
{
    static struct reading reading;
    struct sweep_log *log;
    ck_assert_int_eq(sweep_log_open(&log, "log.jsonl"), TRAINER_OK);
    ck_assert_int_eq(sweep_log_append(log, &samples[4]), TRAINER_OK);
    ck_assert_int_eq(sweep_log_sync(log), TRAINER_OK);
    sweep_log_close(log);
    read_all(&reading);
    ck_assert_uint_eq(reading.count, 1);
}
END_TEST

static int note_length(void *context, const struct sweep_entry *entry)
{
    size_t *length = context;
    *length = strspn(entry->text, "\"");
    return strlen(entry->text) == *length ? TRAINER_OK : TRAINER_FAILED;
}

START_TEST(a_long_text_is_kept_whole)
{
    static char text[100000];
    size_t length = 0, skipped = 0;
    memset(text, '"', sizeof text - 1);
    append(&(struct sweep_entry){.event = SWEEP_EVENT_NOTE, .text = text}, 1);
    ck_assert_int_eq(sweep_log_read("log.jsonl", note_length, &length, &skipped), TRAINER_OK);
    ck_assert_uint_eq(length, sizeof text - 1);
    ck_assert_uint_eq(skipped, 0);
}
END_TEST

START_TEST(a_log_that_cannot_be_written_is_told)
{
    struct sweep_log *log;
    ck_assert_int_eq(sweep_log_open(&log, "no/log.jsonl"), TRAINER_FAILED);
    ck_assert_str_eq(error_text(), "no/log.jsonl: cannot open: No such file or directory");
    ck_assert_ptr_null(log);
    if (sweep_log_open(&log, "/dev/full") == TRAINER_OK) {
        ck_assert_int_eq(sweep_log_append(log, &samples[0]), TRAINER_FAILED);
        ck_assert_str_eq(error_text(), "/dev/full: cannot write: No space left on device");
        sweep_log_close(log);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("sweep_log");
    TCase *tcase = tcase_create("sweep_log");
    tcase_add_checked_fixture(tcase, sweep_sample_start, folder_leave);
    tcase_add_test(tcase, what_is_written_is_read_back);
    tcase_add_test(tcase, an_event_is_one_line_of_json);
    tcase_add_test(tcase, a_log_that_is_not_there_has_no_events);
    tcase_add_test(tcase, a_torn_line_is_passed_over);
    tcase_add_test(tcase, keys_that_are_not_known_are_passed_over);
    tcase_add_test(tcase, what_is_appended_can_be_synced);
    tcase_add_test(tcase, a_long_text_is_kept_whole);
    tcase_add_test(tcase, a_log_that_cannot_be_written_is_told);
    tcase_add_loop_test(tcase, a_line_that_is_no_event_is_passed_over, 0, STRANGE);
    suite_add_tcase(suite, tcase);
    return suite_run(suite, SUITE_FORKED);
}
