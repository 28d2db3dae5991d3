/*
 * key_hints.c - the key=value that a user of other programs may mean by --epochs or --lr.
 */
#include "key_hints.h"

#include <ctype.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/* A key, and further words for it, each framed by commas. */
static const struct {
    const char *key, *words;
} hints[] = {
    {"trainer.max_epochs", ",epochs,epoch,num_epochs,n_epochs,nepochs,train_epochs,"},
    {"trainer.max_steps", ",steps,iterations,iters,max_iter,max_iters,num_steps,"},
    {"trainer.max_seconds", ",seconds,max_time,time_limit,timeout,"},
    {"trainer.batch_size", ",batch,bs,b,batchsize,minibatch,"},
    {"trainer.threads", ",num_threads,n_jobs,num_workers,workers,cpus,"},
    {"trainer.early_stopping.patience", ",patience,"},
    {"trainer.early_stopping.monitor", ",monitor,"},
    {"trainer.evaluate.every", ",evaluate_every,eval_every,log_interval,"},
    {"trainer.checkpoint.every", ",save_every,checkpoint_every,"},
    {"trainer.checkpoint.keep_best", ",save_best,"},
    {"optimizer.learning_rate", ",lr,eta,eta0,alpha,rate,learning_rate_init,"},
    {"optimizer.momentum", ",momentum,"},
    {"optimizer.weight_decay", ",wd,decay,l2,"},
    {"optimizer.type", ",optimizer,optim,solver,"},
    {"model.weights", ",pretrained,init_from,load,"},
    {"output.folder", ",out,out_dir,output_dir,save_dir,logdir,log_dir,"},
    {"seed", ",random_state,random_seed,manual_seed,"},
};

enum { WORD_MAX = 64 };

/* The word in lower case, '-' as '_', framed by commas; false where it can be none. */
static bool frame(char *framed, const char *word)
{
    size_t length = strlen(word);
    if (length == 0 || length > WORD_MAX || strchr(word, ','))
        return false;
    *framed++ = ',';
    for (; *word; word++)
        *framed++ = *word == '-' ? '_' : (char)tolower((unsigned char)*word);
    strcpy(framed, ",");
    return true;
}

const char *key_hints_find(const char *word)
{
    char framed[WORD_MAX + 3];
    if (!frame(framed, word))
        return NULL;
    size_t length = strlen(framed) - 2;
    for (size_t i = 0; i < sizeof hints / sizeof hints[0]; i++) {
        const char *dot = strrchr(hints[i].key, '.'), *last = dot ? dot + 1 : hints[i].key;
        bool same = strlen(last) == length && memcmp(framed + 1, last, length) == 0;
        if ((same && dot) || strstr(hints[i].words, framed))
            return hints[i].key;
    }
    return NULL;
}
