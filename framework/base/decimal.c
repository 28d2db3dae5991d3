/*
 * decimal.c - Clinger's fast path, then Eisel and Lemire's product, then strtod.
 *
 * Invariant of power[]: entry q holds the 128 highest bits of 5^q, cut off; for q < 0 rounded up
 * where the rest matters, as the proof of the algorithm wants it. The table is made at the first
 * use that needs it, by repeated multiplication and division by 5 of a long number: 0.2 ms.
 */
#include "decimal.h"

#include <locale.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
    DIGITS_MAX = 19,         /* that a 64-bit number holds */
    EXPONENT_MIN = -342,     /* below, every number of 64 bits is 0 */
    EXPONENT_MAX = 308,      /* above, infinite */
    EXPONENT_LIMIT = 100000, /* no need to count further */
    MANTISSA = 52,           /* bits of a double behind the first */
    WORDS = 36,              /* 64-bit words of the long number */
};

struct bits128 {
    uint64_t high, low;
};

static struct bits128 power[EXPONENT_MAX - EXPONENT_MIN + 1];
static pthread_once_t once = PTHREAD_ONCE_INIT;
static atomic_bool made; /* asked before `once`, which costs a call */
static locale_t c_locale;

__extension__ typedef unsigned __int128 wide;

/* --- the table -------------------------------------------------------------------------------- */

/* The 128 highest bits of a number of WORDS words, word[0] the lowest. */
static struct bits128 highest_bits(const uint64_t *word)
{
    int top = WORDS - 1;
    while (!word[top])
        top--;
    int shift = __builtin_clzll(word[top]);
    uint64_t part[3] = {word[top], top > 0 ? word[top - 1] : 0, top > 1 ? word[top - 2] : 0};
    if (!shift)
        return (struct bits128){part[0], part[1]};
    return (struct bits128){part[0] << shift | part[1] >> (64 - shift),
                            part[1] << shift | part[2] >> (64 - shift)};
}

static void make_table(void)
{
    uint64_t word[WORDS] = {1};
    for (int q = 0; q <= EXPONENT_MAX; q++) {
        power[q - EXPONENT_MIN] = highest_bits(word);
        uint64_t carry = 0;
        for (int i = 0; i < WORDS; i++) {
            wide product = (wide)word[i] * 5 + carry;
            word[i] = (uint64_t)product;
            carry = (uint64_t)(product >> 64);
        }
    }
    memset(word, 0, sizeof word);
    word[WORDS - 1] = 1; /* 2^(64 (WORDS - 1)), divided by 5 again and again */
    for (int q = -1; q >= EXPONENT_MIN; q--) {
        uint64_t rest = 0;
        for (int i = WORDS - 1; i >= 0; i--) {
            wide part = (wide)rest << 64 | word[i];
            word[i] = (uint64_t)(part / 5);
            rest = (uint64_t)(part % 5);
        }
        struct bits128 bits = highest_bits(word);
        if (q >= -27)
            bits.high += ++bits.low == 0;
        power[q - EXPONENT_MIN] = bits;
    }
    c_locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    atomic_store_explicit(&made, true, memory_order_release);
}

/* --- Eisel and Lemire ------------------------------------------------------------------------- */

static struct bits128 multiply(uint64_t a, uint64_t b)
{
    wide product = (wide)a * b;
    return (struct bits128){(uint64_t)(product >> 64), (uint64_t)product};
}

