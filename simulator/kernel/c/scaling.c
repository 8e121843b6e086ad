/* Scaling by rule: a policy that looks at periods and asks for shards [15]. */
#include "traffic.h"

#define MINUTE_NS (60LL * NS)
#define NEARLY 1e-9 /* of a shard */
#define RECORDS_PER_S 1000.0
#define BYTES_PER_S 1048576.0

static i64 min(i64 a, i64 b) { return a < b ? a : b; }
static i64 max(i64 a, i64 b) { return a > b ? a : b; }

static i64 decides_ns(const Rule *rule, const Direction *d) {
  return d->there ? (d->period + 1) * d->period_ns + rule->delay_ns : NEVER;
}

/* When it decides next; NEVER without a rule. */
i64 rule_decides_ns(const Rule *rule) { return min(decides_ns(rule, &rule->up), decides_ns(rule, &rule->down)); }

/* When the minute ends in which a time lies: what is accepted in it is counted together. */
i64 minute_ends_ns(i64 time_ns) { return time_ns < 0 ? 0 : (time_ns / MINUTE_NS + 1) * MINUTE_NS; }

/* Records have been accepted from a time on, within its minute; what is from before t = 0 counts in no period. */
int count_for_rule(Kernel *k, Rule *rule, i64 time_ns, i64 records, i64 bytes) {
  i64 minute = time_ns / MINUTE_NS;
  if (time_ns < 0) return 1;
  if (minute >= rule->minutes_room) {
    i64 room = more_room(rule->minutes_room, 64, minute + 1);
    rule->records = longer(&k->memory, rule->records, rule->minutes_room, room, sizeof(i64));
    rule->bytes = longer(&k->memory, rule->bytes, rule->minutes_room, room, sizeof(i64));
    if (k->memory.exhausted) return 0;
    rule->minutes_room = room;
  }
  rule->records[minute] += records;
  rule->bytes[minute] += bytes;
  return 1;
}

/* The use of a period of so many minutes. */
static double figure(const Rule *rule, i64 period, i64 minutes, i64 open) {
  i64 records = 0, bytes = 0;
  for (i64 minute = period * minutes; minute < min((period + 1) * minutes, rule->minutes_room); minute++)
    records += rule->records[minute], bytes += rule->bytes[minute];
  double seconds = 60.0 * (double)minutes * (double)open;
  double of_records = (double)records / (RECORDS_PER_S * seconds), of_bytes = (double)bytes / (BYTES_PER_S * seconds);
  if (rule->metric == BY_RECORDS) return of_records;
  if (rule->metric == BY_BYTES) return of_bytes;
  return of_records > of_bytes ? of_records : of_bytes;
}

/* Decide: whether a direction would ask, as enough of its last periods tell it to. */
static int asks(const Rule *rule, Direction *d, int up, i64 now_ns, i64 changed_ns, i64 open) {
  i64 last = d->period++, told = 0, since = (changed_ns + d->period_ns - 1) / d->period_ns;
  for (i64 period = max(last - d->of + 1, since); period <= last; period++) {
    double use = figure(rule, period, d->period_ns / MINUTE_NS, open);
    told += up ? use > d->bound : use < d->bound;
  }
  return told >= d->points && now_ns - changed_ns >= d->cooldown_ns;
}

static i64 fewer(const Rule *rule, i64 open) {
  const Direction *d = &rule->down;
  i64 wanted = d->by ? open - d->by : (i64)__builtin_floor((double)open * d->factor + NEARLY);
  wanted = max(max(wanted, (open + 1) / 2), max(1, rule->minimum));
  return wanted < open ? wanted : 0;
}

static i64 more(const Rule *rule, i64 open) {
  const Direction *d = &rule->up;
  i64 wanted = d->by ? open + d->by : (i64)__builtin_ceil((double)open * d->factor - NEARLY);
  wanted = min(min(wanted, 2 * open), rule->maximum);
  return wanted > open ? wanted : 0;
}

/* How many shards it asks for at a time at which it decides; 0: for none. If both directions ask, up does. */
i64 rule_asks(Rule *rule, i64 now_ns, i64 open, i64 changed_ns) {
  i64 asked = 0, wanted = 0;
  if (decides_ns(rule, &rule->down) <= now_ns && asks(rule, &rule->down, 0, now_ns, changed_ns, open)) asked = fewer(rule, open);
  if (decides_ns(rule, &rule->up) <= now_ns && asks(rule, &rule->up, 1, now_ns, changed_ns, open)) wanted = more(rule, open);
  return wanted ? wanted : asked;
}
