# What scoring in bfloat16 has in place of modules.py's: weights that may be cast, and put into the order in which oneDNN
# multiplies, once they are on the machine that uses them.


class Bfloat16Scoring(Module):
    # What a classifier is asked: these methods are added to its own, beside those of Scoring.

    def cast_to_bfloat16(self, parameters: List[Tensor]) -> Tensor:
        for parameter in parameters:
            parameter.set_data(parameter.to(15))
        return parameters[0]


class OneDnnScoring(Module):
    # Beside those of Bfloat16Scoring, where oneDNN is.
    rows_at_once: Final[int]                                                  # of a usual product: images times T

    def arrange(self) -> Tensor:
        for linear in self.modules(OneDnnLinear):
            linear.arrange(self.rows_at_once)
        return self.normalize.scale


class OneDnnLinear(Module):
    arranged: bool = False                                                    # whether the weight is in oneDNN's order
    weight: Parameter                                                         # [out, in]
    bias: Optional[Parameter]                                                 # [out]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., in]
        if self.arranged:
            none: List[Optional[number]] = []
            y = ops.mkldnn._linear_pointwise(x, self.weight, self.bias, "none", none, "")
        else:
            y = torch.linear(x, self.weight, self.bias)
        return y                                                              # [..., out]

    def arrange(self, rows: int) -> Tensor:
        self.weight = ops.mkldnn._reorder_linear_weight(self.weight, rows)
        self.arranged = True
        return self.weight
