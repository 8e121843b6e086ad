/* What the files that read a plan offer each other. */
#ifndef WORDS_H
#define WORDS_H
#include "kernel.h"

#define LONGEST (1LL << 60) /* 36 years, so that a few times added up overflow nothing */
#define MOST 1e15           /* of what is drawn: seconds, or bytes */

typedef struct {
  const i64 *begin, *word, *end;
  int bad; /* what came is no plan: all that is read from now on is of no use */
} Words;

i64 whole(Words *, i64 least, i64 most); /* words.c */
u64 key_from(Words *);
i64 time_from(Words *);
i64 duration_from(Words *, i64 least);
int flag_from(Words *);
double number_from(Words *);
double within(Words *, double least, double most);
const void *several(Words *, i64 n);
const void *counted(Words *, i64 least, i64 *n);
void *made(Kernel *, Words *, i64 n, u64 size); /* memory for so many, or NULL and no plan */
Switch switch_from(Words *);
Polls polls_from(Words *, i64 shards);
Quantile quantile_from(Words *);
Profile profile_from(Words *);
Backoff backoff_from(Words *);
Lasting lasting_from(Words *);

void read_stream(Kernel *, Words *, Stream *); /* plan_streams.c */
void read_producer(Kernel *, Words *, Producer *, const double *exponential);
#endif
