#!/bin/sh
# A sweep as an array job; every task takes its part of the runs. A task that is requeued goes on where it was.
#
#   sbatch docs/cluster/slurm.sh plan.json out/sweep
#   sbatch --dependency=afterany:JOB --wrap "npx spikelet sweep merge out/sweep"
#
# The folder is one that all nodes see. With successive halving, submit it once for each rung, each after the one before.
#SBATCH --job-name=sweep
#SBATCH --array=1-8
#SBATCH --cpus-per-task=4
#SBATCH --time=04:00:00
#SBATCH --requeue
#SBATCH --output=slurm-%A_%a.log
set -eu
plan=${1:?the plan}
out=${2:?the folder of the records}
# shellcheck disable=SC2086 # the command may be several words
exec ${SPIKELET:-npx spikelet} sweep "$plan" --out "$out" --shard auto --processes "${SLURM_CPUS_PER_TASK:-1}"
