/*
 * run_page_sections.h - what the page of a run is made from, and its sections in their order.
 */
#ifndef TRAINER_RUN_PAGE_SECTIONS_H
#define TRAINER_RUN_PAGE_SECTIONS_H

#include "learned.h"
#include "report/page.h"
#include "runs/run_record.h"
#include "runs/trained_run.h"

/* A run, and as much of its network and data as could be opened again. */
struct page_run {
    const struct run_record *record;
    struct arena arena;
    struct learned learned;     /* of the training data; zero where the file has nothing of it */
    struct trained_run trained; /* the session, with the run's weights ... */
    const char *missing;        /* ... or why there is none, one line; NULL: there is one */
};

/* Status, result in a sentence, warnings. */
int run_page_head(struct page *page, struct page_run *run);

/* Losses, metrics and learning rate as curves. */
int run_page_curves(struct page *page, struct page_run *run);

/* Which classes are taken for which. */
int run_page_classes(struct page *page, struct page_run *run);

/* Predicted numbers against true ones. */
int run_page_values(struct page *page, struct page_run *run);

/* The samples of the largest loss. */
int run_page_worst(struct page *page, struct page_run *run);

/* The first layer's weights as pictures. */
int run_page_weights(struct page *page, struct page_run *run);

/* Histograms of weights and gradients; rectifiers that are never on. */
int run_page_tensors(struct page *page, struct page_run *run);

/* Layers with shapes, parameters and cost. */
int run_page_network(struct page *page, struct page_run *run);

/* Every value of the config with its origin. */
int run_page_config(struct page *page, struct page_run *run);

/* Facts of the run, and commands to go on with it. */
int run_page_provenance(struct page *page, struct page_run *run);

#endif
