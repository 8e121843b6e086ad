/* Run plans to their ends, natively, for the sanitizers: each argument is a file that holds one, or what is none. */
#include <stdio.h>
#include <stdlib.h>
#include "../../simulator/kernel/c/kernel.h"

Kernel *new_run(u64 plan_bytes, u64 most_bytes);
void *plan_of(Kernel *);
int begin_run(Kernel *, u64 bytes);
int go_on_run(Kernel *, i64 until_ns);
void answer_run(Kernel *, i64 healthy, i64 took_ns, int timed_out, int ends);
const i64 *block(const Kernel *, int kind, int number, i64 piece);
i64 block_words(const Kernel *, int kind, int number, i64 piece);
i64 now_of(const Kernel *);

#define MOST_BYTES (1ULL << 30)
#define MOST_CALLS 20 /* a damaged plan may go on for ever */
#define MOST_ANSWERS 2000

/* Of a run that is measured: touch each word that is handed out. */
static i64 touch(const Kernel *k, int kind, int number) {
  i64 sum = 0, words;
  for (i64 piece = 0; (words = block_words(k, kind, number, piece)); piece++)
    for (i64 i = 0; i < words; i++) sum ^= block(k, kind, number, piece)[i];
  return sum;
}

static i64 touch_all(const Kernel *k) {
  i64 sum = 0;
  if (!k->measures) return 0;
  for (int i = 0; i < k->nstreams; i++)
    for (int kind = 0; kind < 8; kind++) sum ^= touch(k, kind, i);
  for (int i = 0; i < k->nfunctions; i++)
    for (int kind = 8; kind < 10; kind++) sum ^= touch(k, kind, i);
  for (int i = 0; i < k->nmappings; i++)
    for (int kind = 16; kind < 28; kind++) sum ^= touch(k, kind, i);
  for (int i = 0; i < k->nothers; i++)
    for (int kind = 32; kind < 34; kind++) sum ^= touch(k, kind, i);
  return sum;
}

static int run(const char *path) {
  FILE *file = fopen(path, "rb");
  if (!file) return 1;
  fseek(file, 0, SEEK_END);
  u64 bytes = (u64)ftell(file);
  rewind(file);
  Kernel *k = new_run(bytes, MOST_BYTES);
  if (!k || fread(plan_of(k), 1, bytes, file) != bytes) return 1;
  fclose(file);
  int status = begin_run(k, bytes);
  for (int calls = 0, answers = 0; calls < MOST_CALLS && answers < MOST_ANSWERS;) {
    if (status == ASKING) answer_run(k, answers % 4, answers * 1000000LL, answers % 7 == 6, answers % 5 == 4), answers++;
    else if (status == RUNNING || status == REACHED) calls++;
    else break;
    status = go_on_run(k, calls * NS);
  }
  i64 sum = status == OVER ? touch_all(k) : 0;
  printf("%s %d %lld %llx\n", path, status, (long long)now_of(k), (unsigned long long)sum);
  return 0; /* what it took is given back with the process */
}

int main(int n, char **paths) {
  for (int i = 1; i < n; i++)
    if (run(paths[i])) return 1;
  return 0;
}
