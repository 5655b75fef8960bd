# The Vision Transformer (Dosovitskiy et al. 2021): blocks that normalise first, a class token, learned positions.
# Modules and tensors are called as in transformers' ViTForImageClassification.
#
# B images of S x S pixels are cut into N = (S / P)^2 patches of P x P pixels. There are T = 1 + N tokens of width D, H heads,
# F units inside a feed-forward part and K classes. Of the last block R = 1 token is asked for, as the head reads no more.


class ViTForImageClassification(Module):
    normalize: Normalize
    vit: ViTModel
    classifier: Head

    def tokens(self, pixels: Tensor) -> Tensor:                               # [B, S, S, 3], bytes
        image = self.normalize(pixels)                                        # [B, 3, S, S]
        return self.vit.embeddings(image)                                     # [B, T, D]

    def blocks(self, x: Tensor, attentions: List[Tensor]) -> Tensor:          # [B, T, D]
        return self.vit.encoder(x, attentions)                                # [B, R, D]

    def finish(self, x: Tensor) -> Tensor:                                    # [B, R, D]
        return self.vit.layernorm(x[:, 0])                                    # [B, D]

    def head(self, e: Tensor) -> Tensor:                                      # [B, D]
        return self.classifier(e)                                             # [B, K]


class ViTModel(Module):
    embeddings: ViTEmbeddings
    encoder: ViTEncoder
    layernorm: FinalNorm


class ViTEmbeddings(Module):
    cls_token: Parameter                                                      # [1, 1, D]
    position_embeddings: Parameter                                            # [1, T, D]
    patch_embeddings: ViTPatchEmbeddings
    dropout: Dropout

    def forward(self, image: Tensor) -> Tensor:                               # [B, 3, S, S]
        patches = self.patch_embeddings(image)                                # [B, N, D]
        cls_token = self.cls_token.expand(image.size(0), -1, -1)              # [B, 1, D]
        x = torch.cat([cls_token, patches], 1)                                # [B, T, D]
        return self.dropout(x + self.position_embeddings)                     # [B, T, D]


class ViTPatchEmbeddings(Module):
    projection: Conv2d

    def forward(self, image: Tensor) -> Tensor:                               # [B, 3, S, S]
        grid = self.projection(image)                                         # [B, D, S / P, S / P]
        return grid.flatten(2).transpose(1, 2)                                # [B, N, D]


class ViTEncoder(Module):
    layer: ModuleList[ViTLayer]

    def forward(self, x: Tensor, attentions: List[Tensor]) -> Tensor:         # [B, T, D]
        for layer in self.layer:
            x = layer(x, attentions)                                          # [B, T, D], of the last [B, R, D]
        return x


class ViTLayer(Module):
    rows: int                                                                 # R in the last block; 0, which is all, in others
    layernorm_before: LayerNorm
    attention: ViTAttention
    drop_path1: DropPath
    layernorm_after: LayerNorm
    intermediate: ViTIntermediate
    output: ViTOutput
    drop_path2: DropPath

    def forward(self, x: Tensor, attentions: List[Tensor]) -> Tensor:         # [B, T, D]
        h = self.layernorm_before(x)                                          # [B, T, D]
        q = h
        if self.rows > 0:
            x, q = x[:, :self.rows], h[:, :self.rows]                         # [B, R, D]
        x = x + self.drop_path1(self.attention(q, h, attentions))             # [B, R, D]
        h = self.layernorm_after(x)                                           # [B, R, D]
        return x + self.drop_path2(self.output(self.intermediate(h)))         # [B, R, D]


class ViTAttention(Module):
    attention: Attention
    output: ViTOutput

    def forward(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        return self.output(self.attention(q, x, attentions))                  # [B, R, D]


class ViTIntermediate(Module):
    dense: Linear
    intermediate_act_fn: Activation

    def forward(self, x: Tensor) -> Tensor:                                   # [B, R, D]
        return self.intermediate_act_fn(self.dense(x))                        # [B, R, F]


class ViTOutput(Module):
    dense: Linear
    dropout: Dropout

    def forward(self, x: Tensor) -> Tensor:                                   # [B, R, D or F]
        return self.dropout(self.dense(x))                                    # [B, R, D]
