/*
 * run_page_provenance.c - every root attribute of the run's file, and commands to copy.
 */
#include "base/error.h"
#include "base/html.h"
#include "display/format.h"
#include "run_page_sections.h"

#include <stdio.h>

static void add_facts(struct page *page, const struct runfile_view *view)
{
    page_table(page, "provenance", "The root attributes of the run's file");
    page_row(page);
    page_heading(page, "attribute");
    page_heading(page, "value");
    for (size_t i = 0; i < view->attributes; i++) {
        page_row(page);
        page_row_heading(page, view->attribute[i].name);
        page_cell(page, view->attribute[i].text);
    }
    page_table_end(page);
}

/* A command: words of the program, then a path as a shell takes it, then the rest. */
static int add_command(struct page *page, const char *heading, const char *before, const char *path,
                       const char *after)
{
    struct text line = {0};
    text_string(&line, before);
    text_shell_word(&line, path);
    text_string(&line, after);
    page_element(page, "h3", "%s", heading);
    page_element(page, "pre", "%s", text_get(&line));
    int rc = text_status(&line);
    text_free(&line);
    return rc;
}

static int add_python(struct page *page, const char *path)
{
    struct text word = {0};
    html_json(&word, path); /* a text of Python too */
    page_element(page, "h3", "Open it from Python");
    page_element(page, "pre",
                 "import xarray\n"
                 "epochs = xarray.open_dataset(%s, group=\"metrics/epoch\", engine=\"h5netcdf\")\n"
                 "print(epochs.to_dataframe())",
                 text_get(&word));
    int rc = text_status(&word);
    text_free(&word);
    return rc;
}

/* " max_steps=4000" of a run that ended because "max_steps is 2000"; "" where no bound ended it. */
static void train_longer(char *words, size_t size, const char *reason)
{
    char bound[16];
    double value;
    words[0] = '\0';
    if (sscanf(reason, "max_%15[a-z] is %lf", bound, &value) == 2)
        snprintf(words, size, " max_%s=%.10g", bound, 2 * value);
}

int run_page_provenance(struct page *page, struct page_run *run)
{
    const struct run_place *place = &run->record->place;
    page_section(page, "provenance", "Provenance");
    if (!place->file)
        return TRAINER_OK;
    add_facts(page, &run->record->view);
    int rc = add_command(page, "Repeat it", "trainer config ", place->file,
                         " > again.yaml && trainer again.yaml");
    char longer[64];
    train_longer(longer, sizeof longer, run->record->view.facts.reason);
    if (rc == TRAINER_OK)
        rc = add_command(page, *longer ? "Train it longer" : "Resume it", "trainer resume ",
                         place->folder, longer);
    if (rc == TRAINER_OK)
        rc = add_command(page, "Measure it", "trainer eval ", place->file, "");
    return rc == TRAINER_OK ? add_python(page, place->file) : rc;
}
