/*
 * clock.h - the time.
 */
#ifndef TRAINER_CLOCK_H
#define TRAINER_CLOCK_H

/* Seconds of a clock that only goes forward. */
double clock_seconds(void);

#endif
