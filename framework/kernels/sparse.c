/*
 * sparse.c - the two products, group by group of the transposed lists (sparse_data.h).
 *
 *     forward  the group's four rows of W in registers; for each entry  y[row] += x * w, four times
 *     weights  the group's four rows of dW in registers; for each entry  dw += x * dy[row], so too
 *
 * So a row of W or dW is loaded and stored once for all rows of the batch. The rows of Y or dY,
 * which entries name in any order, stand side by side in the nearest cache meanwhile: in scratch,
 * for as many rows as a piece may have, and for as many columns as the registers allow (a panel).
 */
#include "sparse.h"
#include "divide.h"
#include "vector_row.h"

enum {
    VECTORS_MAX = 4, /* of a panel; four times as many are in registers, or, where there are only 16
                        registers, in the nearest cache: faster than fewer columns at a time */
    ROW = VECTORS_MAX * LANES, /* of scratch */
    CHUNK = 8,                 /* groups that a thread takes at a time */
};

/* A piece of the batch, as the kernels read it. */
struct piece {
    const struct sparse_entry *entry; /* list of group g: entry[g * stride] and on */
    const uint16_t *count;            /* (groups) */
    real *near;                       /* (rows of the piece, ROW): scratch */
    uint32_t from, to;                /* its rows that are wanted, less its first one */
};

/* Some columns of the result, and of W or dW, for some pieces. */
struct panel {
    const struct sparse_batch *batch;
    size_t n;     /* columns of the whole result */
    size_t width; /* columns of the panel */
    lanes last;   /* of its last vector */
    real *w;      /* W, or dW: (columns, n), from the panel's first column */
    const struct piece *piece;
    size_t pieces;
    const uint16_t *visit; /* (visits): groups, ascending */
    size_t visits;
    bool resume;  /* the sums go on from what dW has */
    bool descend; /* instead: W takes the step */
    real rate;
};

/* This thread's scratch. */
struct scratch {
    real *near;          /* (SPARSE_PIECE, ROW) */
    struct piece *piece; /* (SPARSE_PIECE) */
    uint16_t *visit;     /* (groups + 1) */
};

static size_t panel_vectors(const struct panel *panel)
{
    return divide_up(panel->width, LANES);
}

/* Sets the panel's columns, from `first` on. */
static void set_columns(struct panel *panel, size_t first)
{
    size_t vectors = even_part(divide_up(panel->n, LANES), VECTORS_MAX);
    panel->width = min(vectors * LANES, panel->n - first);
    panel->last = lanes_first(panel->width - (panel_vectors(panel) - 1) * LANES);
}

/* --- kernels ---------------------------------------------------------------------------------- */

/* Where the rows of group g are. A last group of fewer columns has its last row several times: what
 * stands behind it are zeros of X. */
static inline __attribute__((always_inline)) void find_rows(const struct panel *panel,
                                                            size_t columns, size_t g, real **row)
{
    const size_t first = g * SPARSE_GROUP, behind = columns - 1 - first;
    UNROLLED
    for (size_t c = 0; c < SPARSE_GROUP; c++)
        row[c] = panel->w + (first + min(c, behind)) * panel->n;
}

static inline __attribute__((always_inline)) void load_group(real *const *row, int vectors,
                                                             lanes last, vector *w)
{
    UNROLLED
    for (int c = 0; c < SPARSE_GROUP; c++)
        row_load(row[c], vectors, last, PART, w + c * vectors);
}

/* From the last row to the first: of a row that stands several times the right one stays. */
static inline __attribute__((always_inline)) void store_group(real *const *row, int vectors,
                                                              lanes last, const vector *w)
{
    UNROLLED
    for (int c = SPARSE_GROUP - 1; c >= 0; c--)
        row_store(row[c], vectors, last, w + c * vectors);
}

/* near += X w of one piece; another thread may have transposed it, for other rows too. */
static inline __attribute__((always_inline)) void forward_groups(const struct panel *panel,
                                                                 int vectors)
{
    const struct panel own = *panel;
    const struct piece piece = *own.piece;
    const size_t stride = own.batch->stride, columns = own.batch->columns;
    const real *value = own.batch->value;
    for (size_t k = 0; k < own.visits; k++) {
        const size_t g = own.visit[k];
        const struct sparse_entry *entry = piece.entry + g * stride;
        const struct sparse_entry *end = entry + piece.count[g];
        for (; entry < end && entry->row < piece.from; entry++)
            ;
        for (; entry < end && end[-1].row >= piece.to; end--)
            ;
        real *row[SPARSE_GROUP];
        vector w[SPARSE_GROUP * VECTORS_MAX];
        find_rows(&own, columns, g, row);
        load_group(row, vectors, own.last, w);
        for (; entry < end; entry++) {
            real *near = piece.near + (size_t)entry->row * ROW;
            vector sum[VECTORS_MAX];
            UNROLLED
            for (int v = 0; v < vectors; v++)
                sum[v] = vector_load(near + v * LANES);
            UNROLLED
            for (int c = 0; c < SPARSE_GROUP; c++) {
                vector x = vector_splat(value[entry->byte[c]]);
                UNROLLED
                for (int v = 0; v < vectors; v++)
                    sum[v] = vector_multiply_add(x, w[c * vectors + v], sum[v]);
            }
            UNROLLED
            for (int v = 0; v < vectors; v++)
                vector_store(near + v * LANES, sum[v]);
        }
    }
}

