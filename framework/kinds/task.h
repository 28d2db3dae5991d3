/*
 * task.h - what a network is asked, and so how its prediction becomes an answer.
 *
 *     TASK_VALUES   its elements are the answer
 *     TASK_CLASS    the class of the largest of one element a class; of equal ones the first
 *     TASK_BINARY   one element, the probability of class 1: class 1 above one half, else class 0
 *     TASK_LABELS   each element is the probability of a label of its own: yes above one half
 *
 * A loss says which of them its prediction answers; a metric says which of them it measures.
 */
#ifndef TRAINER_TASK_H
#define TRAINER_TASK_H

enum task {
    TASK_NONE = 0,
    TASK_VALUES = 1,
    TASK_CLASS = 2,
    TASK_BINARY = 4,
    TASK_LABELS = 8,
    TASK_CLASSES = TASK_CLASS | TASK_BINARY, /* one class a sample */
};

#endif