/* The bits of a double: mantissa without its first bit, exponent as stored. */
static double make_double(uint64_t mantissa, int exponent)
{
    uint64_t bits = mantissa | (uint64_t)exponent << MANTISSA;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* The double next to w * 10^q, w > 0, rounded to even. */
static double nearest(uint64_t w, int64_t q)
{
    if (q < EXPONENT_MIN)
        return 0;
    if (q > EXPONENT_MAX)
        return __builtin_inf();
    const struct bits128 *of = &power[q - EXPONENT_MIN];
    const uint64_t mask = UINT64_MAX >> (MANTISSA + 3);
    int zeros = __builtin_clzll(w);
    w <<= zeros;
    struct bits128 product = multiply(w, of->high);
    if ((product.high & mask) == mask) {
        struct bits128 second = multiply(w, of->low);
        product.low += second.high;
        product.high += product.low < second.high;
    }
    int upper = (int)(product.high >> 63), shift = upper + 64 - MANTISSA - 3;
    uint64_t mantissa = product.high >> shift;
    int exponent = (int)((217706 * q) >> 16) + 63 + upper - zeros + 1023;
    if (exponent <= 0) { /* subnormal */
        if (1 - exponent >= 64)
            return 0;
        mantissa >>= 1 - exponent;
        mantissa = (mantissa + (mantissa & 1)) >> 1;
        return make_double(mantissa & (((uint64_t)1 << MANTISSA) - 1),
                           mantissa >= (uint64_t)1 << MANTISSA);
    }
    /* Half way between two doubles, exactly: to the even one. */
    if (product.low <= 1 && q >= -4 && q <= 23 && (mantissa & 3) == 1 &&
        mantissa << shift == product.high)
        mantissa &= ~(uint64_t)1;
    mantissa = (mantissa + (mantissa & 1)) >> 1;
    if (mantissa >= (uint64_t)2 << MANTISSA) {
        mantissa = (uint64_t)1 << MANTISSA;
        exponent++;
    }
    if (exponent >= 0x7FF)
        return __builtin_inf();
    return make_double(mantissa & ~((uint64_t)1 << MANTISSA), exponent);
}

/* --- reading ---------------------------------------------------------------------------------- */

/* Digits of a number, and what a double is made of. */
struct digits {
    uint64_t w;       /* the first DIGITS_MAX significant ones */
    int64_t exponent; /* value = w * 10^exponent, but for what was cut off */
    bool cut;         /* there are more, not all 0 */
};

static bool is_digit(char c)
{
    return (unsigned char)(c - '0') < 10;
}

/* Eight bytes, each a digit's number, the first lowest, as one number. */
static uint64_t eight_digits(uint64_t digits)
{
    digits = digits * 10 + (digits >> 8);
    return (((digits & 0x000000FF000000FFu) * 0x000F424000000064u) +
            ((digits >> 16 & 0x000000FF000000FFu) * 0x0000271000000001u)) >>
           32;
}

/* w = w, followed by the digits at text, modulo 2^64. Returns the byte behind them. How many stand
 * behind the last whole eight decides no branch, for a processor cannot foresee it. */
static inline const char *add_digits(const char *text, uint64_t *w)
{
    static const uint64_t power_of_ten[] = {1, 10, 100, 1000, 10000, 100000, 1000000, 10000000};
    for (;; text += 8) {
        uint64_t bytes;
        memcpy(&bytes, text, sizeof bytes);
        bytes ^= 0x3030303030303030u; /* a digit's byte is its number */
        uint64_t others = ((bytes + 0x7676767676767676u) | bytes) & 0x8080808080808080u;
        if (!others) {
            *w = *w * 100000000 + eight_digits(bytes);
            continue;
        }
        unsigned count = (unsigned)__builtin_ctzll(others) / 8;
        unsigned half = 4 * (8 - count); /* bits; twice that may be 64, too many for one shift */
        bytes = bytes << half << half;   /* zeros before the digits */
        *w = *w * power_of_ten[count] + eight_digits(bytes);
        return text + count;
    }
}

/* The first DIGITS_MAX significant digits of a number that has more than DIGITS_MAX: the exponent
 * counts those that are left out, and `cut` tells whether one of them is not 0. */
static struct digits cut_digits(const char *text)
{
    struct digits digits = {0};
    bool fraction = false;
    int count = 0;
    for (; is_digit(*text) || (*text == '.' && !fraction); text++) {
        if (*text == '.') {
            fraction = true;
            continue;
        }
        uint64_t digit = (uint64_t)(*text - '0');
        if (count < DIGITS_MAX) {
            digits.w = digits.w * 10 + digit;
            count += digits.w != 0;
            digits.exponent -= fraction;
        } else {
            digits.cut = digits.cut || digit;
            digits.exponent += !fraction;
        }
    }
    return digits;
}

/* The exponent at text, which begins with e; text itself where it is none. */
static const char *add_exponent(const char *text, struct digits *digits)
{
    const char *at = text + 1;
    bool minus = *at == '-';
    int64_t exponent = 0;
    at += *at == '-' || *at == '+';
    if (!is_digit(*at))
        return text;
    for (; is_digit(*at); at++)
        exponent = exponent < EXPONENT_LIMIT ? exponent * 10 + (*at - '0') : exponent;
    digits->exponent += minus ? -exponent : exponent;
    return at;
}

/* Powers of ten that are doubles, and the largest number below which all whole ones are. */
static const double ten[] = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,  1e8,  1e9,  1e10, 1e11,
                             1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};
