#!/usr/bin/env bash
# Tells Spark which GPUs an executor has (spark.executor.resource.gpu.discoveryScript). Nothing to change before use.
set -euo pipefail
indices=$(nvidia-smi --query-gpu=index --format=csv,noheader)
addresses=$(printf '"%s"\n' $indices | paste -sd,)
echo "{\"name\": \"gpu\", \"addresses\": [$addresses]}"
