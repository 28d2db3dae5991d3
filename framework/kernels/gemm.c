/*
 * gemm.c - cuts C into tiles, shares the tiles out among the threads, packs what the tiles read.
 *
 *     C is cut into bands of rows and panels of columns; where they cross is a tile (gemm_tile.h)
 *
 *     for groups of panels, such that a block of B fits into the second-level cache
 *         for blocks of `depth` terms, such that a band of A fits into the first-level cache
 *             pack the block of B
 *             for bands of rows, for panels of the group: multiply a tile
 *
 * or, where C is narrow and B is not packed, all blocks for a part of the bands, then for the next.
 *
 * A tile's sums go on from block to block through C, so that blocks change no sum. Each thread has
 * a run of tiles and packs its own blocks of B into its own scratch. A is packed by all threads
 * together and only once, where it pays: then each band is read many times.
 *
 * dY W' of few rows would pack all of W for little work. It is computed as C' = W dY' instead: W is
 * read once, in place. C' stands in scratch and is transposed into C.
 */
#include "gemm.h"
#include "divide.h"
#include "engine/caches.h"
#include "gemm_pack.h"
#include "gemm_tile.h"
#include "tuning.h"

enum {
    DEPTH_MAX = TUNING_DEPTH_BYTES / sizeof(real), /* terms of a block */
    NARROW = 128,             /* columns up to which a row of A is read in place */
    NARROW_BYTES = 24 * 1024, /* of a block of B in place, for the first-level cache */
    ROW_BYTES = 2560,         /* of B in place: a block of it fills a second-level cache */
    NEAR_BYTES = 64 * 1024,   /* of a narrow C: with B, part of a second-level cache */
    LINE = 64,
    FEW_TERMS = 4,     /* of a sum, up to which rows of a narrow C are computed one by one */
    MANY_ROWS = 64,    /* of a band then */
    SMALL = 32 * 1024, /* multiply-adds that one thread does sooner than two */
};

struct plan {
    size_t vectors, width; /* of a panel, in vectors and in columns */
    size_t panels;         /* of C */
    size_t rows;           /* of a band */
    size_t bands;          /* of C */
    size_t depth;          /* terms of a block */
    size_t group;          /* panels of a block of B */
    bool pack_a, pack_b;
    bool row_by_row; /* a band has many rows, computed one by one */
    bool by_rows;    /* tiles are counted along rows of C, else along columns */
    bool far;        /* tiles ask ahead for B */
};

/* Some panels of B, and some terms of the sums. */
struct block {
    size_t begin, end;  /* panels */
    size_t from, depth; /* terms [from, from + depth) */
    size_t share, step; /* of a packed band of A that each tile fetches: elements in all, a term */
};

/* Of a panel, where C is wider than one. Square tiles read the least for each multiply-add. */
static size_t wide_vectors(void)
{
    return gemm_tile_rows(3) > 0 ? 3 : 2;
}

/* Of a block of B. */
static size_t group_bytes(void)
{
    return caches_block(TUNING_GROUP_BYTES);
}

static bool is_narrow(size_t n)
{
    return n <= NARROW;
}

/* So few that each row of B is read once or twice. */
static bool has_few_rows(const struct gemm *gemm)
{
    return gemm->m <= 2 * gemm_tile_rows(wide_vectors());
}

/* B can stay where it is if tiles read its rows soon after one another, or only once or twice, or
 * if its vectors lie on cache lines of their own and a block of it in the second-level cache. */
static bool reads_b_in_place(const struct gemm *gemm)
{
    const size_t bytes = gemm->b_row * sizeof(real);
    return gemm->b_column == 1 &&
           (is_narrow(gemm->n) || has_few_rows(gemm) || (bytes <= ROW_BYTES && bytes % LINE == 0));
}

/* Terms that a block of B in place may have, where it has n columns. */
static size_t most_terms(size_t n)
{
    return is_narrow(n) ? min(NARROW_BYTES / (n * sizeof(real)), DEPTH_MAX) : DEPTH_MAX;
}

