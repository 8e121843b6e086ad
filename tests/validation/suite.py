"""All chapters of the suite, and the faster part of them that `make test` runs."""

from __future__ import annotations

from tests.validation import chapter_backlog as backlog
from tests.validation import chapter_concurrency as concurrency
from tests.validation import chapter_cost as cost
from tests.validation import chapter_errors as errors
from tests.validation import chapter_limits as limits
from tests.validation import chapter_measured as measured
from tests.validation import chapter_queues as queues
from tests.validation.studies import Chapter, Study


def whole() -> tuple[Chapter, ...]:
    """What `make validate` runs; some of it needs the dependency group `validate`."""
    from tests.validation import chapter_aws, chapter_environments

    return (
        queues.chapter((0.3, 0.6, 0.8, 0.9, 0.95)),
        concurrency.chapter(),
        backlog.chapter(),
        errors.chapter(),
        limits.chapter(),
        cost.chapter(),
        measured.chapter(),
        *chapter_aws.chapters(),
        chapter_environments.chapter(),
    )


def quick() -> tuple[Study, ...]:
    """What `make test` runs: one or two studies of a kind, shorter."""
    return (
        queues.single("M/D/1", queues.SERVICES["M/D/1"], 0.6, 0.15),
        queues.single("M/G/1, uniform", queues.UNIFORM, 0.8, 0.15),
        queues.bulk(4, 0.0, 0.6, 0.3),
        queues.gated(0.0, 0.6, 1.0),
        queues.exhaustive(0.0, 0.6, 0.5),
        queues.whole_backlog(0.3),
        queues.windowed(0.3),
        concurrency.overflow(4, 3.0, 1.0, 0.02),
        backlog.drain(0.5, 0.2),
        backlog.overload(),
        backlog.record_age(),
        backlog.stopped(),
        *errors.chapter(24).studies,
        *limits.chapter(0.2).studies,
        *cost.chapter().studies,
        measured.retries_in_a_minute(),
    )
