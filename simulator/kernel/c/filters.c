/* Filters: which records of a stream a mapping lets through to its function [17]. */
#include "draws.h"
#include "traffic.h"

static u8 passes(const Stream *stream, const Producer *p, int filter, const Offered *o) {
  if (p->passing[filter]) return p->passing[filter][o->draw];
  return unit(bits(p->filters[filter], o->number)) < stream->filters[filter];
}

/* A record comes to a place of a log: which filters of the stream let it pass. */
void filter_record(const Stream *stream, const Producer *p, const Offered *o, const Log *log, i64 place) {
  for (int f = 0; f < stream->nfilters; f++) *passes_by(log, f, place) = passes(stream, p, f, o);
}
