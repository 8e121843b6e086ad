"""The bounds that several fields share, and the names of AWS's pages that they come from."""

from simulator.scenario.kinds import Text
from simulator.scenario.quantities import Duration, Integer, Number, PerTime, WholeSize

KIB = 2**10
MIB = 2**20
TEN_YEARS = 3650 * 86_400.0  # seconds: enough, and far from where floats lose microseconds
LARGEST_RECORD = 10 * MIB

DURATION = Duration(0, TEN_YEARS)
RUN_DURATION = Duration(1e-6, TEN_YEARS)  # of a run
SOME_DURATION = Duration(0.001, TEN_YEARS)  # of what repeats: nothing may repeat without time going by
WHOLE_SECOND, WHOLE_HOUR = 1.0, 3600.0  # the steps in which AWS's API takes durations
SIGNED_DURATION = Duration(-TEN_YEARS, TEN_YEARS)
RATE = PerTime(0, 1e9)
PROBABILITY = Number(0, 1)
CONCURRENCY = Integer(0, 1_000_000)
SHARDS = Integer(1, 10_000)
MEMORY = WholeSize(128 * MIB, 10_240 * MIB, step=MIB)
COLUMN = Text(longest=256)

GUIDE = "AWS Lambda Developer Guide"
API = "AWS Lambda API, CreateEventSourceMapping"
KINESIS = "Amazon Kinesis Data Streams Developer Guide"
ASSUMPTION = "assumption"
