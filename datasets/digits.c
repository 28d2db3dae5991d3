/*
 * digits.c - handwritten-looking digits, drawn.
 *
 *     data: {type: digits, train: 60000, test: 10000}
 *
 * Columns: `inputs` (28, 28) bytes, white on black, value = byte / 255; `labels`, classes 0..9.
 *
 * A digit is a path of waypoints, as the pen goes. For each image one of the ways to write its
 * digit is drawn, its waypoints wobble, and the whole is slanted, turned, stretched and moved; a
 * smooth curve through them (Catmull-Rom) is cut into straight pieces, and each pixel takes the
 * most ink that any piece gives it:
 *
 *     ink = 1/2 + (r^2 - d^2) / 2r, within 0..1    d: distance to the piece, r: the pen's radius
 *
 * which is close to r - d + 1/2, the covered share of a pixel at the edge, without a square root.
 *
 * Invariants: image i depends on (seed, split, i) alone, neither on the counts nor on threads; its
 * bytes are the same on every processor (IEEE basic operations, random.h, exact_math.h).
 */
#include "base/exact_math.h"
#include "base/random.h"
#include "dataset.h"
#include <stddef.h>

enum {
    SIDE = 28,
    PIXELS = SIDE * SIDE,
    LANES = 4, /* pixels inked at a time; divides SIDE */
    CLASSES = 10,
    WAYPOINTS_MAX = 16,
    WAYS_MAX = 3,
};

struct digits {
    int64_t train, test;
    int64_t seed;
};

enum { SEED_OF_RUN = -1 };

static const struct option digits_options[] = {
    {"train", OPTION_INTEGER, offsetof(struct digits, train), .standard = "60000", .minimum = 1,
     .maximum = 10000000, .help = "number of training images"},
    {"test", OPTION_INTEGER, offsetof(struct digits, test), .standard = "10000", .minimum = 0,
     .maximum = 10000000, .help = "number of test images"},
    {"seed", OPTION_INTEGER, offsetof(struct digits, seed), .standard = "auto", .minimum = 0,
     .maximum = 0x1p53, .word = "auto", .word_value = SEED_OF_RUN,
     .help = "which images; auto: the run's seed"},
    {0},
};

/* ---- the ways to write each digit ----------------------------------------------------------- */

/* x to the right, y down; a digit's height is -100..100, its width about half of that. */
struct waypoint {
    signed char x, y;
};

/* What the pen does at a waypoint. */
enum { SMOOTH = '~', CORNER = '<', LIFT = '^', END = '.' };

/* One way to write a digit; ways with a greater share are more frequent. */
struct way {
    int share;
    char pen[WAYPOINTS_MAX + 1]; /* one character a waypoint; the last is END */
    struct waypoint point[WAYPOINTS_MAX];
};

