# DINOv2 (Oquab et al. 2023): a Vision Transformer whose branches are scaled by learned vectors, and whose head reads the class
# token next to the mean of the patches' tokens. Modules and tensors are called as in transformers' Dinov2ForImageClassification;
# shapes as in vit.py, but all T tokens of the last block are asked for. The giant size has a gated feed-forward part.

from vit import ViTEmbeddings


class Dinov2ForImageClassification(Module):
    normalize: Normalize
    dinov2: Dinov2Model
    classifier: Head

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


class Dinov2Model(Module):
    embeddings: ViTEmbeddings
    encoder: Dinov2Encoder
    layernorm: FinalNorm


class Dinov2Encoder(Module):
    layer: ModuleList[Dinov2Layer]

    def forward(self, x: Tensor, attentions: List[Tensor]) -> Tensor:         # [B, T, D]
        for layer in self.layer:
            x = layer(x, attentions)                                          # [B, T, D]
        return x


class Dinov2Layer(Module):
    norm1: LayerNorm
    attention: Dinov2Attention
    layer_scale1: Dinov2LayerScale
    drop_path1: DropPath
    norm2: LayerNorm
    mlp: FeedForward
    layer_scale2: Dinov2LayerScale
    drop_path2: DropPath

    def forward(self, x: Tensor, attentions: List[Tensor]) -> Tensor:         # [B, T, D]
        h = self.attention(self.norm1(x), attentions)                         # [B, T, D]
        x = x + self.drop_path1(self.layer_scale1(h))                         # [B, T, D]
        h = self.mlp(self.norm2(x))                                           # [B, T, D]
        return x + self.drop_path2(self.layer_scale2(h))                      # [B, T, D]


class Dinov2Attention(Module):
    attention: Attention
    output: Dinov2SelfOutput

    def forward(self, x: Tensor, attentions: List[Tensor]) -> Tensor:         # [B, T, D]
        return self.output.dense(self.attention(x, x, attentions))            # [B, T, D]


class Dinov2SelfOutput(Module):
    dense: Linear


class Dinov2LayerScale(Module):
    lambda1: Parameter                                                        # [D]

    def forward(self, x: Tensor) -> Tensor:                                   # [B, T, D]
        return x * self.lambda1


class Dinov2MLP(Module):
    fc1: Linear
    activation: Activation
    fc2: Linear

    def forward(self, x: Tensor) -> Tensor:                                   # [B, T, D]
        x = self.activation(self.fc1(x))                                      # [B, T, F]
        return self.fc2(x)                                                    # [B, T, D]


class Dinov2SwiGLUFFN(Module):
    weights_in: Linear
    weights_out: Linear

    def forward(self, x: Tensor) -> Tensor:                                   # [B, T, D]
        gate, x = torch.chunk(self.weights_in(x), 2, -1)                      # [B, T, F] each
        return self.weights_out(torch.silu(gate) * x)                         # [B, T, D]