static struct plan make_plan(const struct gemm *gemm)
{
    struct plan plan = {.vectors = divide_up(gemm->n, LANES)};
    if (gemm_tile_rows(plan.vectors) == 0)
        plan.vectors = wide_vectors();
    plan.width = plan.vectors * LANES;
    plan.panels = divide_up(gemm->n, plan.width);
    plan.row_by_row = is_narrow(gemm->n) && gemm->k <= FEW_TERMS && gemm->b_column == 1;
    plan.rows = even_part(gemm->m, plan.row_by_row ? MANY_ROWS : gemm_tile_rows(plan.vectors));
    plan.bands = divide_up(gemm->m, plan.rows);
    plan.pack_a = !is_narrow(gemm->n) && plan.bands > 1;
    plan.pack_b = !reads_b_in_place(gemm);
    plan.by_rows = is_narrow(gemm->n);
    plan.far = !is_narrow(gemm->n) && (TUNING_FETCHES_OFTEN || has_few_rows(gemm));
    plan.depth = even_part(gemm->k, plan.pack_b ? DEPTH_MAX : most_terms(gemm->n));
    plan.group = group_bytes() / (plan.depth * plan.width * sizeof(real));
    plan.group = plan.pack_b || plan.by_rows ? min(plan.group, plan.panels) : 1;
    return plan;
}

/* Elements of a packed band of A, of all terms. */
static size_t band_size(const struct gemm *gemm, const struct plan *plan)
{
    return gemm_pack_row(plan->rows) * gemm->k + LANES;
}

/* A transposed product's C, of n rows. */
static size_t transposed_bytes(size_t m, size_t n)
{
    return n * gemm_pack_row(min(m, NARROW)) * sizeof(real);
}

size_t gemm_shared_bytes(size_t m, size_t n, size_t k)
{
    if (is_narrow(n))
        return transposed_bytes(m, n);
    /* Of several bands all but the last have at least half the rows that a tile may have. */
    size_t rows = gemm_tile_rows(wide_vectors());
    size_t padding = rows > LANES ? 2 : 1;
    size_t packed = (padding * (m + rows) * k + (2 * m / rows + 1) * LANES) * sizeof(real);
    return packed > transposed_bytes(m, n) ? packed : transposed_bytes(m, n);
}

size_t gemm_own_bytes(size_t m, size_t n, size_t k)
{
    (void)m;
    /* The last panel is as wide as the others. */
    size_t columns = n + 4 * LANES;
    size_t whole = columns * (k < DEPTH_MAX ? k : DEPTH_MAX) * sizeof(real);
    return min(whole, group_bytes()) + LANES * sizeof(real);
}

static void pack_a(const struct gemm *gemm, const struct plan *plan, const struct worker *worker)
{
    size_t begin, end;
    team_range(worker, gemm->m, plan->rows, &begin, &end);
    gemm_pack(&(struct packing){
        .lines = end - begin,
        .depth = gemm->k,
        .from = gemm->a + begin * gemm->a_row,
        .from_line = gemm->a_row,
        .from_term = gemm->a_column,
        .to = (real *)gemm->shared + begin / plan->rows * band_size(gemm, plan),
        .width = plan->rows,
        .row = gemm_pack_row(plan->rows),
        .panel = band_size(gemm, plan),
    });
    team_barrier(worker);
}

static void pack_b(const struct gemm *gemm, const struct plan *plan, const struct block *block)
{
    size_t j = block->begin * plan->width;
    gemm_pack(&(struct packing){
        .lines = min(block->end * plan->width, gemm->n) - j,
        .depth = block->depth,
        .from = gemm->b + block->from * gemm->b_row + j * gemm->b_column,
        .from_line = gemm->b_column,
        .from_term = gemm->b_row,
        .to = gemm->own,
        .width = plan->width,
        .row = plan->width,
        .panel = plan->width * plan->depth,
    });
}

/* Rows of a block of B, in place, behind whose last `last` columns a whole vector can be read. */
static size_t whole_rows(const struct gemm *gemm, const struct block *block, size_t last)
{
    size_t bare = divide_up(LANES - last, gemm->b_row);
    size_t whole = gemm->k - min(gemm->k, block->from + bare);
    return min(whole, block->depth);
}