static const uint64_t exact_most = (uint64_t)1 << (MANTISSA + 1);

/* The same with the table made. Out of line, as read_rest is. */
__attribute__((noinline)) static double nearest_made(uint64_t w, int64_t q)
{
    if (!atomic_load_explicit(&made, memory_order_acquire))
        pthread_once(&once, make_table);
    return nearest(w, q);
}

/* begin: the number's text without its sign, for strtod. */
static double value_of(const struct digits *digits, const char *begin)
{
    const int64_t q = digits->exponent;
    if (!digits->w)
        return 0;
    if (!digits->cut && digits->w <= exact_most && q >= -22 && q <= 22)
        return q < 0 ? (double)digits->w / ten[-q] : (double)digits->w * ten[q];
    double value = nearest_made(digits->w, q);
    if (!digits->cut || value == nearest(digits->w + 1, q))
        return value;
    return strtod_l(begin, NULL, c_locale);
}

/* The digits before the point. One is what most numbers with a fraction have, which a processor
 * learns: what follows does not wait for them then. */
static inline const char *add_whole(const char *text, uint64_t *w)
{
    if (!is_digit(*text) || text[1] != '.')
        return add_digits(text, w);
    *w = (uint64_t)(*text - '0');
    return text + 1;
}

/* The same value, negative where `minus`. */
static double with_sign(double value, bool minus)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    bits ^= (uint64_t)minus << 63;
    memcpy(&value, &bits, sizeof bits);
    return value;
}

/* The rest of a number whose digits end at `at`: an exponent, more digits than a word holds. Out of
 * line, so that what most numbers take stays short. */
__attribute__((noinline)) static const char *read_rest(const char *begin, const char *at,
                                                       struct digits digits, bool minus,
                                                       struct decimal *decimal)
{
    int64_t count = at - begin - !decimal->whole;
    if (!count)
        return NULL;
    if (count > DIGITS_MAX)
        digits = cut_digits(begin);
    if (*at == 'e' || *at == 'E') {
        const char *behind = add_exponent(at, &digits);
        decimal->whole = decimal->whole && behind == at;
        decimal->padded = decimal->padded && decimal->whole;
        at = behind;
    }
    decimal->value = with_sign(value_of(&digits, begin), minus);
    return at;
}

const char *decimal_read(const char *text, struct decimal *decimal)
{
    struct digits digits = {0};
    const bool minus = *text == '-';
    const char *begin = text + (minus | (*text == '+'));
    const char *at = add_whole(begin, &digits.w);
    int64_t count = at - begin, places = 0;
    decimal->whole = *at != '.';
    decimal->padded = decimal->whole && count > 1 && *begin == '0';
    if (!decimal->whole) {
        const char *fraction = at + 1;
        at = add_digits(fraction, &digits.w);
        places = at - fraction;
        count += places;
        digits.exponent = -places;
    }
    bool usual = count > 0 && count <= DIGITS_MAX && (*at | 0x20) != 'e';
    if (!usual)
        return read_rest(begin, at, digits, minus, decimal);
    double value = digits.w <= exact_most ? (double)(int64_t)digits.w / ten[places]
                                          : nearest_made(digits.w, -places);
    decimal->value = with_sign(value, minus);
    return at;
}
