/*
 * adamw - adam whose weight decay is no part of the gradient (Loshchilov, Hutter).
 *
 *     x <- x - learning_rate lambda x          lambda = weight_decay
 *     then the rule of adam
 *
 *     optimizer: {type: adamw, learning_rate: 0.001, weight_decay: 0.01}
 *
 * PyTorch's. l1, where it is given, is added to the gradient as everywhere.
 */
#include "adam.h"

static const struct option adamw_options[] = {
    {"learning_rate", OPTION_NUMBER, offsetof(struct adam, base.learning_rate), .standard = "0.001",
     .minimum = 0, .maximum = 1e6, .above_minimum = true, .help = "size of a step"},
    {"beta1", OPTION_NUMBER, offsetof(struct adam, beta1), .standard = "0.9", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean gradient that stays"},
    {"beta2", OPTION_NUMBER, offsetof(struct adam, beta2), .standard = "0.999", .minimum = 0,
     .maximum = 1, .below_maximum = true, .help = "share of the mean square that stays"},
    {"epsilon", OPTION_NUMBER, offsetof(struct adam, epsilon), .standard = "1e-8", .minimum = 0,
     .maximum = 1e6, .above_minimum = true, .help = "added to the root"},
    {"amsgrad", OPTION_BOOLEAN, offsetof(struct adam, amsgrad), .standard = "false",
     .help = "divide by the largest mean square so far"},
    {"weight_decay", OPTION_NUMBER, offsetof(struct adam, base.weight_decay), .standard = "0.01",
     .minimum = 0, .maximum = 1e6,
     .help = "share of a weight that a step takes away, times the rate"},
    {0},
};

const struct optimizer_kind NAME(optimizer_adamw) = {
    .base = {.title = "adamw",
             .help = "adam with weight decay apart from the gradient",
             .options = adamw_options,
             .private_size = sizeof(struct adam)},
    .decoupled = true,
    .state_names = {"mean", "variance", "largest"},
    .wants_state = adam_wants_state,
    .constants = adam_constants,
    .step = adam_step,
};
