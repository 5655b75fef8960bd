#!/usr/bin/env bash
# EMR bootstrap action: brings libtorch with CUDA to a GPU node. Without an argument there is nothing to do: the CPU
# natives are in the jar. Argument: s3://.../libtorch-2.7.1-cu128.tar.gz, a folder "lib" of PyTorch 2.7.1.
set -euo pipefail
if [ $# -ge 1 ]; then
  sudo mkdir -p /opt/libtorch
  aws s3 cp "$1" - | sudo tar -xz -C /opt/libtorch
  test -f /opt/libtorch/lib/libtorch_cuda.so || { echo "no lib/libtorch_cuda.so in $1" >&2; exit 1; }
fi
