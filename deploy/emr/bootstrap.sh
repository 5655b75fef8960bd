#!/usr/bin/env bash
# EMR bootstrap action, on every node before Hadoop and Spark are installed. Nothing to change before use.
# It brings libjpeg-turbo, which decodes JPEG files in about half the time; without it the JDK decodes.
# It brings libheif, too, where a repository has it: it decodes HEIC and AVIF files, which are UNSUPPORTED without it.
# Amazon Linux's own repositories do not have it. Its SPAL may: src/site/markdown/input.md says how to look.
# With an argument it also readies GPU nodes. The argument is a folder in S3 with a slash at its end, which holds
# install-libtorch.sh and libtorch-cxx11-abi-shared-with-deps-2.7.1+cu128.zip (deploy/gpu/README.md), such as
#   Path=s3://YOUR-WORKSPACE/jars/bootstrap.sh,Args=[s3://YOUR-WORKSPACE/gpu/]
set -euo pipefail
sudo dnf install -y turbojpeg || echo "no package turbojpeg: JPEG files are decoded by the JDK" >&2
sudo dnf install -y libheif || echo "no package libheif: HEIC and AVIF files are not decoded" >&2
if [ $# -ge 1 ]; then
  # The place that configurations-gpu.json names; EMR 7 mounts version 2 of control groups only.
  sudo mkdir -p /spark-rapids-cgroup/devices
  sudo mount -t cgroup -o devices cgroupv1-devices /spark-rapids-cgroup/devices
  sudo chmod a+rwx -R /spark-rapids-cgroup
  # The primary node may have no GPU. It gets libtorch all the same, for a driver of --deploy-mode client.
  zip=libtorch-cxx11-abi-shared-with-deps-2.7.1+cu128.zip
  folder=$(sudo mktemp -d /mnt/libtorch.XXXX)
  sudo aws s3 cp --only-show-errors "$1install-libtorch.sh" "$folder/"
  sudo aws s3 cp --only-show-errors "$1$zip" "$folder/"
  sudo bash "$folder/install-libtorch.sh" "$folder/$zip" /opt/libtorch
  sudo rm -rf "$folder"
fi
