#!/bin/bash
# A sweep as an array job under a real Slurm, which is started for it with controller and node on this machine and ended after it. One
# task is killed and the job submitted again, twice at once; the records must be those of the same sweep in one process.
# Debian: apt-get install slurm-wlm
#
#   test/cluster/slurm.sh              exit code 0 when they are, or when there is no Slurm here (it says so), 1 otherwise
#   test/cluster/slurm.sh two-nodes    by hand: all tasks are requeued at once from two nodes, and the daemon of one is killed
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)

for tool in munged slurmctld slurmd sbatch; do
  if ! PATH=$PATH:/usr/sbin command -v $tool > /dev/null; then
    echo "skipped: $tool is not installed (Debian: apt-get install slurm-wlm)"
    exit 0
  fi
done
PATH=$PATH:/usr/sbin
if [ "$(id -u)" != 0 ]; then
  echo "skipped: slurmd starts jobs of other users, so this needs root"
  exit 0
fi

work=$(mktemp -d)
chmod 755 "$work"
host=$(hostname -s)
nodes="n1 n2"
mkdir "$work"/{munge,state,out}

cleanup() {
  status=$?
  [ $status = 0 ] || tail -n 30 "$work"/*.log "$work"/out/*.log >&2 || true
  for name in slurmd-n1 slurmd-n2 slurmctld munged; do
    [ ! -s "$work/$name.pid" ] || kill "$(cat "$work/$name.pid")" 2> /dev/null || true
  done
  sleep 0.5
  rm -rf "$work"
  exit $status
}
trap cleanup EXIT

# Ports and sockets of its own, so that a Slurm that runs here already is left alone.
port=$((20000 + RANDOM % 10000))
cat > "$work/slurm.conf" << END
ClusterName=spikelet
SlurmctldHost=$host(127.0.0.1)
SlurmUser=root
AuthType=auth/munge
AuthInfo=socket=$work/munge/socket
SlurmctldPort=$port
SlurmctldPidFile=$work/slurmctld.pid
SlurmdPidFile=$work/slurmd-%n.pid
SlurmctldLogFile=$work/slurmctld.log
SlurmdLogFile=$work/slurmd-%n.log
StateSaveLocation=$work/state
SlurmdSpoolDir=$work/spool-%n
SlurmdParameters=config_overrides
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
MpiDefault=none
ReturnToService=2
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=2 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=2 State=UNKNOWN
PartitionName=main Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP OverSubscribe=FORCE
END
export SLURM_CONF=$work/slurm.conf

head -c 1024 /dev/urandom > "$work/munge/key"
chmod 400 "$work/munge/key"
munged --force --key-file="$work/munge/key" --socket="$work/munge/socket" --pid-file="$work/munged.pid" \
  --log-file="$work/munged.log" --seed-file="$work/munge/seed"
slurmctld
for node in $nodes; do slurmd -N "$node"; done

for _ in $(seq 60); do
  state=$(sinfo --noheader --format=%t 2> /dev/null | sort -u || true)
  [ "$state" = idle ] && break
  sleep 0.5
done
[ "$state" = idle ] || { echo "the nodes of this Slurm are $state, not idle"; exit 1; }

export SPIKELET="$(command -v node) $root/dist/cli/main.js"
plan=$root/test/cluster/plan.json
submit() {
  sbatch --parsable --array=1-3 --cpus-per-task=1 --output="$work/out/%A_%a.log" "$@" \
    "$root/docs/cluster/slurm.sh" "$plan" "$work/out/array"
}
missing() { $SPIKELET sweep status "$work/out/array" --json | grep -o '"missing":[0-9]*' | head -n 1 | cut -d: -f2; }

over() { while [ -n "$(squeue --noheader --jobs="$1" 2> /dev/null)" ]; do sleep 0.2; done; }

$SPIKELET sweep "$plan" --out "$work/out/whole" --processes 0 > /dev/null 2>&1

# A run of the second task that somebody on another machine seems to be at: so that the task can't be over when it is killed.
mkdir -p "$work/out/array/runs"
held=$work/out/array/runs/$(sed -n '2s/.*"id":"\([0-9a-f]\{32\}\)".*/\1/p' "$work/out/whole/results.ndjson").claim
echo '{"owner":{"host":"elsewhere","space":null,"pid":1,"start":null},"token":"test"}' > "$held"

# The log of a task has a line for each run.
lines() { until [ "$(cat "$work/out/${job}_$1.log" 2> /dev/null | wc -l)" -ge "$2" ]; do sleep 0.05; done; }
compare() {
  [ "$(missing)" = 0 ] || { echo "$(missing) runs are missing after the second job"; exit 1; }
  $SPIKELET sweep merge "$work/out/array" > /dev/null
  node "$root/test/cluster/same-records.mjs" "$work/out/array" "$work/out/whole"
}

job=$(submit)
if [ "${1:-}" = two-nodes ]; then
  rm "$held"
  for task in 1 2 3; do lines $task 2; done
  for task in 1 2 3; do scontrol requeue "${job}_$task" & done
  wait
  left=$(missing)
  until [ -n "$(squeue --noheader --states=R --jobs="$job")" ]; do sleep 0.2; done
  kill -9 "$(cat "$work/slurmd-n2.pid")"
  slurmd -N n2
  other=$(submit)
  over "$job"
  over "$other"
  compare
  echo "$(sinfo --version): array of 3 tasks on two nodes, all requeued at once with $left runs missing, n2's daemon killed, the array again"
  exit 0
fi
lines 2 3
scancel --full --signal=KILL "${job}_2"
over "$job"
rm "$held"
left=$(missing)
[ "$left" -gt 0 ] || { echo "nothing is missing, though a task was killed"; exit 1; }

# As when a job is requeued while its first tasks are still at it.
one=$(submit)
other=$(submit)
over "$one"
over "$other"
compare
echo "$(sinfo --version): array of 3 tasks, task 2 killed with $left runs missing, the same array again twice at once"