/* A tile fetches its share of the next band of A, or of the first one of the next terms. */
static void fetch_ahead(const struct gemm *gemm, const struct plan *plan, const struct block *block,
                        size_t band, size_t panel, struct tile *tile)
{
    const real *next = tile->a + band_size(gemm, plan);
    if (band + 1 == plan->bands)
        next = tile->a - band * band_size(gemm, plan) + block->depth * tile->a_column;
    tile->ahead = next + (panel - block->begin) * block->share;
    tile->ahead_step = block->step;
}

static bool multiply_tile(const struct gemm *gemm, const struct plan *plan,
                          const struct block *block, size_t band, size_t panel)
{
    size_t i = band * plan->rows, j = panel * plan->width;
    size_t columns = min(plan->width, gemm->n - j), from = block->from;
    struct tile tile = {
        .rows = min(plan->rows, gemm->m - i),
        .vectors = divide_up(columns, LANES),
        .row_by_row = plan->row_by_row,
        .depth = block->depth,
        .a = gemm->a + i * gemm->a_row + from * gemm->a_column,
        .a_row = gemm->a_row,
        .a_column = gemm->a_column,
        .b = gemm->b + from * gemm->b_row + j,
        .b_row = gemm->b_row,
        .far = plan->far,
        .c = gemm->c + i * gemm->c_row + j,
        .c_row = gemm->c_row,
        .bias = gemm->bias && from == 0 ? gemm->bias + j : NULL,
        .resume = gemm->accumulate || from > 0,
        .descend = gemm->descend,
        .rate = gemm->rate,
    };
    tile.ahead = tile.a;
    tile.last = columns - (tile.vectors - 1) * LANES;
    if (plan->pack_a) {
        tile.a_row = 1;
        tile.a_column = gemm_pack_row(plan->rows);
        tile.a = (const real *)gemm->shared + band * band_size(gemm, plan) + from * tile.a_column;
        fetch_ahead(gemm, plan, block, band, panel, &tile);
    }
    if (plan->pack_b) {
        tile.b = (const real *)gemm->own + (panel - block->begin) * plan->width * plan->depth;
        tile.b_row = plan->width;
    }
    tile.whole = plan->pack_b ? block->depth : whole_rows(gemm, block, tile.last);
    if (panel + 1 < block->end)
        tile.next_c = tile.c + plan->width;
    else if (i + tile.rows < gemm->m)
        tile.next_c = tile.c + tile.rows * gemm->c_row - (panel - block->begin) * plan->width;
    return gemm_tile(&tile);
}

/* The tiles [first, last) of a block. */
static void multiply_block(const struct gemm *gemm, const struct plan *plan,
                           const struct block *block, size_t first, size_t last)
{
    size_t row_step = plan->by_rows ? plan->panels : 1;
    size_t column_step = plan->by_rows ? 1 : plan->bands;
    size_t begin = plan->by_rows ? first / row_step : 0;
    size_t end = plan->by_rows ? divide_up(last, row_step) : plan->bands;
    for (size_t i = begin; i < end; i++)
        for (size_t panel = block->begin; panel < block->end; panel++) {
            size_t tile = i * row_step + panel * column_step;
            if (tile >= first && tile < last && !multiply_tile(gemm, plan, block, i, panel))
                *gemm->finite = false;
        }
}

static void multiply_tiles(const struct gemm *gemm, const struct plan *plan, size_t first,
                           size_t last)
{
    size_t begin = plan->by_rows ? 0 : first / plan->bands;
    size_t end = plan->by_rows ? plan->panels : divide_up(last, plan->bands);
    for (size_t panel = begin; panel < end; panel += plan->group) {
        struct block block = {.begin = panel, .end = min(panel + plan->group, end)};
        do {
            block.depth = min(plan->depth, gemm->k - block.from);
            if (plan->pack_a) {
                block.share = divide_up(block.depth * gemm_pack_row(plan->rows), block.end - panel);
                block.step = divide_up(block.share, block.depth);
            }
            if (plan->pack_b)
                pack_b(gemm, plan, &block);
            multiply_block(gemm, plan, &block, first, last);
            block.from += block.depth;
        } while (block.from < gemm->k);
    }
}

