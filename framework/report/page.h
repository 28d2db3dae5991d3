/*
 * page.h - one HTML document that needs nothing else: no network, no script to be read.
 *
 *     struct page page = {0};
 *     page_open(&page, "two_layer");
 *     page_section(&page, "curves", "Curves");
 *     page_element(&page, "p", "%s: 100 steps", name);
 *     page_close(&page);
 *     rc = page_write(&page, "report.html");
 *     page_free(&page);
 *
 * Text is escaped by whatever takes it; only page_markup takes markup, and is given literals alone.
 * Styles are classes of page.css: the page's Content-Security-Policy forbids every other style, all
 * scripts but the page's own, and every request. Memory that ran out shows in page_write.
 *
 * For its script a page carries JSON, the element #data:
 *
 *     page_data_open(&page, "plots", '[');
 *     page_data_open(&page, NULL, '{');
 *     page_data_text(&page, "id", "loss");
 *     page_data_column(&page, "y", y, count, 1);    base64 of little-endian float32
 *     page_data_close(&page, '}');
 *     page_data_close(&page, ']');
 */
#ifndef TRAINER_PAGE_H
#define TRAINER_PAGE_H

#include "base/text.h"
#include "page_files.h"

#include <stdbool.h>
#include <stddef.h>

enum { PAGE_SCRIPTS_MAX = 4 };

struct page {
    struct text body, links, data; /* main; the links to its sections; JSON members */
    struct text title;             /* escaped */
    struct text document;          /* behind page_close: all of it */
    bool section, row;             /* one is open */
    bool some;                     /* of data: something stands before in what is open */
    struct page_file script[PAGE_SCRIPTS_MAX]; /* behind page.js */
    size_t scripts;
    bool plain; /* without Chart.js: it draws nothing here */
};

/* page is zeroed. The title is the page's h1. */
void page_open(struct page *page, const char *title);

/* A script of this page's kind, behind page.js. */
void page_script(struct page *page, struct page_file script);

/* Begins a section with an h2, and ends the one before. id: a literal. */
void page_section(struct page *page, const char *id, const char *heading);

/* Ends the last section and puts the document together. */
void page_close(struct page *page);
void page_free(struct page *page);

/* Markup as it is; printf, escaped; and that as an element: "p", "h3", "p class=\"note\"". */
void page_markup(struct page *page, const char *markup);
__attribute__((format(printf, 2, 3))) void page_text(struct page *page, const char *format, ...);
__attribute__((format(printf, 3, 4))) void page_element(struct page *page, const char *element,
                                                        const char *format, ...);

/* What a reader opens by hand: printed, it stays closed. */
void page_details(struct page *page, const char *summary);
void page_details_end(struct page *page);

/* A table in a box that scrolls by itself: a caption, a row of headings, rows. name: of the file
 * that it is saved as. */
void page_table(struct page *page, const char *name, const char *caption);
void page_row(struct page *page);
void page_row_marked(struct page *page); /* in bold */
void page_heading(struct page *page, const char *heading);
void page_row_heading(struct page *page, const char *heading);
void page_cell(struct page *page, const char *text);

/* The fewest digits that read back as the same number, or so many; "-" for NaN. */
void page_number(struct page *page, double value, int digits);
void page_table_end(struct page *page);

/* A plot: its description in a sentence, a static picture as markup ("": none), and what
 * page_figure_end closes. id: a literal, by which its script finds it. */
void page_figure(struct page *page, const char *id, const char *description, const char *picture);
void page_figure_end(struct page *page);

/* Members of the page's data; key NULL in lists. bracket: one of {[ and then ]}. */
void page_data_open(struct page *page, const char *key, char bracket);
void page_data_close(struct page *page, char bracket);
void page_data_text(struct page *page, const char *key, const char *value);
void page_data_number(struct page *page, const char *key, double value);
/* value[0], value[stride], ...: count of them. */
void page_data_column(struct page *page, const char *key, const double *value, size_t count,
                      size_t stride);
/* Numbers of another kind than float32: their bytes in base64. */
void page_data_bytes(struct page *page, const char *key, const void *bytes, size_t count);

/* TRAINER_INVALID where there is something at path that no report wrote. */
int page_check_path(const char *path);

/* Writes the closed page: whole or not at all, and over nothing but a report. */
int page_write(struct page *page, const char *path);

#endif
