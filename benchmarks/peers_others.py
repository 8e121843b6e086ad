"""Ciw, salabim, cimba and SimFaaS; each is imported where it is used, for it need not be installed."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from typing import Any

import numpy as np

from benchmarks.queues import Outcome, Work, gaps_s


def ciw_queue(work: Work, seed: int) -> Outcome:
    """A network of nodes without routes between them."""
    import ciw

    began = time.perf_counter()
    ciw.seed(seed)
    n = work.shards
    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(work.rate) for _ in range(n)],
        service_distributions=[ciw.dists.Deterministic(work.per_batch_s) for _ in range(n)],
        number_of_servers=[1] * n,
        routing=[[0.0] * n for _ in range(n)],
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(work.seconds)
    latencies_s = [record.waiting_time + record.service_time for record in simulation.get_all_records()]
    return Outcome(time.perf_counter() - began, len(latencies_s), float(np.mean(latencies_s)))


def salabim_queue(work: Work, seed: int) -> Outcome:
    """A component for each producer and server, and a deque: a component for each record is 30 times slower."""
    import salabim

    began = time.perf_counter()
    salabim.yieldless(False)
    env = salabim.Environment(trace=False)
    latencies_s: list[float] = []

    class Server(salabim.Component):  # type: ignore[misc]
        def setup(self) -> None:
            self.queue: deque[float] = deque()

        def process(self) -> Iterator[Any]:
            while True:
                while not self.queue:
                    yield self.passivate()
                arrived_s = self.queue.popleft()
                yield self.hold(work.per_batch_s)
                latencies_s.append(env.now() - arrived_s)

    class Producer(salabim.Component):  # type: ignore[misc]
        def setup(self, server: Server, number: int) -> None:
            self.server, self.number = server, number

        def process(self) -> Iterator[Any]:
            for gap in gaps_s(work, seed, self.number):
                yield self.hold(gap)
                self.server.queue.append(env.now())
                if self.server.ispassive():
                    self.server.activate()

    for number in range(work.shards):
        server = Server()
        for component in (server, Producer(server=server, number=number)):
            component.mode.monitor(False)
            component.status.monitor(False)
    env.run(till=work.seconds + 10)
    return Outcome(time.perf_counter() - began, len(latencies_s), float(np.mean(latencies_s)))


def cimba_queue(work: Work, seed: int) -> Outcome:
    """A model that is compiled, with a level of records a shard; it observes a mean number, no latencies."""
    from benchmarks.peers_cimba import queue

    return queue(work, seed)


def simfaas_requests(work: Work, seed: int) -> Outcome:
    """Requests to instances that start when none is idle; the mean number at work is what it and we both know."""
    from simfaas.ServerlessSimulator import ServerlessSimulator
    from simfaas.SimProcess import ConstSimProcess

    began = time.perf_counter()
    np.random.seed(seed)  # noqa: NPY002  it draws from NumPy's global generator
    served = ConstSimProcess(rate=1 / work.per_batch_s)
    simulator = ServerlessSimulator(
        arrival_rate=work.rate * work.shards, warm_service_process=served, cold_service_process=served,
        expiration_threshold=3600, max_time=work.seconds, maximum_concurrency=1_000_000,
    )  # fmt: skip
    simulator.generate_trace(debug_print=False, progress=False)
    simulator.calculate_time_lengths()
    mean = float(simulator.get_average_server_running_count())
    return Outcome(time.perf_counter() - began, int(simulator.total_req_count), mean)
