#!/usr/bin/env bash
# Fails with one line where NVIDIA's driver is missing or too old for CUDA 12. Nothing to change before use.
set -euo pipefail
least=525.60.13
if ! version=$(nvidia-smi --query-gpu=driver_version --format=csv,noheader 2>/dev/null | head -1) || [ -z "$version" ]; then
  echo "nvidia-smi finds no GPU on $(hostname); take a node type with a GPU and an image with NVIDIA's driver" >&2
  exit 1
fi
if [ "$(printf '%s\n' "$least" "$version" | sort -V | head -1)" != "$least" ]; then
  echo "NVIDIA's driver on $(hostname) is $version; CUDA 12 needs $least or later" >&2
  exit 1
fi
echo "NVIDIA's driver is $version"
