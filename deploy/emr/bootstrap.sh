#!/usr/bin/env bash
# EMR bootstrap action: brings libtorch with CUDA to a GPU node, and mounts the control group that YARN isolates GPUs
# with. The CPU natives are in the jar. JPEG files are decoded by libjpeg-turbo where the machine has it, in about half the
# time.
# Argument: s3://.../libtorch-2.7.1-cu128.tar.gz, a folder "lib" of PyTorch 2.7.1.
set -euo pipefail
sudo dnf install -y turbojpeg || echo "no package turbojpeg: JPEG files are decoded by the JDK" >&2
if [ $# -ge 1 ]; then
  # The place that configurations-gpu.json names; EMR 7 mounts version 2 of control groups only.
  sudo mkdir -p /spark-rapids-cgroup/devices
  sudo mount -t cgroup -o devices cgroupv1-devices /spark-rapids-cgroup/devices
  sudo chmod a+rwx -R /spark-rapids-cgroup
  sudo mkdir -p /opt/libtorch
  aws s3 cp "$1" - | sudo tar -xz -C /opt/libtorch
  test -f /opt/libtorch/lib/libtorch_cuda.so || { echo "no lib/libtorch_cuda.so in $1" >&2; exit 1; }
fi
