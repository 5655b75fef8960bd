# What training in bfloat16 and float16 has in place of modules.py's: weights and the sum of the branches stay in float32, and
# only the products are computed in less, as PyTorch's autocast does it.


class MixedConv2d(Module):
    dtype: Final[int]
    stride: Final[int]
    weight: Parameter                                                         # [D, 3, P, P]
    bias: Parameter                                                           # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [B, 3, S, S]
        weight, bias = self.weight.to(self.dtype), self.bias.to(self.dtype)
        return torch.conv2d(x.to(self.dtype), weight, bias, [self.stride, self.stride]).float()


class MixedLinear(Module):
    dtype: Final[int]
    weight: Parameter                                                         # [out, in]
    bias: Optional[Parameter]                                                 # [out]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., in]
        bias = self.bias
        if bias is not None:
            bias = bias.to(self.dtype)
        return torch.linear(x, self.weight.to(self.dtype), bias)              # [..., out]


class MixedLayerNorm(Module):
    dtype: Final[int]
    eps: Final[float]
    weight: Parameter                                                         # [D]
    bias: Parameter                                                           # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., D]
        x = torch.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)
        return x.to(self.dtype)
