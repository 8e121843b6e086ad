#!/usr/bin/env bash
#
# Collects what `shardsim import` reads of one stream and the functions that read it, into a folder.
#
#   bash collect.sh [FOLDER [HOURS]]        by default ./@NAME@-export and 24 hours, at most 360
#   shardsim import FOLDER -o @NAME@.yaml
#
# It only reads, and it changes nothing. Account, region and profile are those of the aws command line (version 2).
# What may be secret is not asked for: no environment variables of functions, no code, of logs only REPORT lines.
#
# Permissions that it needs (the AWS managed policies ReadOnlyAccess and ViewOnlyAccess are more than enough):
#   kinesis:DescribeStreamSummary, kinesis:ListShards, kinesis:ListStreamConsumers
#   lambda:ListEventSourceMappings, lambda:GetFunctionConfiguration, lambda:GetFunctionConcurrency,
#   lambda:ListProvisionedConcurrencyConfigs, lambda:GetAccountSettings
#   cloudwatch:GetMetricData
#   logs:FilterLogEvents
# What is not allowed is told and left out; import then says what is missing.

set -euo pipefail

stream=@QUOTED@
folder=${1:-@NAME@-export}
hours=${2:-24}
most_events=20000 # REPORT lines of each function

end=$(($(date -u +%s) / 60 * 60 - 300)) # metrics of the last minutes are not whole yet
start=$((end - hours * 3600))
failed=0

# save FILE COMMAND...: what a command prints becomes a file of the folder, whole or not at all.
save() {
  local file=$folder/$1
  shift
  echo "$file" >&2
  if "$@" >"$file.part"; then
    mv "$file.part" "$file"
  else
    rm -f "$file.part"
    echo "  left out: $*" >&2
    failed=1
  fi
}

# query ID NAMESPACE METRIC STATISTIC DIMENSION VALUE: a part of the file of queries.
query() {
  printf '%s{"Id":"%s","MetricStat":{"Metric":{"Namespace":"%s","MetricName":"%s","Dimensions":[{"Name":"%s","Value":"%s"}]},"Period":60,"Stat":"%s"},"ReturnData":true}' \
    "$separator" "$1" "$2" "$3" "$5" "$6" "$4"
  separator=,
}

mkdir -p "$folder"

# The stream, its shards, and who has an HTTP/2 consumer of it.
save "stream.$stream.json" aws kinesis describe-stream-summary --stream-name "$stream" --output json
save "shards.$stream.json" aws kinesis list-shards --stream-name "$stream" --output json
arn=$(aws kinesis describe-stream-summary --stream-name "$stream" --query StreamDescriptionSummary.StreamARN --output text)
save "consumers.$stream.json" aws kinesis list-stream-consumers --stream-arn "$arn" --output json
consumers=$(aws kinesis list-stream-consumers --stream-arn "$arn" --query 'Consumers[].ConsumerARN' --output text || true)

# The mappings of the stream and of its consumers; then each function once.
functions=
mappings=
number=0
for source in "$arn" $consumers; do
  [ "$source" = None ] && continue
  save "mappings.$number.json" aws lambda list-event-source-mappings --event-source-arn "$source" --output json
  functions+=" $(aws lambda list-event-source-mappings --event-source-arn "$source" --query 'EventSourceMappings[].FunctionArn' --output text)"
  mappings+=" $(aws lambda list-event-source-mappings --event-source-arn "$source" --query 'EventSourceMappings[].UUID' --output text)"
  number=$((number + 1))
done
names=$(for each in $functions; do
  [ "$each" = None ] && continue
  each=${each##*:function:}
  echo "${each%%:*}"
done | sort -u)

save account.json aws lambda get-account-settings --output json
for name in $names; do
  save "function.$name.json" aws lambda get-function-configuration --function-name "$name" --output json \
    --query '{FunctionName:FunctionName,FunctionArn:FunctionArn,MemorySize:MemorySize,Timeout:Timeout,Runtime:Runtime,Architectures:Architectures,SnapStart:SnapStart,CapacityProviderConfig:CapacityProviderConfig,DurableConfig:DurableConfig}'
  save "concurrency.$name.json" aws lambda get-function-concurrency --function-name "$name" --output json
  save "provisioned.$name.json" aws lambda list-provisioned-concurrency-configs --function-name "$name" --output json
done

# Metrics of each minute.
separator=
{
  printf '['
  for metric in IncomingRecords IncomingBytes WriteProvisionedThroughputExceeded ReadProvisionedThroughputExceeded; do
    query "stream_$metric" AWS/Kinesis "$metric" Sum StreamName "$stream"
  done
  query stream_iterator_age AWS/Kinesis GetRecords.IteratorAgeMilliseconds Maximum StreamName "$stream"
  number=0
  for name in $names; do
    for metric in Invocations Errors Throttles Duration; do
      query "function_${number}_$metric" AWS/Lambda "$metric" Sum FunctionName "$name"
    done
    for statistic in p50 p99; do
      query "function_${number}_Duration_$statistic" AWS/Lambda Duration "$statistic" FunctionName "$name"
    done
    for metric in IteratorAge ConcurrentExecutions; do
      query "function_${number}_$metric" AWS/Lambda "$metric" Maximum FunctionName "$name"
    done
    number=$((number + 1))
  done
  number=0
  for uuid in $mappings; do # there are none unless the mapping's MetricsConfig has EventCount
    [ "$uuid" = None ] && continue
    for metric in PolledEventCount FilteredOutEventCount InvokedEventCount; do
      query "mapping_${number}_$metric" AWS/Lambda "$metric" Sum EventSourceMappingUUID "$uuid"
    done
    number=$((number + 1))
  done
  printf ']\n'
} >"$folder/queries.json"
save metrics.json aws cloudwatch get-metric-data --metric-data-queries "file://$folder/queries.json" \
  --start-time "$start" --end-time "$end" --scan-by TimestampAscending --output json

# REPORT lines: durations, cold starts.
for name in $names; do
  group=$(aws lambda get-function-configuration --function-name "$name" --query LoggingConfig.LogGroup --output text || true)
  case $group in '' | None) group=/aws/lambda/$name ;; esac
  save "log.$name.json" aws logs filter-log-events --log-group-name "$group" --start-time "${start}000" --end-time "${end}000" \
    --filter-pattern '?"REPORT RequestId" ?"platform.report"' --max-items "$most_events" \
    --query '{events:events[].{timestamp:timestamp,message:message}}' --output json
done

echo "next: shardsim import $folder" >&2
exit "$failed"
