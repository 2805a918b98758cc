"""worker.py PEER NETWORK INPUTS STEPS BATCH THREADS: `train SECONDS` or `infer SECONDS` a line on stdin, one JSON object a line on stdout."""

import importlib
import json
import os
import resource
import sys
import time
import warnings


def main():
    peer, network, file, steps, batch, threads = *sys.argv[1:4], *map(int, sys.argv[4:7])
    warnings.filterwarnings("ignore")
    if hasattr(os, "sched_setaffinity"):
        # JAX sizes its pool by the cores it may use.
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[-threads:])
    import inputs

    made = inputs.batches(file, steps, batch, inputs.UNITS[network])
    network = importlib.import_module(f"{peer}_peer").BUILDERS[network](made, threads)
    for phase in (network.train, network.infer):
        phase()
    say(version=network.version)
    for line in sys.stdin:
        phase, limit = line.split()
        work = getattr(network, phase)
        pieces, start, processor = 0, time.perf_counter(), time.process_time()
        while pieces == 0 or time.perf_counter() - start < float(limit):
            work()
            pieces += 1
        seconds, processor = time.perf_counter() - start, time.process_time() - processor
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)
        say(samples=pieces * batch, seconds=seconds, processorSeconds=processor, spikesPerSample=network.activity(), peakMemoryBytes=peak)


def say(**fields):
    print(json.dumps(fields), flush=True)


main()
