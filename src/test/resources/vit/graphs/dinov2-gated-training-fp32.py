class Normalize(Module):
    __buffers__ = ["scale", "shift", ]
    scale : Tensor                                                            # [1, 3, 1, 1]
    shift : Tensor                                                            # [1, 3, 1, 1]
    training : bool

    def __call__(self, pixels: Tensor) -> Tensor:                             # [B, S, S, 3], bytes
        image = pixels.permute(0, 3, 1, 2).float()                            # [B, 3, S, S]
        return image * self.scale + self.shift


class Conv2d(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [D, 3, P, P]
    bias : Tensor                                                             # [D]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, 3, S, S]
        x = x.to(self.weight.dtype)
        return torch.conv2d(x, self.weight, self.bias, [4, 4])


class ViTPatchEmbeddings(Module):
    projection : __torch__.Conv2d
    training : bool

    def __call__(self, image: Tensor) -> Tensor:                              # [B, 3, S, S]
        grid = self.projection(image)                                         # [B, D, S / P, S / P]
        return grid.flatten(2).transpose(1, 2)                                # [B, N, D]


class Identity(Module):
    training : bool

    def __call__(self, x: Tensor) -> Tensor:
        return x


class ViTEmbeddings(Module):
    __parameters__ = ["cls_token", "position_embeddings", ]
    cls_token : Tensor                                                        # [1, 1, D]
    position_embeddings : Tensor                                              # [1, T, D]
    patch_embeddings : __torch__.ViTPatchEmbeddings
    dropout : __torch__.Identity
    training : bool

    def __call__(self, image: Tensor) -> Tensor:                              # [B, 3, S, S]
        patches = self.patch_embeddings(image)                                # [B, N, D]
        cls_token = self.cls_token.expand(image.size(0), -1, -1)              # [B, 1, D]
        x = torch.cat([cls_token, patches], 1)                                # [B, T, D]
        return self.dropout(x + self.position_embeddings)                     # [B, T, D]


class LayerNorm(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [D]
    bias : Tensor                                                             # [D]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [..., D]
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, 1.0E-6)


class Linear(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [out, in]
    bias : Optional[Tensor]                                                   # [out]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [..., in]
        return torch.linear(x, self.weight, self.bias)                        # [..., out]


class Attention(Module):
    query : __torch__.Linear
    key : __torch__.Linear
    value : __torch__.Linear
    training : bool

    def __call__(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        q = self.split(self.query(q))                                         # [B, H, R, D / H]
        k = self.split(self.key(x))                                           # [B, H, T, D / H]
        v = self.split(self.value(x))                                         # [B, H, T, D / H]
        x = torch.scaled_dot_product_attention(q, k, v)                       # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]

    def split(self, x: Tensor) -> Tensor:                                     # [B, T, D]
        return x.reshape(x.size(0), x.size(1), 2, -1).transpose(1, 2)


class Dinov2SelfOutput(Module):
    dense : __torch__.Linear
    training : bool


class Dinov2Attention(Module):
    attention : __torch__.Attention
    output : __torch__.Dinov2SelfOutput
    training : bool

    def __call__(self, x: Tensor, attentions: List[Tensor]) -> Tensor:        # [B, T, D]
        return self.output.dense(self.attention(x, x, attentions))            # [B, T, D]


class Dinov2LayerScale(Module):
    __parameters__ = ["lambda1", ]
    lambda1 : Tensor                                                          # [D]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, T, D]
        return x * self.lambda1


class DropPath(Module):
    __buffers__ = ["factors", ]
    factors : Tensor                                                          # [B, 1, 1]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, R, D]
        if self.training:
            x = x * self.factors
        return x


class Dinov2SwiGLUFFN(Module):
    weights_in : __torch__.Linear
    weights_out : __torch__.Linear
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, T, D]
        gate, x = torch.chunk(self.weights_in(x), 2, -1)                      # [B, T, F] each
        return self.weights_out(torch.silu(gate) * x)                         # [B, T, D]


class Dinov2Layer(Module):
    norm1 : __torch__.LayerNorm
    attention : __torch__.Dinov2Attention
    layer_scale1 : __torch__.Dinov2LayerScale
    drop_path1 : __torch__.DropPath
    norm2 : __torch__.LayerNorm
    mlp : __torch__.Dinov2SwiGLUFFN
    layer_scale2 : __torch__.Dinov2LayerScale
    drop_path2 : __torch__.DropPath
    training : bool

    def __call__(self, x: Tensor, attentions: List[Tensor]) -> Tensor:        # [B, T, D]
        h = self.attention(self.norm1(x), attentions)                         # [B, T, D]
        x = x + self.drop_path1(self.layer_scale1(h))                         # [B, T, D]
        h = self.mlp(self.norm2(x))                                           # [B, T, D]
        return x + self.drop_path2(self.layer_scale2(h))                      # [B, T, D]


class Dinov2Layers(Module):
    training : bool
    __annotations__ = []
    __annotations__["0"] = __torch__.Dinov2Layer
    __annotations__["1"] = __torch__.Dinov2Layer


class Dinov2Encoder(Module):
    layer : __torch__.Dinov2Layers
    training : bool

    def __call__(self, x: Tensor, attentions: List[Tensor]) -> Tensor:        # [B, T, D]
        x = getattr(self.layer, "0")(x, attentions)                           # [B, T, D]
        x = getattr(self.layer, "1")(x, attentions)                           # [B, T, D]
        return x


class FinalNorm(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [D]
    bias : Tensor                                                             # [D]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [..., D]
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, 1.0E-6).float()


class Dinov2Model(Module):
    embeddings : __torch__.ViTEmbeddings
    encoder : __torch__.Dinov2Encoder
    layernorm : __torch__.FinalNorm
    training : bool


class Head(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [K, D]
    bias : Tensor                                                             # [K]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, D]
        return torch.linear(x, self.weight.float(), self.bias.float())        # [B, K]


class BinaryCrossEntropy(Module):
    training : bool

    def __call__(self, logits: Tensor, targets: Tensor) -> Tensor:            # [B, K] each
        weights = torch.full_like(logits[0], 3.0)                             # [K]
        losses = torch.binary_cross_entropy_with_logits(logits, targets, None, weights, 0)
        return losses.mean([1])                                               # [B]


class Dinov2ForImageClassification(Module):
    normalize : __torch__.Normalize
    dinov2 : __torch__.Dinov2Model
    classifier : __torch__.Head
    criterion : __torch__.BinaryCrossEntropy
    training : bool

    def tokens(self, pixels: Tensor) -> Tensor:                               # [B, S, S, 3], bytes
        image = self.normalize(pixels)                                        # [B, 3, S, S]
        return self.dinov2.embeddings(image)                                  # [B, T, D]

    def blocks(self, x: Tensor, attentions: List[Tensor]) -> Tensor:          # [B, T, D]
        return self.dinov2.encoder(x, attentions)                             # [B, T, D]

    def finish(self, x: Tensor) -> Tensor:                                    # [B, T, D]
        x = self.dinov2.layernorm(x)                                          # [B, T, D]
        return torch.cat([x[:, 0], x[:, 1:].mean([1])], 1)                    # [B, 2 D]

    def head(self, e: Tensor) -> Tensor:                                      # [B, 2 D]
        return self.classifier(e)                                             # [B, K]

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        return self.head(self.embed(pixels))                                  # [B, K]

    def embed(self, pixels: Tensor) -> Tensor:                                # [B, S, S, 3], bytes
        attentions: List[Tensor] = []
        return self.finish(self.blocks(self.tokens(pixels), attentions))      # [B, E]

    def loss(self, pixels: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        return self.head_loss(self.embed(pixels), targets, weights)

    def head_loss(self, e: Tensor, targets: Tensor, weights: Tensor) -> Tensor:
        # targets [B, K] from 0 to 1, weights [B]: the sum of the images' losses times their weights
        losses = self.criterion(self.head(e), targets)                        # [B]
        return (losses * weights).sum()

    def clip(self, grads: List[Tensor], max_norm: float, scale: float) -> Tensor:
        norm = torch.norm(torch.stack(torch._foreach_norm(grads))) / scale
        factor = torch.clamp(max_norm / (norm + 1e-6), None, 1.0)
        torch._foreach_mul_(grads, factor / scale)
        return norm

    def update(self, params: List[Tensor], grads: List[Tensor], averages: List[Tensor], squares: List[Tensor],
               steps: List[Tensor], lr: float, beta1: float, beta2: float, decay: float, eps: float) -> Tensor:
        none: List[Tensor] = []
        torch._fused_adamw_(params, grads, averages, squares, none, steps, lr=lr, beta1=beta1, beta2=beta2,
                            weight_decay=decay, eps=eps, amsgrad=False, maximize=False,
                            grad_scale=None, found_inf=None)
        torch._foreach_zero_(grads)
        return steps[0]

    def clear(self, tensors: List[Tensor]) -> Tensor:
        torch._foreach_zero_(tensors)
        return tensors[0]

    def average(self, averages: List[Tensor], values: List[Tensor], share: float) -> Tensor:
        torch._foreach_lerp_(averages, values, share)
        return averages[0]

    def copy(self, targets: List[Tensor], sources: List[Tensor]) -> Tensor:
        torch._foreach_copy_(targets, sources)
        return targets[0]

    def drop_paths(self, factors: Tensor) -> Tensor:                          # [branches, B]
        getattr(self.dinov2.encoder.layer, "0").drop_path1.factors = factors[0].reshape(-1, 1, 1) # [B, 1, 1]
        getattr(self.dinov2.encoder.layer, "0").drop_path2.factors = factors[1].reshape(-1, 1, 1) # [B, 1, 1]
        getattr(self.dinov2.encoder.layer, "1").drop_path1.factors = factors[2].reshape(-1, 1, 1) # [B, 1, 1]
        getattr(self.dinov2.encoder.layer, "1").drop_path2.factors = factors[3].reshape(-1, 1, 1) # [B, 1, 1]
        return factors