/* clang-format off */
static const struct way ways[CLASSES][WAYS_MAX] = {
    [0] = {
        {2, "~~~~~~~~.",
         {{12, -98}, {-35, -80}, {-58, -10}, {-45, 65}, {0, 98}, {45, 70}, {58, 0}, {42, -70},
          {2, -98}}},
        {1, "~~~~~~~~.",
         {{-5, -92}, {-40, -50}, {-46, 20}, {-18, 92}, {22, 88}, {46, 30}, {43, -40}, {15, -94},
          {-28, -78}}},
    },
    [1] = {
        {3, "~~.",
         {{5, -100}, {0, 0}, {-3, 100}}},
        {2, "~<~.",
         {{-36, -52}, {5, -100}, {3, 0}, {2, 100}}},
        {1, "~<~^~.",
         {{-34, -58}, {3, -100}, {2, 0}, {2, 98}, {-40, 98}, {42, 97}}},
    },
    [2] = {
        {2, "~~~~~~<~.",
         {{-50, -55}, {-25, -92}, {20, -95}, {48, -60}, {36, -10}, {-5, 42}, {-52, 92}, {0, 90},
          {56, 90}}},
        {2, "~~~~~~~~~.",
         {{-48, -60}, {-15, -97}, {35, -85}, {44, -38}, {8, 28}, {-36, 86}, {-58, 78}, {-38, 56},
          {5, 78}, {58, 92}}},
        {1, "~~~~~<~~.",
         {{-45, -60}, {-8, -98}, {40, -72}, {30, -12}, {-18, 48}, {-52, 90}, {-18, 74}, {22, 94},
          {58, 76}}},
    },
    [3] = {
        {3, "~~~~<~~~~.",
         {{-48, -75}, {-10, -98}, {36, -80}, {36, -35}, {-12, -6}, {34, 10}, {52, 50}, {26, 92},
          {-20, 98}, {-55, 74}}},
        {1, "~<<~~~~.",
         {{-50, -92}, {46, -92}, {-6, -20}, {36, -6}, {52, 45}, {22, 92}, {-20, 98}, {-52, 76}}},
    },
    [4] = {
        {2, "~~~~^~~.",
         {{-38, -90}, {-48, -20}, {-38, 8}, {0, 9}, {55, -4}, {38, -90}, {32, 0}, {25, 100}}},
        {2, "~~<~^~~.",
         {{28, -98}, {-14, -38}, {-58, 26}, {0, 27}, {62, 24}, {28, -98}, {26, 0}, {24, 100}}},
        {2, "~<~^~~.",
         {{-36, -95}, {-46, -5}, {0, -4}, {52, -8}, {36, -56}, {32, 25}, {28, 100}}},
    },
    [5] = {
        {2, "~<<~~~~~.",
         {{52, -95}, {-34, -94}, {-42, -14}, {2, -34}, {46, -8}, {50, 42}, {16, 90}, {-25, 98},
          {-55, 76}}},
        {1, "~<~~~~^~.",
         {{-32, -88}, {-42, -14}, {5, -32}, {48, 6}, {40, 66}, {0, 98}, {-50, 82}, {-32, -90},
          {52, -97}}},
    },
    [6] = {
        {1, "~~~~~~~~~.",
         {{36, -95}, {-15, -55}, {-48, 20}, {-35, 80}, {5, 98}, {44, 70}, {40, 25}, {5, 6},
          {-34, 30}, {-46, 52}}},
        {1, "~~~~~~~~.",
         {{10, -100}, {-28, -22}, {-44, 45}, {-15, 96}, {30, 90}, {45, 52}, {20, 16}, {-20, 26},
          {-42, 60}}},
    },
    [7] = {
        {3, "~<~~.",
         {{-52, -88}, {52, -92}, {22, -20}, {0, 40}, {-12, 100}}},
        {1, "~<~~^~.",
         {{-52, -88}, {52, -92}, {22, -20}, {0, 40}, {-12, 100}, {-32, 4}, {44, -4}}},
        {1, "~<~<~.",
         {{-50, -56}, {-46, -90}, {10, -86}, {50, -94}, {14, 0}, {-18, 100}}},
    },
    [8] = {
        {3, "~~~~~~~~~~~~.",
         {{40, -72}, {2, -98}, {-38, -72}, {-26, -28}, {20, 10}, {46, 52}, {24, 92}, {-20, 95},
          {-46, 58}, {-24, 14}, {20, -22}, {42, -60}, {30, -86}}},
        {1, "~~~~~~^~~~~~~.",
         {{2, -98}, {-36, -74}, {-32, -28}, {0, -8}, {33, -30}, {36, -72}, {-2, -98}, {0, -6},
          {-42, 22}, {-46, 66}, {0, 98}, {48, 66}, {42, 20}, {2, -6}}},
    },
    [9] = {
        {2, "~~~~~~<~~.",
         {{40, -62}, {10, -97}, {-34, -78}, {-42, -34}, {-6, -6}, {32, -30}, {42, -74}, {38, 0},
          {30, 50}, {20, 100}}},
        {1, "~~~~~<~~~.",
         {{38, -70}, {0, -97}, {-40, -66}, {-30, -18}, {12, -12}, {40, -62}, {46, 0}, {30, 72},
          {-8, 98}, {-44, 80}}},
    },
};
/* clang-format on */