/* sum += X' dY of group g in one piece. */
static inline __attribute__((always_inline)) void add_entries(const struct panel *panel,
                                                              const struct piece *piece, size_t g,
                                                              int vectors, vector *sum)
{
    const real *value = panel->batch->value, *dy = piece->near;
    const struct sparse_entry *entry = piece->entry + g * panel->batch->stride,
                              *end = entry + piece->count[g];
    for (; entry < end; entry++) {
        const real *near = dy + (size_t)entry->row * ROW;
        vector row[VECTORS_MAX];
        UNROLLED
        for (int v = 0; v < vectors; v++)
            row[v] = vector_load(near + v * LANES);
        UNROLLED
        for (int c = 0; c < SPARSE_GROUP; c++) {
            vector x = vector_splat(value[entry->byte[c]]);
            UNROLLED
            for (int v = 0; v < vectors; v++)
                sum[c * vectors + v] = vector_multiply_add(x, row[v], sum[c * vectors + v]);
        }
    }
}

static inline __attribute__((always_inline)) void descend(real *const *row, int vectors, lanes last,
                                                          vector rate, vector *sum, vector *seen)
{
    vector w[VECTORS_MAX];
    UNROLLED
    for (int c = 0; c < SPARSE_GROUP; c++) {
        row_load(row[c], vectors, last, PART, w);
        row_step(w, vectors, rate, sum + c * vectors, seen);
    }
}

/* The rows of dW, or the step, of the groups to visit. Whether all that a step wrote is finite.
 * All rows of a group are read before one is written: a row's last vector, stored in part, would
 * hold up the load of the row behind it. */
static inline __attribute__((always_inline)) bool weights_groups(const struct panel *panel,
                                                                 int vectors)
{
    const struct panel own = *panel;
    const size_t columns = own.batch->columns;
    const vector rate = vector_splat(own.rate);
    vector seen[VECTORS_MAX] = {0};
    for (size_t k = 0; k < own.visits; k++) {
        const size_t g = own.visit[k];
        real *row[SPARSE_GROUP];
        vector sum[SPARSE_GROUP * VECTORS_MAX] = {0};
        find_rows(&own, columns, g, row);
        if (own.resume)
            load_group(row, vectors, own.last, sum);
        for (size_t p = 0; p < own.pieces; p++)
            add_entries(&own, own.piece + p, g, vectors, sum);
        if (own.descend)
            descend(row, vectors, own.last, rate, sum, seen);
        store_group(row, vectors, own.last, sum);
    }
    return row_is_finite(seen, vectors);
}

/* --- for each number of vectors --------------------------------------------------------------- */

#define PANEL(vectors)                                                                             \
    static void forward_##vectors(const struct panel *panel)                                       \
    {                                                                                              \
        forward_groups(panel, vectors);                                                            \
    }                                                                                              \
    static bool weights_##vectors(const struct panel *panel)                                       \
    {                                                                                              \
        return weights_groups(panel, vectors);                                                     \
    }

// clang-format off
PANEL(1) PANEL(2) PANEL(3) PANEL(4)

static void (*const forward_of[VECTORS_MAX + 1])(const struct panel *) = {
    NULL, forward_1, forward_2, forward_3, forward_4};

static bool (*const weights_of[VECTORS_MAX + 1])(const struct panel *) = {
    NULL, weights_1, weights_2, weights_3, weights_4};
// clang-format on

/* --- the products ----------------------------------------------------------------------------- */

size_t sparse_scratch(size_t columns)
{
    size_t visits = sparse_groups(columns) + 1;
    return SPARSE_PIECE * (ROW * sizeof(real) + sizeof(struct piece)) + visits * sizeof(uint16_t);
}

/* Lists the groups that this thread visits, a chunk of them in turn with the others, so that all
 * have about as much to do wherever the zeros are: those that have entries, or all. */
static void choose_groups(struct panel *panel, bool all, const struct worker *worker,
                          uint16_t *visit)
{
    const size_t groups = sparse_groups(panel->batch->columns),
                 step = (size_t)worker->threads * CHUNK;
    const uint16_t *count = panel->piece->count;
    const size_t pieces = panel->pieces;
    size_t visits = 0;
    for (size_t begin = (size_t)worker->thread * CHUNK; begin < groups; begin += step)
        for (size_t g = begin; g < min(begin + CHUNK, groups); g++) {
            unsigned entries = count[g];
            for (size_t p = 1; p < pieces; p++)
                entries |= panel->piece[p].count[g];
            visit[visits] = (uint16_t)g;
            visits += entries > 0 || all;
        }
    panel->visit = visit;
    panel->visits = visits;
}

