/*
 * run_page_sections.h - the sections of the page of a run, in their order.
 */
#ifndef TRAINER_RUN_PAGE_SECTIONS_H
#define TRAINER_RUN_PAGE_SECTIONS_H

#include "report/page.h"
#include "runs/run_record.h"

/* Status, result in a sentence, warnings. */
int run_page_head(struct page *page, const struct run_record *record);

/* Losses, metrics and learning rate as curves. */
int run_page_curves(struct page *page, const struct run_record *record);

#endif
