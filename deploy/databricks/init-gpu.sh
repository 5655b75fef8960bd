#!/usr/bin/env bash
# Cluster-scoped init script for GPU nodes, after init.sh. Nothing to change before use. The folder gpu of the volume holds
# check-driver.sh, install-libtorch.sh and libtorch-cxx11-abi-shared-with-deps-2.7.1+cu128.zip (deploy/gpu/README.md).
set -euo pipefail
gpu=${SPARK_VIT_FILES:?is not set: it is in spark_env_vars of databricks.yml}/gpu
bash "$gpu/check-driver.sh"
bash "$gpu/install-libtorch.sh" "$gpu/libtorch-cxx11-abi-shared-with-deps-2.7.1+cu128.zip" /opt/libtorch
