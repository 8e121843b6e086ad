"""What AWS and the tools around it call the fields of a scenario, and what of theirs is not modelled.

docs/aws-names.md is this table; whoever writes AWS's name into a scenario is told ours.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import cache
from typing import Final, NamedTuple


class AwsName(NamedTuple):
    """A setting of AWS: by its API and CloudFormation, by Terraform, by the Serverless Framework; and its counterpart.

    field: the path of ours, without the names of things; empty for what is not modelled. note: what is otherwise there.
    """

    api: str
    terraform: str
    serverless: str
    field: str
    note: str = ""


MAPPING: Final = "event_source_mappings"
NAMES: Final = (
    AwsName("EventSourceArn", "event_source_arn", "arn", f"{MAPPING}.stream", "of a consumer: `consumer: push` too"),
    AwsName("FunctionName", "function_name", "", f"{MAPPING}.function", "without version or alias"),
    AwsName("Enabled", "enabled", "enabled", f"{MAPPING}.disabled", "periods in which it is not"),
    AwsName("BatchSize", "batch_size", "batchSize", f"{MAPPING}.batch_size"),
    AwsName(
        "MaximumBatchingWindowInSeconds", "maximum_batching_window_in_seconds", "batchWindow",
        f"{MAPPING}.maximum_batching_window", "with a unit: 5s",
    ),
    AwsName(
        "ParallelizationFactor", "parallelization_factor", "parallelizationFactor", f"{MAPPING}.parallelization_factor"
    ),
    AwsName(
        "StartingPosition", "starting_position", "startingPosition", f"{MAPPING}.starting_position",
        "in small letters",
    ),
    AwsName(
        "StartingPositionTimestamp", "starting_position_timestamp", "startingPositionTimestamp",
        f"{MAPPING}.starting_position", "`{at_timestamp: 5m}`, in time of the run",
    ),
    AwsName(
        "MaximumRetryAttempts", "maximum_retry_attempts", "maximumRetryAttempts", f"{MAPPING}.maximum_retry_attempts"
    ),
    AwsName(
        "MaximumRecordAgeInSeconds", "maximum_record_age_in_seconds", "maximumRecordAgeInSeconds",
        f"{MAPPING}.maximum_record_age", "with a unit: 1h",
    ),
    AwsName(
        "BisectBatchOnFunctionError", "bisect_batch_on_function_error", "bisectBatchOnFunctionError",
        f"{MAPPING}.bisect_batch_on_function_error",
    ),
    AwsName(
        "FunctionResponseTypes", "function_response_types", "functionResponseType",
        f"{MAPPING}.report_batch_item_failures", "true for ReportBatchItemFailures",
    ),
    AwsName(
        "DestinationConfig", "destination_config", "destinations", f"{MAPPING}.on_failure_destination", "true for any"
    ),
    AwsName(
        "FilterCriteria", "filter_criteria", "filterPatterns", f"{MAPPING}.filter",
        "`{passes: 0.2}`: the part of the records that they let through",
    ),
    AwsName("TumblingWindowInSeconds", "tumbling_window_in_seconds", "tumblingWindowInSeconds", ""),
    AwsName("MetricsConfig", "metrics_config", "", ""),
    AwsName("KmsKeyArn", "kms_key_arn", "kmsKeyArn", "", "changes no time"),
    AwsName("MemorySize", "memory_size", "memorySize", "functions.memory", "with a unit: 512MiB"),
    AwsName("Timeout", "timeout", "timeout", "functions.timeout", "with a unit: 30s"),
    AwsName("Architectures", "architectures", "architecture", "functions.architecture", "x86 or arm"),
    AwsName(
        "ReservedConcurrentExecutions", "reserved_concurrent_executions", "reservedConcurrency",
        "functions.reserved_concurrency", "Terraform's -1 is `none`",
    ),
    AwsName(
        "ProvisionedConcurrentExecutions", "provisioned_concurrent_executions", "provisionedConcurrency",
        "functions.provisioned_concurrency", "of a version or alias there",
    ),
    AwsName("ProvisionedConcurrencyConfig", "provisioned_concurrency_config", "", "functions.provisioned_concurrency"),
    AwsName("SnapStart", "snap_start", "snapStart", "functions.cold_start", "give the cold start that is left"),
    AwsName("Runtime", "runtime", "runtime", "functions.duration", "measured with it; cold_start too"),
    AwsName("EphemeralStorage", "ephemeral_storage", "ephemeralStorageSize", ""),
    AwsName("ConcurrentExecutions", "", "", "account.concurrency", "of the account's limits"),
    AwsName("ShardCount", "shard_count", "", "streams.shards"),
    AwsName("TargetShardCount", "", "", "streams.resharding.shards", "of UpdateShardCount, `{at: 10m, shards: 8}`"),
    AwsName("ShardToSplit", "", "", "streams.resharding.split", "of SplitShard, `{at: 10m, split: 0}`"),
    AwsName("ShardToMerge", "", "", "streams.resharding.merge", "of MergeShards, `{at: 10m, merge: [0, 1]}`"),
    AwsName("OpenShardCount", "", "", "streams.shards"),
    AwsName("RetentionPeriodHours", "retention_period", "", "streams.retention", "with a unit: 48h"),
    AwsName("MaxRecordSizeInKiB", "max_record_size_in_kib", "", "streams.max_record_size", "with a unit: 1MiB"),
    AwsName("StreamModeDetails", "stream_mode_details", "", "streams.mode", "provisioned or on_demand"),
    AwsName("WarmThroughputMiBps", "warm_throughput", "", ""),
    AwsName("RecordDistributionStrategy", "", "", "", "USER_PARTITION_KEY is"),
    AwsName("StreamEncryption", "encryption_type", "", "", "changes no time"),
    AwsName("DesiredShardLevelMetrics", "shard_level_metrics", "", ""),
    AwsName("ConsumerName", "consumer_name", "", f"{MAPPING}.consumer", "`push` for a mapping that reads a consumer"),
    AwsName("ConsumerARN", "consumer_arn", "", f"{MAPPING}.consumer", "the same"),
)  # fmt: skip


@cache
def _by_word() -> dict[str, AwsName]:
    return {_word(name): each for each in reversed(NAMES) for name in each[:3] if name}


def _word(name: str) -> str:
    """A name without regard to how its words are joined: BatchSize, batchSize and batch_size are one."""
    return name.replace("_", "").replace("-", "").lower()


def aws_hint(name: str, known: Collection[str] = ()) -> str:
    """What a name of AWS's is called here, as a hint; empty for a name that AWS does not have.

    known: the fields that may stand where the name stands; without them any may.
    """
    found = _by_word().get(_word(name))
    if found is None:
        return ""
    note = f" ({found.note})" if found.note else ""
    if not found.field:
        return f"AWS's {found.api} is not modelled{note}"
    field = found.field.rpartition(".")[2]
    return f"did you mean '{field}'{note}?" if field in known or not known else f"it is {found.field} here{note}"
