/*
 * run_page.h - the page of one run.
 */
#ifndef TRAINER_RUN_PAGE_H
#define TRAINER_RUN_PAGE_H

#include "report/page.h"
#include "runs/run_record.h"

/* Fills a zeroed page and closes it. page_free it whatever is returned. */
int run_page_make(struct page *page, const struct run_record *record);

#endif
