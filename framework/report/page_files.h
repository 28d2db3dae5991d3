/*
 * page_files.h - the files that stand in every page; the build puts them into the library, so that
 * a machine that makes pages needs none of them.
 */
#ifndef TRAINER_PAGE_FILES_H
#define TRAINER_PAGE_FILES_H

#include <stddef.h>

struct page_file {
    const char *bytes;
    size_t count; /* 0: the build did not find it */
};

struct page_file page_file_style(void);  /* page.css */
struct page_file page_file_script(void); /* page.js */

/* Scripts that some pages have behind page.js: plots of many points, and a sweep's page. */
struct page_file page_file_figures(void); /* figures.js */
struct page_file page_file_sweep(void);   /* sweep.js */

/* Chart.js, which draws the curves that can be looked into, of Debian's package libjs-chart.js; and
 * its licence. */
struct page_file page_file_chart(void);
struct page_file page_file_licence(void);

#endif
