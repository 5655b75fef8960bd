#!/usr/bin/env bash
# Cluster-scoped init script, on every node before Spark starts. Nothing to change before use: SPARK_VIT_FILES, the volume,
# comes from spark_env_vars in databricks.yml. It has to lie in that volume itself: only then may it read the volume.
# It copies the pipelines to the local disk, because Java code on a cluster with dedicated access cannot read a volume as
# files, and it brings libjpeg-turbo, which decodes JPEG files in about half the time; without it the JDK decodes.
# libheif decodes HEIC and AVIF files; without it they are UNSUPPORTED.
set -euo pipefail
mkdir -p /opt/spark-vit/pipelines
cp "${SPARK_VIT_FILES:?is not set: it is in spark_env_vars of databricks.yml}"/pipelines/*.yaml /opt/spark-vit/pipelines/
{ apt-get update -q && apt-get install -q -y libturbojpeg; } || echo "no package libturbojpeg: JPEG files are decoded by the JDK" >&2
apt-get install -q -y libheif1 || echo "no package libheif1: HEIC and AVIF files are not decoded" >&2
# Ubuntu 24.04 has its codecs in packages of their own, Ubuntu 22.04 within libheif1.
for codec in libde265 dav1d; do
  if apt-cache show "libheif-plugin-$codec" >/dev/null 2>&1; then
    apt-get install -q -y "libheif-plugin-$codec" || echo "no package libheif-plugin-$codec" >&2
  fi
done