/* Of `count` tiles, how many get all of their terms before the next ones: a narrow C's sums go on
 * while the caches hold it. Not where B would be packed again, nor where each term of a row of A
 * lies in another page: few such terms at a time are faster. */
static size_t tiles_together(const struct gemm *gemm, const struct plan *plan, size_t count)
{
    if (!plan->by_rows || plan->pack_b || gemm->a_column != 1 || plan->depth == gemm->k)
        return count;
    return divide_up(NEAR_BYTES, plan->rows * gemm->n * sizeof(real)) * plan->panels;
}

/* B is dY, in rows: it is read in place where C is narrow. */
bool gemm_descends(size_t n, size_t k)
{
    return k <= most_terms(n);
}

/* Whether to compute C' = B' A': elements to be packed and transposed, against those of B. */
static bool is_better_transposed(const struct gemm *gemm)
{
    return gemm->b_column != 1 && !gemm->bias && !gemm->descend && is_narrow(gemm->m) &&
           gemm->m * (gemm->k + 2 * gemm->n) < gemm->n * gemm->k;
}

/* Whether this thread has a part in a product that the team need not begin together. */
static bool takes_part(const struct gemm *gemm, struct worker *part)
{
    if (gemm->m * gemm->n * gemm->k <= SMALL)
        part->threads = 1;
    return part->thread < part->threads;
}

/* The same chains of multiply_add: the factors of a multiplication may change places. Each thread
 * transposes the columns of C that it computed. */
static void run_transposed(const struct gemm *gemm, struct worker *part)
{
    if (!takes_part(gemm, part))
        return;
    const struct gemm transposed = {
        .m = gemm->n,
        .n = gemm->m,
        .k = gemm->k,
        .a = gemm->b,
        .a_row = gemm->b_column,
        .a_column = gemm->b_row,
        .b = gemm->a,
        .b_row = gemm->a_column,
        .b_column = gemm->a_row,
        .c = gemm->shared,
        .c_row = gemm_pack_row(gemm->m),
        .accumulate = gemm->accumulate,
        .own = gemm->own,
    };
    const struct plan plan = make_plan(&transposed);
    size_t begin, end;
    team_range(part, transposed.m, plan.rows, &begin, &end);
    if (begin == end)
        return;
    real *c = gemm->c + begin, *transposed_c = transposed.c + begin * transposed.c_row;
    if (gemm->accumulate)
        gemm_transpose(gemm->m, end - begin, c, gemm->c_row, transposed_c, transposed.c_row);
    multiply_tiles(&transposed, &plan, begin / plan.rows * plan.panels,
                   divide_up(end, plan.rows) * plan.panels);
    gemm_transpose(end - begin, gemm->m, transposed_c, transposed.c_row, c, gemm->c_row);
}

void gemm_run(const struct gemm *gemm, const struct worker *worker)
{
    if (gemm->m == 0 || gemm->n == 0)
        return;
    struct worker part = *worker;
    if (is_better_transposed(gemm)) {
        run_transposed(gemm, &part);
        return;
    }
    const struct plan plan = make_plan(gemm);
    if (plan.pack_a)
        pack_a(gemm, &plan, worker);
    else if (!takes_part(gemm, &part))
        return;
    size_t first, last;
    team_range(&part, plan.bands * plan.panels, 1, &first, &last);
    const size_t together = tiles_together(gemm, &plan, last - first);
    for (; first < last; first += together)
        multiply_tiles(gemm, &plan, first, min(first + together, last));
}

static size_t whole_lines(size_t bytes)
{
    return divide_up(bytes, LINE) * LINE;
}

size_t gemm_alone_bytes(size_t m, size_t n, size_t k)
{
    return whole_lines(gemm_shared_bytes(m, n, k)) + whole_lines(gemm_own_bytes(m, n, k));
}

void gemm_alone(const struct gemm *gemm, void *scratch)
{
    struct gemm alone = *gemm;
    alone.shared = scratch;
    alone.own = (char *)scratch + whole_lines(gemm_shared_bytes(gemm->m, gemm->n, gemm->k));
    if (gemm->m > 0)
        gemm_run(&alone, &WORKER_ALONE);
}
