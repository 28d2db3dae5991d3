/*
 * eval_file.c - evaluations as an HDF5 file: the groups and datasets are the members of the JSON.
 */
#include "base/error.h"
#include "base/file.h"
#include "eval_report.h"
#include "hdf5/hdf5_image.h"

#include <stdlib.h>

static void put(struct image *image, hid_t group, const char *name, struct shape shape, bool whole,
                const void *data)
{
    hid_t dataset =
        image_dataset(image, group,
                      &(struct image_array){.name = name,
                                            .long_name = name,
                                            .units = "",
                                            .shape = shape,
                                            .stored = whole ? H5T_STD_I64LE : H5T_IEEE_F64LE,
                                            .given = whole ? H5T_NATIVE_INT64 : H5T_NATIVE_DOUBLE,
                                            .data = data});
    image_close(image, dataset);
}

static void put_real(struct image *image, hid_t group, const char *name, double value)
{
    put(image, group, name, shape_scalar(), false, &value);
}

static void put_classes(struct image *image, hid_t group, const struct eval_report *report,
                        const struct class_scores *scores)
{
    put(image, group, "confusion_matrix", shape_matrix(scores->classes, scores->classes), true,
        scores->confusion);
    hid_t all = image_group(image, group, "per_class");
    for (size_t c = 0; c < scores->classes; c++) {
        char name[EVAL_CLASS_SIZE];
        hid_t one = image_group(image, all, eval_class_name(report, c, name));
        put_real(image, one, "precision", scores->precision[c]);
        put_real(image, one, "recall", scores->recall[c]);
        put_real(image, one, "f1", scores->f1[c]);
        put(image, one, "support", shape_scalar(), true, &scores->support[c]);
        image_close(image, one);
    }
    image_close(image, all);
}

static void put_split(struct image *image, const struct eval_report *report,
                      const struct eval_split *split)
{
    int64_t samples = (int64_t)split->samples;
    hid_t group = image_group(image, image->file, split->name);
    put(image, group, "samples", shape_scalar(), true, &samples);
    put_real(image, group, "loss", split->loss);
    for (size_t i = 0; i < registry_count(FAMILY_METRIC); i++)
        if (evaluate_applies(&report->task, i))
            put_real(image, group, registry_at(FAMILY_METRIC, i)->name, split->metric[i]);
    put_real(image, group, "baseline", split->baseline);
    if (split->classes.classes > 0)
        put_classes(image, group, report, &split->classes);
    image_close(image, group);
}

int eval_file_write(const struct eval_report *report, const char *path)
{
    enum { EXPECTED = 1 << 14 };
    struct image image;
    void *bytes = NULL;
    size_t count = 0;
    hdf5_enter();
    image_open(&image, path, EXPECTED);
    image_text(&image, image.file, "run", report->run);
    image_number(&image, image.file, "steps", report->steps);
    for (size_t s = 0; s < report->splits; s++)
        put_split(&image, report, &report->split[s]);
    int rc = image_finish(&image, &bytes, &count);
    hdf5_leave();
    if (rc == TRAINER_OK)
        rc = file_replace(path, bytes, count);
    free(bytes);
    return rc;
}