/* near[i] = from[i * stride] for some rows of a panel; a stride of 0 repeats one row. */
static void fetch_rows(const struct panel *panel, real *near, size_t rows, const real *from,
                       size_t stride)
{
    const size_t whole = panel_vectors(panel) - 1;
    for (size_t i = 0; i < rows; i++, from += stride, near += ROW) {
        for (size_t v = 0; v < whole; v++)
            vector_store(near + v * LANES, vector_load(from + v * LANES));
        vector_store(near + whole * LANES, vector_load_part(from + whole * LANES, panel->last));
    }
}

/* to[i] = near[i] */
static void put_rows(const struct panel *panel, const real *near, size_t rows, real *to)
{
    const size_t whole = panel_vectors(panel) - 1;
    for (size_t i = 0; i < rows; i++, near += ROW, to += panel->n) {
        for (size_t v = 0; v < whole; v++)
            vector_store(to + v * LANES, vector_load(near + v * LANES));
        vector_store_part(to + whole * LANES, panel->last, vector_load(near + whole * LANES));
    }
}

static struct scratch divide_scratch(void *own)
{
    struct scratch scratch = {.near = own};
    scratch.piece = (struct piece *)(void *)(scratch.near + SPARSE_PIECE * ROW);
    scratch.visit = (uint16_t *)(void *)(scratch.piece + SPARSE_PIECE);
    return scratch;
}

/* The piece that begins at a row; its scratch begins at row `near`. */
static struct piece find_piece(const struct sparse_batch *batch, const struct scratch *scratch,
                               size_t first, size_t near)
{
    return (struct piece){.entry = batch->entry + first,
                          .count = batch->count + first * sparse_groups(batch->columns),
                          .near = scratch->near + near * ROW};
}

void sparse_forward(const struct sparse_batch *batch, size_t rows, size_t n, const real *w,
                    const real *bias, real *y, void *own, const struct worker *worker)
{
    static const real zeros[ROW];
    struct scratch scratch = divide_scratch(own);
    size_t begin, end;
    team_range(worker, rows, 1, &begin, &end);
    for (size_t first = 0, next; first < end; first = next) {
        next = batch->next[first];
        if (next <= begin)
            continue;
        const size_t from = begin > first ? begin : first, to = min(end, next);
        struct panel panel = {.batch = batch, .n = n, .piece = scratch.piece, .pieces = 1};
        *scratch.piece = find_piece(batch, &scratch, first, 0);
        scratch.piece->from = (uint32_t)(from - first);
        scratch.piece->to = (uint32_t)(to - first);
        choose_groups(&panel, false, &WORKER_ALONE, scratch.visit);
        real *near = scratch.near + (from - first) * ROW;
        for (size_t j = 0; j < n; j += panel.width) {
            set_columns(&panel, j);
            panel.w = (real *)(uintptr_t)(w + j);
            fetch_rows(&panel, near, to - from, bias ? bias + j : zeros, 0);
            forward_of[panel_vectors(&panel)](&panel);
            put_rows(&panel, near, to - from, y + from * n + j);
        }
    }
}

/* Gathers the pieces from row `begin` on that scratch has room for; gives the row behind them. */
static size_t find_pieces(const struct sparse_batch *batch, size_t rows, size_t begin,
                          struct panel *panel, const struct scratch *scratch)
{
    size_t end = begin;
    for (panel->pieces = 0; end < rows && batch->next[end] - begin <= SPARSE_PIECE;
         end = batch->next[end])
        scratch->piece[panel->pieces++] = find_piece(batch, scratch, end, end - begin);
    return end;
}

/* This thread's part of dW, or of the step. */
static bool sum_all(struct panel *panel, size_t rows, const real *dy, void *own,
                    const struct worker *worker)
{
    struct scratch scratch = divide_scratch(own);
    const size_t n = panel->n;
    real *w = panel->w;
    bool finite = true;
    panel->piece = scratch.piece;
    for (size_t begin = 0, end; begin < rows; begin = end) {
        end = find_pieces(panel->batch, rows, begin, panel, &scratch);
        panel->resume = begin > 0;
        /* Sums without entries are stored too, as zeros, once. */
        choose_groups(panel, !panel->resume && !panel->descend, worker, scratch.visit);
        for (size_t j = 0; j < n; j += panel->width) {
            set_columns(panel, j);
            panel->w = w + j;
            fetch_rows(panel, scratch.near, end - begin, dy + begin * n + j, n);
            finite = weights_of[panel_vectors(panel)](panel) && finite;
        }
    }
    return finite;
}

void sparse_weights(const struct sparse_batch *batch, size_t rows, size_t n, const real *dy,
                    real *dw, void *own, const struct worker *worker)
{
    sum_all(&(struct panel){.batch = batch, .n = n, .w = dw}, rows, dy, own, worker);
}

bool sparse_descends(size_t rows)
{
    return rows <= SPARSE_PIECE;
}

bool sparse_descend(const struct sparse_batch *batch, size_t rows, size_t n, const real *dy,
                    real rate, real *w, void *own, const struct worker *worker)
{
    struct panel panel = {.batch = batch, .n = n, .w = w, .descend = true, .rate = rate};
    return sum_all(&panel, rows, dy, own, worker);
}
