/*
 * key_hints.h - the key=value that a user of other programs may mean by --epochs or --lr.
 */
#ifndef TRAINER_KEY_HINTS_H
#define TRAINER_KEY_HINTS_H

/* The full key that `word` stands for: its last part ("batch_size", "batch-size") or what other
 * programs call it ("epochs"); "trainer.batch_size". NULL where it is none that is known. */
const char *key_hints_find(const char *word);

#endif