/* ---- one image ------------------------------------------------------------------------------ */

/* The random numbers of one image, taken in turn. */
struct dice {
    struct random_stream stream;
    uint64_t block;
    uint32_t words[4];
    int left;
};

static uint32_t roll(struct dice *dice)
{
    if (dice->left == 0) {
        random_block(&dice->stream, dice->block++, dice->words);
        dice->left = 4;
    }
    return dice->words[--dice->left];
}

/* An integer in 0..n-1. */
static int roll_below(struct dice *dice, int n)
{
    return (int)((uint64_t)roll(dice) * (uint64_t)n >> 32);
}

/* In (-1, 1), most often near 0: the sum of two uniform numbers. */
static float roll_spread(struct dice *dice)
{
    uint32_t word = roll(dice);
    return (float)((int)(word >> 16) + (int)(word & 0xFFFF) - 0xFFFF) * 0x1p-16f;
}

/* A place of the pen, in pixels, and its radius there. */
struct dot {
    float x, y, radius;
};

/* How this image is written: maps a waypoint to the canvas. */
struct hand {
    float xx, xy, yx, yy; /* (x, y) -> (xx x + xy y, yx x + yy y) + (x, y) */
    float x, y;
    float wobble; /* of waypoints, in their units */
    float radius; /* of the pen, in pixels */
};

/* How far hands differ was tuned: people read nearly every digit, a net of 50 hidden units all but
 * two in a hundred, one without hidden layer five of six. */
static struct hand hand_draw(struct dice *dice)
{
    float height = 0.088f + 0.018f * roll_spread(dice); /* pixels for one unit of y */
    float width = height * (1 + 0.40f * roll_spread(dice));
    float slant = 0.10f + 0.60f * roll_spread(dice);
    double angle = 0.48 * (double)roll_spread(dice);
    float c = (float)exact_cos(angle), s = (float)exact_sin(angle);
    float middle = (SIDE - 1) / 2.0f;
    struct hand hand;
    hand.xx = c * width;
    hand.xy = -c * slant * height - s * height;
    hand.yx = s * width;
    hand.yy = c * height - s * slant * height;
    hand.x = middle + 3.4f * roll_spread(dice);
    hand.y = middle + 3.4f * roll_spread(dice);
    hand.wobble = 14 + 8 * roll_spread(dice);
    hand.radius = 1.30f + 0.70f * roll_spread(dice);
    return hand;
}

/* Where the hand puts the pen for a waypoint, and how hard: the radius is up to a quarter off. */
static struct dot hand_place(const struct hand *hand, struct waypoint point, struct dice *dice)
{
    float x = (float)point.x + hand->wobble * roll_spread(dice);
    float y = (float)point.y + hand->wobble * roll_spread(dice);
    return (struct dot){
        .x = hand->x + (hand->xx * x + hand->xy * y),
        .y = hand->y + (hand->yx * x + hand->yy * y),
        .radius = hand->radius * (1 + 0.25f * roll_spread(dice)),
    };
}

static float smaller(float a, float b)
{
    return a < b ? a : b;
}

static float larger(float a, float b)
{
    return a > b ? a : b;
}

/* The pixels [first, end) within reach of a..b, clipped to the canvas; none if first >= end. */
struct range {
    int first, end;
};

static struct range range_of(float a, float b, float reach)
{
    float low = larger(smaller(a, b) - reach, 0);
    float high = smaller(larger(a, b) + reach, SIDE - 1);
    return (struct range){(int)low, high < 0 ? 0 : (int)high + 1};
}

/* Neighbouring pixels of a row, as a vector that every compiler has operations for. */
typedef float lanes __attribute__((vector_size(LANES * sizeof(float))));
typedef int32_t lane_bits __attribute__((vector_size(LANES * sizeof(int32_t))));

