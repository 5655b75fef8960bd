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
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, 1.0E-12)


class OneDnnLinear(Module):
    __parameters__ = ["weight", "bias", ]
    arranged : bool                                                           # whether the weight is in oneDNN's order
    weight : Tensor                                                           # [out, in]
    bias : Optional[Tensor]                                                   # [out]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [..., in]
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


class Attention(Module):
    query : __torch__.OneDnnLinear
    key : __torch__.OneDnnLinear
    value : __torch__.OneDnnLinear
    training : bool

    def __call__(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        q = self.split(self.query(q))                                         # [B, H, R, D / H]
        k = self.split(self.key(x))                                           # [B, H, T, D / H]
        v = self.split(self.value(x))                                         # [B, H, T, D / H]
        x = torch.scaled_dot_product_attention(q, k, v)                       # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]

    def split(self, x: Tensor) -> Tensor:                                     # [B, T, D]
        return x.reshape(x.size(0), x.size(1), 2, -1).transpose(1, 2)


class ViTOutput(Module):
    dense : __torch__.OneDnnLinear
    dropout : __torch__.Identity
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, R, D or F]
        return self.dropout(self.dense(x))                                    # [B, R, D]


class ViTAttention(Module):
    attention : __torch__.Attention
    output : __torch__.ViTOutput
    training : bool

    def __call__(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        return self.output(self.attention(q, x, attentions))                  # [B, R, D]


class GELU(Module):
    training : bool

    def __call__(self, x: Tensor) -> Tensor:
        return torch.gelu(x)


class ViTIntermediate(Module):
    dense : __torch__.OneDnnLinear
    intermediate_act_fn : __torch__.GELU
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, R, D]
        return self.intermediate_act_fn(self.dense(x))                        # [B, R, F]


class ViTLayer(Module):
    rows : int                                                                # R in the last block; 0, which is all, in others
    layernorm_before : __torch__.LayerNorm
    attention : __torch__.ViTAttention
    drop_path1 : __torch__.Identity
    layernorm_after : __torch__.LayerNorm
    intermediate : __torch__.ViTIntermediate
    output : __torch__.ViTOutput
    drop_path2 : __torch__.Identity
    training : bool

    def __call__(self, x: Tensor, attentions: List[Tensor]) -> Tensor:        # [B, T, D]
        h = self.layernorm_before(x)                                          # [B, T, D]
        q = h
        if self.rows > 0:
            x, q = x[:, :self.rows], h[:, :self.rows]                         # [B, R, D]
        x = x + self.drop_path1(self.attention(q, h, attentions))             # [B, R, D]
        h = self.layernorm_after(x)                                           # [B, R, D]
        return x + self.drop_path2(self.output(self.intermediate(h)))         # [B, R, D]


class ViTLayers(Module):
    training : bool
    __annotations__ = []
    __annotations__["0"] = __torch__.ViTLayer
    __annotations__["1"] = __torch__.ViTLayer


class ViTEncoder(Module):
    layer : __torch__.ViTLayers
    training : bool

    def __call__(self, x: Tensor, attentions: List[Tensor]) -> Tensor:        # [B, T, D]
        x = getattr(self.layer, "0")(x, attentions)                           # [B, T, D], of the last [B, R, D]
        x = getattr(self.layer, "1")(x, attentions)                           # [B, T, D], of the last [B, R, D]
        return x


class FinalNorm(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [D]
    bias : Tensor                                                             # [D]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [..., D]
        return torch.layer_norm(x, self.weight.shape, self.weight, self.bias, 1.0E-12).float()


class ViTModel(Module):
    embeddings : __torch__.ViTEmbeddings
    encoder : __torch__.ViTEncoder
    layernorm : __torch__.FinalNorm
    training : bool


class Head(Module):
    __parameters__ = ["weight", "bias", ]
    weight : Tensor                                                           # [K, D]
    bias : Tensor                                                             # [K]
    training : bool

    def __call__(self, x: Tensor) -> Tensor:                                  # [B, D]
        return torch.linear(x, self.weight.float(), self.bias.float())        # [B, K]


class ViTForImageClassification(Module):
    normalize : __torch__.Normalize
    vit : __torch__.ViTModel
    classifier : __torch__.Head
    training : bool

    def tokens(self, pixels: Tensor) -> Tensor:                               # [B, S, S, 3], bytes
        image = self.normalize(pixels)                                        # [B, 3, S, S]
        return self.vit.embeddings(image)                                     # [B, T, D]

    def blocks(self, x: Tensor, attentions: List[Tensor]) -> Tensor:          # [B, T, D]
        return self.vit.encoder(x, attentions)                                # [B, R, D]

    def finish(self, x: Tensor) -> Tensor:                                    # [B, R, D]
        return self.vit.layernorm(x[:, 0])                                    # [B, D]

    def head(self, e: Tensor) -> Tensor:                                      # [B, D]
        return self.classifier(e)                                             # [B, K]

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        return self.head(self.embed(pixels))                                  # [B, K]

    def embed(self, pixels: Tensor) -> Tensor:                                # [B, S, S, 3], bytes
        attentions: List[Tensor] = []
        return self.finish(self.blocks(self.tokens(pixels), attentions))      # [B, E]

    def cast_to_bfloat16(self, parameters: List[Tensor]) -> Tensor:
        for parameter in parameters:
            parameter.set_data(parameter.to(15))
        return parameters[0]

    def arrange(self) -> Tensor:
        getattr(self.vit.encoder.layer, "0").attention.attention.query.arrange(272)
        getattr(self.vit.encoder.layer, "0").attention.attention.key.arrange(272)
        getattr(self.vit.encoder.layer, "0").attention.attention.value.arrange(272)
        getattr(self.vit.encoder.layer, "0").attention.output.dense.arrange(272)
        getattr(self.vit.encoder.layer, "0").intermediate.dense.arrange(272)
        getattr(self.vit.encoder.layer, "0").output.dense.arrange(272)
        getattr(self.vit.encoder.layer, "1").attention.attention.query.arrange(272)
        getattr(self.vit.encoder.layer, "1").attention.attention.key.arrange(272)
        getattr(self.vit.encoder.layer, "1").attention.attention.value.arrange(272)
        getattr(self.vit.encoder.layer, "1").attention.output.dense.arrange(272)
        getattr(self.vit.encoder.layer, "1").intermediate.dense.arrange(272)
        getattr(self.vit.encoder.layer, "1").output.dense.arrange(272)
        return self.normalize.scale
