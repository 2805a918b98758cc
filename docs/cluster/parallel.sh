#!/bin/sh
# A sweep in as many jobs as GNU parallel runs side by side, on this machine or, with --sshlogin, on others that see the same folder.
#
#   sh docs/cluster/parallel.sh plan.json out/sweep 8 [options of parallel]
set -eu
plan=${1:?the plan}
out=${2:?the folder of the records}
jobs=${3:?the number of jobs}
shift 3
# shellcheck disable=SC2086 # the command may be several words
seq "$jobs" | parallel -N0 --jobs "$jobs" "$@" ${SPIKELET:-npx spikelet} sweep "$plan" --out "$out" --shard "auto/$jobs" --processes 1
