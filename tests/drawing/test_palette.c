/*
 * test_palette.c - the colours of series, seen by people with and without colour blindness.
 *
 * Contrast is WCAG 2.1's; the eyes of deuteranopes and protanopes are those of Vienot, Brettel and
 * Mollon, "Digital video colourmaps for checking the legibility of displays by dichromats" (1999).
 */
#include "drawing/palette.h"
#include "support/suite.h"

#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct light {
    double part[3]; /* red, green, blue of linear light, 0..1 */
};

static struct light light_of(const char *colour)
{
    struct light light;
    unsigned long bits = strtoul(colour + 1, NULL, 16);
    for (int i = 0; i < 3; i++) {
        double part = (double)(bits >> (16 - 8 * i) & 255) / 255;
        light.part[i] = part <= 0.04045 ? part / 12.92 : pow((part + 0.055) / 1.055, 2.4);
    }
    return light;
}

static double contrast(struct light light, struct light ground)
{
    static const double weight[] = {0.2126, 0.7152, 0.0722};
    double a = 0.05, b = 0.05;
    for (int i = 0; i < 3; i++) {
        a += weight[i] * light.part[i];
        b += weight[i] * ground.part[i];
    }
    return a > b ? a / b : b / a;
}

/* What somebody without the cones for green, or for red, sees. */
static struct light seen_without(struct light light, bool green)
{
    const double *part = light.part;
    double mixed =
        green ? 0.29275 * part[0] + 0.70725 * part[1] : 0.11238 * part[0] + 0.88762 * part[1];
    double blue = green ? -0.02234 * part[0] + 0.02234 * part[1] + part[2]
                        : 0.00401 * part[0] - 0.00401 * part[1] + part[2];
    return (struct light){{mixed, mixed, blue}};
}

/* How far two colours lie apart to the eye: in the cube roots of light. */
static double distance(struct light a, struct light b)
{
    double sum = 0;
    for (int i = 0; i < 3; i++) {
        double apart = cbrt(fmax(a.part[i], 0)) - cbrt(fmax(b.part[i], 0));
        sum += apart * apart;
    }
    return sqrt(sum);
}

START_TEST(every_colour_stands_out_from_its_page)
{
    for (size_t i = 0; i < PALETTE_COLOURS; i++) {
        ck_assert(contrast(light_of(palette_colour(i)->light), light_of("#ffffff")) >= 3);
        ck_assert(contrast(light_of(palette_colour(i)->dark), light_of("#0d1117")) >= 3);
    }
}
END_TEST

START_TEST(colours_or_dashes_tell_any_two_series_apart_in_every_eye)
{
    for (size_t i = 0; i < PALETTE_COLOURS; i++)
        for (size_t j = 0; j < i; j++)
            for (int eye = 0; eye < 4; eye++) {
                struct light a =
                    light_of(eye & 2 ? palette_colour(i)->dark : palette_colour(i)->light);
                struct light b =
                    light_of(eye & 2 ? palette_colour(j)->dark : palette_colour(j)->light);
                double apart = distance(seen_without(a, eye & 1), seen_without(b, eye & 1));
                bool dash = palette_dash(i) != palette_dash(j);
                ck_assert_msg(apart > (dash ? 0.05 : 0.15), "%zu, %zu: %.3f", i, j, apart);
            }
}
END_TEST

START_TEST(colours_and_dashes_repeat)
{
    ck_assert_ptr_eq(palette_colour(PALETTE_COLOURS + 2), palette_colour(2));
    ck_assert_str_eq(palette_dash(0), "");
    ck_assert_ptr_eq(palette_dash(PALETTE_DASHES + 1), palette_dash(1));
}
END_TEST

int main(void)
{
    const TTest *const tests[] = {every_colour_stands_out_from_its_page,
                                  colours_or_dashes_tell_any_two_series_apart_in_every_eye,
                                  colours_and_dashes_repeat, NULL};
    return suite_main("palette", SUITE_FORKED, 1, tests);
}
