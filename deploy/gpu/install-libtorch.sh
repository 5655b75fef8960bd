#!/usr/bin/env bash
# Unpacks what DJL needs of libtorch 2.7.1 for CUDA 12.8: install-libtorch.sh ZIP FOLDER makes FOLDER/lib.
# Nothing to change before use. ZIP is PyTorch's own file libtorch-cxx11-abi-shared-with-deps-2.7.1+cu128.zip, which has
# CUDA's and cuDNN's libraries beside PyTorch's; a wheel's torch/lib has not. Needs python3; 4 GB of disk in FOLDER.
set -euo pipefail
zip=$1
lib=$2/lib
mkdir -p "$lib"
python3 - "$zip" "$lib" <<'PYTHON'
import fnmatch, os, shutil, sys, zipfile

# The libraries that DJL itself takes from this file. It would also load the others that lie beside them: tests.
WANTED = ["libc10.so", "libc10_cuda.so", "libcaffe2_nvrtc.so", "libcu*.so*", "libgomp*.so*", "libnccl*.so*", "libnv*.so*",
          "libtorch.so", "libtorch_cpu.so", "libtorch_cuda*.so"]
VERSION = "2.7.1+cu128"

with zipfile.ZipFile(sys.argv[1]) as archive:
    names = set(archive.namelist())
    version = archive.read("libtorch/build-version").decode().strip() if "libtorch/build-version" in names else "unknown"
    if version != VERSION:
        sys.exit(f"{sys.argv[1]} is libtorch {version}; {VERSION} is wanted")
    for name in sorted(names):
        folder, file = os.path.split(name)
        if folder == "libtorch/lib" and any(fnmatch.fnmatchcase(file, wanted) for wanted in WANTED):
            with archive.open(name) as source, open(os.path.join(sys.argv[2], file), "wb") as target:
                shutil.copyfileobj(source, target, 1 << 20)
PYTHON
for file in libtorch.so libtorch_cpu.so libtorch_cuda.so libc10_cuda.so 'libcudnn.so*' 'libcublas.so*'; do
  compgen -G "$lib/$file" >/dev/null || { echo "$zip has no libtorch/lib/$file; take the one 'shared with deps'" >&2; exit 1; }
done
# libcuda is the driver's. A machine that builds an image has none.
missing=$({ ldd "$lib/libtorch_cuda.so" 2>/dev/null || true; } | awk '/not found/ && $1 !~ /^libcuda\.so/ {print $1}')
if [ -n "$missing" ]; then
  echo "libtorch_cuda.so of $zip lacks on this machine:" $missing >&2
  exit 1
fi
chmod -R a+rX "$2"
echo "libtorch 2.7.1+cu128 is in $lib"
