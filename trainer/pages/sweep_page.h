/*
 * sweep_page.h - the page of a sweep.
 *
 *     summary, best config -> trials -> metric against each parameter -> parallel coordinates
 *     -> which parameters matter -> curves -> cost
 *
 * Without scripts the best trials, the shares, the numbers of the curves and static pictures
 * (sweep_pictures.h) are there; sweep.js makes the rest from what sweep_numbers.h adds.
 */
#ifndef TRAINER_SWEEP_PAGE_H
#define TRAINER_SWEEP_PAGE_H

#include "report/page.h"
#include "sweep_record.h"

/* Fills a zeroed page and closes it. page_free it whatever is returned. */
int sweep_page_make(struct page *page, const struct sweep_record *record);

#endif
