/*
 * runs_page.h - the page of several runs, laid over each other.
 *
 *     the runs -> the keys in which they differ -> what came of them -> curves
 *
 * A run is called by what differs (run_set.h) and has one colour in every plot.
 */
#ifndef TRAINER_RUNS_PAGE_H
#define TRAINER_RUNS_PAGE_H

#include "report/page.h"
#include "runs/run_set.h"

/* Fills a zeroed page and closes it. page_free it whatever is returned. */
int runs_page_make(struct page *page, const struct run_set *set);

#endif
