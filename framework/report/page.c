/*
 * page.c - one HTML document that needs nothing else.
 */
#include "page.h"
#include "base/error.h"
#include "base/file.h"
#include "base/html.h"
#include "base/number.h"
#include "base/sha256.h"

#include <math.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* How every page begins: page_check_path knows a report by it. */
static const char beginning[] = "<!DOCTYPE html>\n"
                                "<html lang=\"en\">\n"
                                "<head>\n"
                                "<meta charset=\"utf-8\">\n"
                                "<meta name=\"generator\" content=\"trainer report\">\n";

/* --- text --- */

static void add_escaped(struct text *out, const char *format, va_list arguments)
    __attribute__((format(printf, 2, 0)));

static void add_escaped(struct text *out, const char *format, va_list arguments)
{
    char *plain = NULL;
    if (vasprintf(&plain, format, arguments) < 0) {
        out->failed = true;
        return;
    }
    html_text(out, plain);
    free(plain);
}

void page_markup(struct page *page, const char *markup)
{
    text_string(&page->body, markup);
}

void page_text(struct page *page, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    add_escaped(&page->body, format, arguments);
    va_end(arguments);
}

void page_element(struct page *page, const char *element, const char *format, ...)
{
    va_list arguments;
    text_print(&page->body, "<%s>", element);
    va_start(arguments, format);
    add_escaped(&page->body, format, arguments);
    va_end(arguments);
    text_print(&page->body, "</%.*s>\n", (int)strcspn(element, " "), element);
}

/* A name of any length and direction, apart from the text around it. */
static void add_name(struct page *page, const char *name)
{
    page_markup(page, "<bdi>");
    html_text(&page->body, name);
    page_markup(page, "</bdi>");
}

/* --- the document --- */

void page_open(struct page *page, const char *title)
{
    html_text(&page->title, title);
}

void page_script(struct page *page, struct page_file script)
{
    if (page->scripts < PAGE_SCRIPTS_MAX)
        page->script[page->scripts++] = script;
}

static void end_section(struct page *page)
{
    if (page->section)
        page_markup(page, "</section>\n");
    page->section = false;
}

void page_section(struct page *page, const char *id, const char *heading)
{
    end_section(page);
    page->section = true;
    text_print(&page->body, "<section aria-labelledby=\"%s\">\n<h2 id=\"%s\">", id, id);
    html_text(&page->body, heading);
    page_markup(page, "</h2>\n");
    text_print(&page->links, "<li><a href=\"#%s\">", id);
    html_text(&page->links, heading);
    text_string(&page->links, "</a></li>\n");
}

/* 'sha256-...', as a Content-Security-Policy names what may run. */
static void add_hash(struct text *out, struct page_file file)
{
    uint8_t digest[SHA256_SIZE];
    sha256(file.bytes, file.count, digest);
    text_string(out, " 'sha256-");
    html_base64(out, digest, sizeof digest);
    text_string(out, "'");
}

static void add_head(struct page *page)
{
    struct text *out = &page->document;
    text_string(out, beginning);
    text_string(out, "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
                     "img-src data:; base-uri 'none'; form-action 'none'; style-src");
    add_hash(out, page_file_style());
    text_string(out, "; script-src");
    if (page_file_chart().count > 0 && !page->plain)
        add_hash(out, page_file_chart());
    add_hash(out, page_file_script());
    for (size_t i = 0; i < page->scripts; i++)
        add_hash(out, page->script[i]);
    text_string(out, "\">\n"
                     "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
                     "<meta name=\"color-scheme\" content=\"light dark\">\n<title>");
    text_add(out, text_get(&page->title), page->title.length);
    text_string(out, "</title>\n<style>");
    text_add(out, page_file_style().bytes, page_file_style().count);
    text_string(out, "</style>\n</head>\n");
}

static void add_script(struct text *out, struct page_file file)
{
    if (file.count == 0)
        return;
    text_string(out, "<script>");
    text_add(out, file.bytes, file.count);
    text_string(out, "</script>\n");
}

static void add_footer(struct text *out, bool plain)
{
    text_string(out, "<footer>\n<p>Made by <code>trainer report</code>. This file needs no network "
                     "and no other file.</p>\n");
    if (plain) {
        text_string(out, "</footer>\n");
        return;
    }
    if (page_file_chart().count > 0) {
        text_string(out, "<details><summary>Licence of Chart.js, which is part of this "
                         "page</summary>\n<pre>");
        struct page_file licence = page_file_licence();
        text_add(out, licence.bytes, licence.count);
        text_string(out, "</pre></details>\n");
    } else {
        text_string(out,
                    "<p>The curves of this page cannot be looked into: the program was "
                    "built without Chart.js, of the package <code>libjs-chart.js</code>.</p>\n");
    }
    text_string(out, "</footer>\n");
}

void page_close(struct page *page)
{
    struct text *out = &page->document;
    end_section(page);
    add_head(page);
    text_string(out, "<body>\n<a class=\"skip\" href=\"#main\">Skip to the content</a>\n<header>\n"
                     "<h1>");
    text_add(out, text_get(&page->title), page->title.length);
    text_string(out, "</h1>\n</header>\n<nav aria-label=\"Sections\"><ul>\n");
    text_add(out, text_get(&page->links), page->links.length);
    text_string(out, "</ul></nav>\n<main id=\"main\" tabindex=\"-1\">\n");
    text_add(out, text_get(&page->body), page->body.length);
    text_string(out, "</main>\n");
    add_footer(out, page->plain);
    text_string(out, "<script type=\"application/json\" id=\"data\">{");
    text_add(out, text_get(&page->data), page->data.length);
    text_string(out, "}</script>\n");
    if (!page->plain)
        add_script(out, page_file_chart());
    add_script(out, page_file_script());
    for (size_t i = 0; i < page->scripts; i++)
        add_script(out, page->script[i]);
    text_string(out, "</body>\n</html>\n");
    out->failed |= page->title.failed | page->links.failed | page->body.failed | page->data.failed;
}

