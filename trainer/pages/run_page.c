/*
 * run_page.c - the page of one run: its sections in their order.
 */
#include "run_page.h"
#include "base/error.h"
#include "run_page_sections.h"

int run_page_make(struct page *page, const struct run_record *record)
{
    static int (*const section[])(struct page *, const struct run_record *) = {
        run_page_head,
        run_page_curves,
    };
    int rc = TRAINER_OK;
    page_open(page, record->name);
    for (size_t i = 0; rc == TRAINER_OK && i < sizeof section / sizeof *section; i++)
        rc = section[i](page, record);
    page_close(page);
    return rc;
}
