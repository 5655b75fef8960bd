# The modules that architectures are made of, as they score images in float32, bfloat16 and float16: they compute in what
# their weights are stored in. What another precision, explaining and training have in their place is in the other files.
#
# Shapes are as in vit.py. For TorchScript 5 is float16, 6 float32 and 15 bfloat16.


class Scoring(Module):
    # What a classifier is asked: these methods are added to its own.

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        return self.head(self.embed(pixels))                                  # [B, K]

    def embed(self, pixels: Tensor) -> Tensor:                                # [B, S, S, 3], bytes
        attentions: List[Tensor] = []
        return self.finish(self.blocks(self.tokens(pixels), attentions))      # [B, E]


class Normalize(Module):
    scale: Buffer                                                             # [1, 3, 1, 1]
    shift: Buffer                                                             # [1, 3, 1, 1]

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        image = pixels.permute(0, 3, 1, 2).float()                            # [B, 3, S, S]
        return image * self.scale + self.shift


class Conv2d(Module):
    # Of patches beside one another.
    stride: Final[int]
    weight: Parameter                                                         # [D, 3, P, P]
    bias: Parameter                                                           # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [B, 3, S, S]
        x = x.to(self.weight.dtype)
        return torch.conv2d(x, self.weight, self.bias, [self.stride, self.stride])


class Linear(Module):
    weight: Parameter                                                         # [out, in]
    bias: Optional[Parameter]                                                 # [out]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., in]
        return torch.linear(x, self.weight, self.bias)                        # [..., out]


class LayerNorm(Module):
    eps: Final[float]
    weight: Parameter                                                         # [D]
    bias: Parameter                                                           # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., D]
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps)


class FinalNorm(Module):
    # The norm after the last block, which gives float32 in every precision.
    eps: Final[float]
    weight: Parameter                                                         # [D]
    bias: Parameter                                                           # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [..., D]
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, self.eps).float()


class Head(Module):
    # Computes in float32 in every precision.
    weight: Parameter                                                         # [K, D]
    bias: Parameter                                                           # [K]

    def forward(self, x: Tensor) -> Tensor:                                   # [B, D]
        return torch.linear(x, self.weight.float(), self.bias.float())        # [B, K]


class Attention(Module):
    num_heads: Final[int]
    query: Linear
    key: Linear
    value: Linear

    def forward(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        q = self.split(self.query(q))                                         # [B, H, R, D / H]
        k = self.split(self.key(x))                                           # [B, H, T, D / H]
        v = self.split(self.value(x))                                         # [B, H, T, D / H]
        x = torch.scaled_dot_product_attention(q, k, v)                       # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]

    def split(self, x: Tensor) -> Tensor:                                     # [B, T, D]
        return x.reshape(x.size(0), x.size(1), self.num_heads, -1).transpose(1, 2)


class Identity(Module):
    # In place of dropout and drop path where there is none.

    def forward(self, x: Tensor) -> Tensor:
        return x


class GELU(Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.gelu(x)


class GELUTanh(Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.gelu(x, approximate="tanh")


class ReLU(Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x)


class SiLU(Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.silu(x)


class QuickGELU(Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x * 1.702)