void page_free(struct page *page)
{
    text_free(&page->title);
    text_free(&page->links);
    text_free(&page->body);
    text_free(&page->data);
    text_free(&page->document);
}

/* --- elements --- */

void page_details(struct page *page, const char *summary)
{
    page_markup(page, "<details><summary>");
    html_text(&page->body, summary);
    page_markup(page, "</summary>\n");
}

void page_details_end(struct page *page)
{
    page_markup(page, "</details>\n");
}

void page_table(struct page *page, const char *name, const char *caption)
{
    page_markup(page, "<div class=\"scroll\" role=\"region\" tabindex=\"0\" aria-label=\"");
    html_text_cut(&page->body, caption, 200);
    page_markup(page, "\"><table data-name=\"");
    html_text(&page->body, name);
    page_markup(page, "\"><caption>");
    html_text(&page->body, caption);
    page_markup(page, "</caption>\n");
}

static void begin_row(struct page *page, const char *tag)
{
    page_markup(page, page->row ? "</tr>\n" : "");
    page_markup(page, tag);
    page->row = true;
}

void page_row(struct page *page)
{
    begin_row(page, "<tr>");
}

void page_row_marked(struct page *page)
{
    begin_row(page, "<tr class=\"mark\">");
}

void page_heading(struct page *page, const char *heading)
{
    page_markup(page, "<th scope=\"col\">");
    add_name(page, heading);
    page_markup(page, "</th>");
}

void page_row_heading(struct page *page, const char *heading)
{
    page_markup(page, "<th scope=\"row\">");
    add_name(page, heading);
    page_markup(page, "</th>");
}

void page_cell(struct page *page, const char *text)
{
    page_markup(page, "<td>");
    add_name(page, text);
    page_markup(page, "</td>");
}

void page_number(struct page *page, double value, int digits)
{
    char number[NUMBER_SIZE];
    text_print(&page->body, "<td class=\"n\">%s</td>",
               isnan(value) ? "-" : number_text(value, digits, number));
}

void page_table_end(struct page *page)
{
    page_markup(page, page->row ? "</tr>\n" : "");
    page->row = false;
    page_markup(page, "</table></div>\n");
}

void page_figure(struct page *page, const char *id, const char *description, const char *picture)
{
    text_print(&page->body, "<figure id=\"%s\">\n<div class=\"picture\">", id);
    page_markup(page, picture);
    page_markup(page, "</div>\n<figcaption>");
    html_text(&page->body, description);
    page_markup(page, "</figcaption>\n");
}

void page_figure_end(struct page *page)
{
    page_markup(page, "</figure>\n");
}

/* --- data --- */

/* What stands before a value: a comma and its key. */
static void begin_value(struct page *page, const char *key)
{
    if (page->some)
        text_string(&page->data, ",");
    if (key) {
        html_json(&page->data, key);
        text_string(&page->data, ":");
    }
    page->some = true;
}

void page_data_open(struct page *page, const char *key, char bracket)
{
    begin_value(page, key);
    text_add(&page->data, &bracket, 1);
    page->some = false;
}

void page_data_close(struct page *page, char bracket)
{
    text_add(&page->data, &bracket, 1);
    page->some = true;
}

void page_data_text(struct page *page, const char *key, const char *value)
{
    begin_value(page, key);
    html_json(&page->data, value);
}

void page_data_number(struct page *page, const char *key, double value)
{
    char number[NUMBER_SIZE];
    begin_value(page, key);
    text_string(&page->data, isfinite(value) ? number_text(value, 0, number) : "null");
}

void page_data_column(struct page *page, const char *key, const double *value, size_t count,
                      size_t stride)
{
    enum { PIECE = 3 * 256 }; /* numbers whose bytes are whole groups of base64 */
    float piece[PIECE];
    begin_value(page, key);
    text_string(&page->data, "\"");
    for (size_t done = 0, taken; done < count; done += taken) {
        taken = count - done < PIECE ? count - done : PIECE;
        for (size_t i = 0; i < taken; i++)
            piece[i] = (float)value[(done + i) * stride];
        html_base64(&page->data, piece, taken * sizeof *piece);
    }
    text_string(&page->data, "\"");
}

void page_data_bytes(struct page *page, const char *key, const void *bytes, size_t count)
{
    begin_value(page, key);
    text_string(&page->data, "\"");
    html_base64(&page->data, bytes, count);
    text_string(&page->data, "\"");
}

/* --- the file --- */

int page_check_path(const char *path)
{
    char start[sizeof beginning - 1];
    struct stat facts;
    if (stat(path, &facts) != 0)
        return TRAINER_OK;
    FILE *file = S_ISREG(facts.st_mode) ? fopen(path, "rbe") : NULL;
    bool ours = file && fread(start, 1, sizeof start, file) == sizeof start &&
                memcmp(start, beginning, sizeof start) == 0;
    if (file)
        fclose(file);
    return ours ? TRAINER_OK
                : error_set(TRAINER_INVALID,
                            "%s: is there and was not written by `trainer report`; expected "
                            "another name, by -o",
                            path);
}

int page_write(struct page *page, const char *path)
{
    int rc = text_status(&page->document);
    if (rc == TRAINER_OK)
        rc = page_check_path(path);
    return rc == TRAINER_OK ? file_replace(path, text_get(&page->document), page->document.length)
                            : rc;
}
