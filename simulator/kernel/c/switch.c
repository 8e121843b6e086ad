/* What is disabled at times: mappings and other readers [1, 4]. */
#include "model.h"

/* The next of the begins and ends of its periods. */
static void next_switch(Kernel *k, const Switch *s, int number) {
  if (s->switches < 2 * s->periods) due(&k->clock, s->disabled[s->switches], order(SWITCH, number, 0, 1));
}

void begin_switching(Kernel *k, Switch *s, int number) {
  s->enabled = 1;
  next_switch(k, s, number);
}

void switch_now(Kernel *k, Switch *s, int number) {
  s->enabled = !s->enabled;
  s->switches++;
  next_switch(k, s, number);
}