/* How much ink each pixel has: at least 0; what is above 1 counts as 1. */
struct canvas {
    lanes ink[SIDE][SIDE / LANES];
};

/* yes where the mask is all ones, no where it is 0. */
static lanes choose(lane_bits mask, lanes yes, lanes no)
{
    return (lanes)((mask & (lane_bits)yes) | (~mask & (lane_bits)no));
}

/* Inks the straight piece a..b: each pixel keeps the most ink it got. */
static void ink_piece(struct canvas *canvas, struct dot a, struct dot b)
{
    const lanes zero = {0}, one = zero + 1, steps = {0, 1, 2, 3};
    float radius = 0.5f * (a.radius + b.radius);
    float reach = radius + 0.5f;
    struct range rows = range_of(a.y, b.y, reach), columns = range_of(a.x, b.x, reach);
    float ex = b.x - a.x, ey = b.y - a.y;
    float square = ex * ex + ey * ey;
    float inverse = square > 1e-6f ? 1 / square : 0;
    float half = 0.5f / radius;
    float top = 0.5f + radius * 0.5f;
    for (int row = rows.first; row < rows.end; row++) {
        float dy = (float)row - a.y;
        for (int group = columns.first / LANES; group * LANES < columns.end; group++) {
            lanes dx = steps + ((float)(group * LANES) - a.x);
            lanes t = (dx * ex + dy * ey) * inverse;
            t = choose(t < one, t, one);
            t = choose(t > zero, t, zero);
            lanes x = dx - t * ex, y = dy - t * ey;
            lanes new = top - (x * x + y * y) * half;
            lanes *ink = &canvas->ink[row][group];
            *ink = choose(new > *ink, new, *ink);
        }
    }
}

/* The point at t of 0..1 between b and c on the curve through a, b, c, d. */
static float curve(float a, float b, float c, float d, float t)
{
    float first = 0.5f * (c - a);
    float second = a - 2.5f * b + 2 * c - 0.5f * d;
    float third = 0.5f * (d - a) + 1.5f * (b - c);
    return ((third * t + second) * t + first) * t + b;
}

/* Inks the curve from b to c, which comes from a and goes on to d. */
static void ink_curve(struct canvas *canvas, struct dot a, struct dot b, struct dot c, struct dot d)
{
    float dx = larger(b.x, c.x) - smaller(b.x, c.x), dy = larger(b.y, c.y) - smaller(b.y, c.y);
    int pieces = 2 + (int)(0.3f * (dx + dy));
    struct dot from = b;
    for (int i = 1; i <= pieces; i++) {
        float t = (float)i / (float)pieces;
        struct dot to = {curve(a.x, b.x, c.x, d.x, t), curve(a.y, b.y, c.y, d.y, t),
                         b.radius + (c.radius - b.radius) * t};
        ink_piece(canvas, from, to);
        from = to;
    }
}

/* One of the ways to write the digit, by their shares. */
static const struct way *way_draw(int digit, struct dice *dice)
{
    int shares = 0;
    for (int i = 0; i < WAYS_MAX; i++)
        shares += ways[digit][i].share;
    int share = roll_below(dice, shares);
    const struct way *way = ways[digit];
    while (share >= way->share)
        share -= (way++)->share;
    return way;
}

/* A curve keeps its direction where it passes a SMOOTH waypoint; elsewhere it starts and ends
 * freely. */
static void ink_digit(struct canvas *canvas, int digit, struct dice *dice)
{
    const struct way *way = way_draw(digit, dice);
    struct hand hand = hand_draw(dice);
    const char *pen = way->pen;
    struct dot dot[WAYPOINTS_MAX];
    int last = 0;
    dot[0] = hand_place(&hand, way->point[0], dice);
    while (pen[last] != END) {
        last++;
        dot[last] = hand_place(&hand, way->point[last], dice);
    }
    for (int i = 0; i < last; i++) {
        if (pen[i] == LIFT)
            continue;
        bool starts = i == 0 || pen[i - 1] == LIFT || pen[i] == CORNER;
        bool ends = pen[i + 1] != SMOOTH;
        ink_curve(canvas, dot[starts ? i : i - 1], dot[i], dot[i + 1], dot[ends ? i + 1 : i + 2]);
    }
}

