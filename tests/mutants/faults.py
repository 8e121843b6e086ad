"""The faults: small mistakes that somebody could have made, in the model and in its measures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Fault:
    """In a file of simulator/, `right` becomes `wrong`; `right` stands there exactly once."""

    file: str
    right: str
    wrong: str
    survives: str = ""  # why no test can notice, or none does


def in_file(file: str, *faults: tuple[str, str] | tuple[str, str, str]) -> tuple[Fault, ...]:
    """Faults of one file."""
    return tuple(Fault(file, *fault) for fault in faults)


FAULTS: Final = (
    *in_file(
        "model/backoff.py",
        ("levels[-1] * spec.factor", "levels[-1] + spec.factor"),
        ("min(spec.maximum, spec.initial)", "spec.initial"),
        ("levels[n - 1] if n <= len(levels)", "levels[n] if n < len(levels)"),
        ("(1 + spec.jitter * (2 * uniform() - 1))", "(1 + spec.jitter * uniform())"),
    ),
    *in_file(
        "model/batching.py",
        ("4 * ((size + 2) // 3)", "4 * (size // 3)"),
        ("ENVELOPE_BYTES: Final = 532", "ENVELOPE_BYTES: Final = 523"),
        ('PAYLOAD_LIMIT, "right"))', 'PAYLOAD_LIMIT, "left"))'),
        ("return max(1, int(np.searchsorted", "return max(0, int(np.searchsorted"),
        ("PAYLOAD_LIMIT)) + 1", "PAYLOAD_LIMIT)) + 2"),
    ),
    *in_file(
        "model/concurrency.py",
        ("running[0][0] <= now", "running[0][0] < now"),
        ("return len(running) < self.limit", "return len(running) <= self.limit"),
        ("scenario.account.other_concurrency - sum(reserves)", "scenario.account.other_concurrency"),
        ("            if lost:", "            if not lost:"),
    ),
    *in_file(
        "model/environments.py",
        ("now - idle[0] > self._idle_timeout_s", "now - idle[0] >= 2 * self._idle_timeout_s"),
        ("            idle.pop()\n            return ON_DEMAND", "            idle.popleft()\n            return ON_DEMAND"),
        ("provisioned[-1] > idle[-1]", "provisioned[-1] < idle[-1]"),
        ("NEW_PER_S = 100.0", "NEW_PER_S = 1000.0"),
        ("NEW_BURST_S = 10.0", "NEW_BURST_S = 20.0"),
        ("        if kind == PROVISIONED:\n            self._unused", "        if kind != PROVISIONED:\n            self._unused"),
    ),
    *in_file(
        "model/failures.py",
        ("outage.from_ <= started < outage.to", "outage.from_ <= started <= outage.to + 1"),
        ("after = min(after, outage.fails_after)", "after = max(0.0, outage.fails_after)"),
        ("math.prod(slow.factor", "sum(slow.factor"),
    ),
    *in_file(
        "model/function.py",
        ("if duration <= self.timeout_s", "if duration <= 2 * self.timeout_s"),
        ("if poison_after < after:", "if poison_after <= after:"),
        ("        if outcome != OK:\n            duration *= after", "        if outcome == PARTIAL:\n            duration *= after"),
        ("mib * (bytes_ / MIB)\n    per_batch", "mib * (bytes_ // MIB)\n    per_batch"),
    ),
    *in_file(
        "model/lane.py",
        ("while self.segments[self.at].end <= index:", "while self.segments[self.at].end < index:"),
        ("self.busy_s += now - self.cut_s", "self.busy_s = now - self.cut_s"),
        ("by_time = max(self.idle_since, self.oldest_available_s())", "by_time = self.oldest_available_s()"),
        ("full = full or fit < n or filling(sizes) <= n", "full = full or filling(sizes) <= n"),
        ("full = n == mapping.batch_size", "full = n >= mapping.batch_size - 1"),
        ("elif self._awaits_answer or not self.mapping.enabled:", "elif not self.mapping.enabled:"),
        ("elif self._awaits_answer or not self.mapping.enabled:", "elif self._awaits_answer:"),
        ("self.available(now) < self.mapping.batch_size and", "self.available(now) == 0 and"),
        ("self.low = self.cursor\n        if self.poison:", "self.low = self.cursor - 1\n        if self.poison:"),
        ("marks[1][0] <= self.cursor:", "marks[1][0] < self.cursor:"),
        ("low = max(self.watermark, segment.first) + shift", "low = segment.first + shift",
         "only slower: the records before the watermark have lower places anyway"),
        ("return max(0.0, now - oldest)", "return now - oldest"),
    ),
    *in_file(
        "model/mapping.py",
        ("EXPIRED if self.retention_s < record_age", "EXPIRED if self.retention_s > record_age"),
        ("min(record_age, self.retention_s)", "record_age"),
        ("return mapping.starts_after, False", "return mapping.starts_after, True"),
        ("return SENT if self.spec.on_failure_destination else DROPPED", "return DROPPED"),
    ),
    *in_file(
        "model/partition_keys.py",
        ("min(hash_ // (HASHES // shards), shards - 1)", "hash_ * shards // HASHES"),
        ("* lanes // (last - first + 1)", "* lanes // (last - first + 2**100)"),
        ("** -keys.popularity.zipf", "** -(keys.popularity.zipf + 1)"),
        ("return (np.arange(drawn - n, drawn) % count)", "return (np.arange(n) % count)"),
        ("scaled[high] -= 1 - scaled[low]", "scaled[high] -= scaled[low]"),
    ),
    *in_file(
        "model/poison.py",
        ("np.flatnonzero(accepted_s >= at)", "np.flatnonzero(accepted_s > at + 0.5)"),
        ("rng.geometric(probability)) - 1  # records", "rng.geometric(probability))  # records"),
        ("self._next -= n\n", "self._next -= n + 1\n"),
    ),
    *in_file(
        "model/polling.py",
        ("ANSWER_BYTES: Final = 10 * 2**20", "ANSWER_BYTES: Final = 10 * 10**6"),
        ("self.held >= polling.get_records_limit", "self.held > polling.get_records_limit"),
        ("self._in_flight > 0 or self._answered_s > now or self._poll(now)", "self._poll(now)"),
        ("        self.calls += self.limits.take_token(now)\n", "        self.calls += 1\n"),
        ("        self.limits.owe(now, bytes_)\n        self.bytes += bytes_\n        return records", "        self.bytes += bytes_\n        return records"),
        ("self._next_s = now + polling.interval", "self._next_s = self._next_s + polling.interval"),
        ("most = min(segment.end, low + self.polling.get_records_limit - records)", "most = segment.end"),
        ("self._pass_over_gone(now - mapping.retention_s, now)\n        records", "pass\n        records"),
        ("self._next_s += empty * interval", "self._next_s += (empty + 1) * interval"),
        ("then = self._place, now + self.polling.latency", "then = self._place, now"),
        ('if self.polling.repoll == "base_rate":', 'if self.polling.repoll == "full_batch":'),
        ("ceil((self._next_s - end_s) / self.polling.interval) - 1", "ceil((self._next_s - end_s) / self.polling.interval)"),
    ),
    *in_file(
        "model/producer.py",
        ("np.arange(first, self._k, dtype=np.float64) + 0.5", "np.arange(first, self._k, dtype=np.float64)"),
        ("self._ahead = drawn[cut:]", "self._ahead = drawn[cut + 1 :]"),
        ("np.clip(np.rint(draw(size, rng, n)), 1, largest)", "np.clip(np.rint(draw(size, rng, n)), 0, largest)"),
    ),
    *in_file(
        "model/push.py",
        ("BYTES_PER_S = 2.0 * 2**20", "BYTES_PER_S = 2.0 * 10**6"),
        ("max(self._sent_s, self._since)", "self._since"),
        ("available_s[:] = sent + self._propagation_s", "available_s[:] = accepted_s + self._propagation_s"),
        ("        if begin > since:", "        if begin > since + 1:"),
        ("merged[-1][0], max(end, merged[-1][1])", "merged[-1][0], end"),
    ),
    *in_file(
        "model/rates.py",
        ("return n * self.a_period + self.one.integral(rest)", "return n * self.a_period + self.one.integral(time)"),
        ("np.append(times, 2 * times[-1] - times[-2])", "np.append(times, times[-1] + 1)"),
        ("trace.records * trace.scale / np.diff(edges)", "trace.records * trace.scale"),
        ("np.arccos(-sine.mean / sine.amplitude)", "np.arccos(sine.mean / sine.amplitude)"),
    ),
    *in_file(
        "model/read_limits.py",
        ("CALLS_PER_S: Final = 5.0", "CALLS_PER_S: Final = 6.0"),
        ("max(now, self._debt_paid_s) + bytes_", "now + bytes_"),
        ("CALL_BURST_S: Final = 1.0", "CALL_BURST_S: Final = 2.0"),
    ),
    *in_file(
        "model/retries.py",
        ("middle = low + (high - low) // 2", "middle = low + (high - low + 1) // 2"),
        ("0 <= spec.maximum_retry_attempts < tries", "0 <= spec.maximum_retry_attempts <= tries"),
        ("spec.bisect_batch_on_function_error and high - low > 1", "spec.bisect_batch_on_function_error"),
        ("later += ((middle, high, now, throttled), (low, middle, now, throttled))",
         "later += ((low, middle, now, throttled), (middle, high, now, throttled))"),
        ("        throttles = 0\n        tries += 1", "        tries += 1"),
        ("            throttles += 1\n            mapping", "            throttles += 1\n            tries += 1\n            mapping"),
        ("throttled += again - begun", "throttled += again - now"),
        ("finish = now + cold + run", "finish = now + run"),
        ("now + mapping.retry_backoff(tries)", "now + mapping.retry_backoff(tries + 1)"),
        ("        lane.read_again(bytes_, now)\n", ""),
        ("over_age(low, high, now - mapping.age_limit_s)", "over_age(low, high, now - mapping.age_limit_s + 1)"),
        ("begun + mapping.overhead_s", "begun + 2 * mapping.overhead_s"),
    ),
    *in_file(
        "model/sampling.py",
        ("standard_gamma(1 / (cv * cv), n)", "standard_gamma(1 / cv, n)"),
        ("np.log(p99 / median) / Z99", "np.log(p99 / median) / 2"),
        ("(rng.random(n) * len(values))", "(rng.random(n) * (len(values) - 1))"),
    ),
    *in_file(
        "model/stream.py",
        ("ready = new[\"accepted\"] < end_s", "ready = new[\"accepted\"] < end_s + 0.1"),
        ("_take(merged, np.argsort(merged[\"produced\"], kind=\"stable\"))", "merged"),
        ("lost | (new[\"accepted\"] > produced + TOLERANCE_S)", "(new[\"accepted\"] > produced + TOLERANCE_S)"),
    ),
    *in_file(
        "model/write_limits.py",
        ("by_records = max(produced, records_full - BURST_S)", "by_records = max(produced, records_full)"),
        ("spare = np.maximum(BURST_S - cost_s, 0.0)", "spare = BURST_S - cost_s"),
        ("                lost[k] = True\n                continue", "                lost[k] = True"),
        ("furthest[0] = max(furthest[0], full_s)", "pass"),
        ("bytes_full - max(BURST_S, cost)", "bytes_full - BURST_S"),
    ),
    *in_file(
        "measures/billed.py",
        ("np.ceil(np.rint(duration_s * 1e6) / 1e3)", "np.floor(np.rint(duration_s * 1e6) / 1e3)"),
        ("wasted = (high - done) / (high - low)", "wasted = (done - low) / (high - low)"),
    ),
    *in_file(
        "measures/concurrency.py",
        ("times = np.concatenate((finished_s, started_s))", "times = np.concatenate((started_s, finished_s))"),
        ("self._now = int(level[-1])", "self._now = 0"),
    ),
    *in_file(
        "measures/conservation.py",
        ("if total != counted.produced or", "if"),
    ),
    *in_file(
        "measures/grid.py",
        ("np.zeros(len(self.values) % 2))).reshape(-1, 2).sum(axis=1)", "np.zeros(len(self.values) % 2))).reshape(-1, 2).max(axis=1)"),
        ("high = np.minimum(end_s[which], (rows + 1) * interval_s)", "high = np.minimum(end_s[which], rows * interval_s)"),
    ),
    *in_file(
        "measures/histogram.py",
        ("SHIFT: Final = 52 - 7", "SHIFT: Final = 52 - 5"),
        ("rank = percents / 100 * upto[-1]", "rank = percents / 100 * (upto[-1] - 1) + 1"),
        ("self.sum_s += float(values_s.sum())", "self.sum_s = float(values_s.sum())"),
    ),
    *in_file(
        "measures/incidents.py",
        ("backlog[over:] <= before", "backlog[over:] < before"),
        ("reference = slice(max(0, first - REFERENCE_ROWS), first)", "reference = slice(0, first)"),
    ),
    *in_file(
        "measures/mapping.py",
        ("age = attempts.finished_s - attempts.last_accepted_s\n", "age = attempts.started_s - attempts.last_accepted_s\n"),
        ("warm = done.accepted_s >= self.warmup_s", "warm = done.accepted_s <= self.warmup_s"),
        ("((outcome != OK) & ~failed)", "(outcome != OK)"),
    ),
    *in_file(
        "measures/parts.py",
        ("queueing = n * column(\"busy_s\") - processed.sums(processed.busy_s)", "queueing = processed.sums(processed.busy_s)"),
        ("accepted - produced,", "accepted - accepted,"),
    ),
    *in_file(
        "measures/queueing.py",
        ("lane.busy_s if lane.cut_s < 0 else lane.busy_s + now - lane.cut_s", "lane.busy_s"),
    ),
    *in_file(
        "measures/stream.py",
        ("self.accepted_before += len(accepted)", "self.accepted_before = len(accepted)"),
        ("in_time = accepted <= end_s", "in_time = accepted <= end_s + 10"),
    ),
    *in_file(
        "measures/usage.py",
        ("[p.calls + p.refused for p in pollers]", "[p.calls for p in pollers]"),
        ("busiest * size / BYTES_PER_S", "busiest / BYTES_PER_S"),
    ),
    *in_file(
        "measures/verdict.py",
        ("rise = (last - earlier) / (0.25 * duration_s)", "rise = (last - earlier) / duration_s"),
        ("return 5 + 2 * (wait + mapping.maximum_batching_window)", "return 5 + wait + mapping.maximum_batching_window"),
        ("if worst <= limit:", "if last <= limit:"),
    ),
    *in_file(
        "measures/tables.py",
        ("accepted - np.minimum(accepted, skipped) -", "accepted -"),
    ),
)  # fmt: skip
