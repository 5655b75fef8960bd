"""Makes torchscript-operators.txt: the operators that a TorchScript module may call.

It lies in src/main/resources/org/sparkvit/model/torchscript. Needs torch. They are all of aten, prim and quantized that its
schemas list, but those that write or read files, start or end processes, run Python, or are there for PyTorch's own tests and
compilers.
"""

import pathlib
import re

import torch

RESOURCES = pathlib.Path(__file__).parents[2] / "main" / "resources"
OUT = RESOURCES / "org" / "sparkvit" / "model" / "torchscript" / "torchscript-operators.txt"
REFUSED = re.compile(
    r"aten::(save|from_file|_print|_test_.*|record_stream|_pin_memory|pin_memory)"
    r"|prim::(PythonOp|IgnoredPythonOp|rpc_.*|AddStatValue|profile.*|BailOut|BailoutTemplate|.*Graph|.*Subgraph|.*Group|.*Guard"
    r"|StaticRuntimeCopyOuts|DifferentiableGraph|TypeCheck|RequiresGradCheck|FusedConcat|awaitable.*|.*MKLDNN.*|mkldnn_.*)"
)
# What our own archives call beside those.
OURS = ["mkldnn::_linear_pointwise", "mkldnn::_reorder_linear_weight"]


def main():
    names = sorted({schema.name for schema in torch._C._jit_get_all_schemas()})
    kept = [n for n in names if n.split("::")[0] in ("aten", "prim", "quantized") and not REFUSED.fullmatch(n)]
    kept = sorted([*kept, *OURS])
    head = f"# torch {torch.__version__.split('+')[0]}, make_scripted_operators.py"
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text("\n".join([head, *kept]) + "\n")


if __name__ == "__main__":
    main()