/* The canvas as image (SIDE, SIDE): how hard the pen was pressed, and the grain of the paper. */
static void develop(const struct canvas *canvas, struct dice *dice, unsigned char *image)
{
    const lanes one = (lanes){0} + 1;
    float strength = 255 * (0.94f + 0.06f * roll_spread(dice));
    float grain = strength * 0.20f / 255;
    const lanes *ink = &canvas->ink[0][0];
    for (int group = 0; group < PIXELS / LANES; group++) {
        uint32_t word = roll(dice);
        lanes noise = {(float)(word & 255), (float)(word >> 8 & 255), (float)(word >> 16 & 255),
                       (float)(word >> 24)};
        lanes light = choose(ink[group] < one, ink[group], one) * (strength - grain * noise) + 0.5f;
        for (int lane = 0; lane < LANES; lane++)
            image[group * LANES + lane] = (unsigned char)light[lane];
    }
}

/* image[SIDE * SIDE] = image `index` of a split; returns its class. */
static int digit_draw(uint64_t seed, enum split split, uint64_t index, unsigned char *image)
{
    struct dice dice = {.stream = random_stream(seed, RANDOM_DRAWING, (uint64_t)split, index)};
    struct canvas canvas = {0};
    int digit = roll_below(&dice, CLASSES);
    ink_digit(&canvas, digit, &dice);
    develop(&canvas, &dice, image);
    return digit;
}

/* ---- the data set --------------------------------------------------------------------------- */

/* Draws a split of count images into the columns inputs (count, 28, 28) and labels (count). */
static int digits_fill(struct dataset *dataset, enum split split, uint64_t seed, int64_t count,
                       struct column *inputs, struct column *labels)
{
    dataset->count[split] = (size_t)count;
    if (count == 0 || dataset->describe_only)
        return TRAINER_OK;
    unsigned char *images = dataset_block(dataset, "digits' images", (size_t)count * PIXELS);
    if (!images)
        return TRAINER_FAILED;
    int32_t *classes = dataset_block(dataset, "digits' labels", (size_t)count * sizeof *classes);
    if (!classes)
        return TRAINER_FAILED;
#pragma omp parallel for schedule(static)
    for (int64_t i = 0; i < count; i++)
        classes[i] = digit_draw(seed, split, (uint64_t)i, images + i * PIXELS);
    inputs->values[split] = images;
    labels->values[split] = classes;
    return TRAINER_OK;
}

static int digits_open(struct dataset *dataset)
{
    const struct digits *digits = dataset->private;
    uint64_t seed = digits->seed == SEED_OF_RUN ? dataset->seed : (uint64_t)digits->seed;
    dataset->seeded = digits->seed == SEED_OF_RUN;
    struct column *inputs =
        dataset_column(dataset, "inputs", STORED_BYTE, shape_matrix(SIDE, SIDE));
    struct column *labels = dataset_column(dataset, "labels", STORED_LABEL, shape_scalar());
    if (!inputs || !labels)
        return TRAINER_FAILED;
    inputs->scale = 1.0 / 255;
    labels->classes = CLASSES;
    int rc = digits_fill(dataset, SPLIT_TRAIN, seed, digits->train, inputs, labels);
    if (rc != TRAINER_OK)
        return rc;
    return digits_fill(dataset, SPLIT_TEST, seed, digits->test, inputs, labels);
}

const struct dataset_kind dataset_digits = {
    .base =
        {
            .title = "digits",
            .help = "handwritten-looking digits, 28x28 bytes, drawn from strokes",
            .options = digits_options,
            .private_size = sizeof(struct digits),
        },
    .open = digits_open,
};
