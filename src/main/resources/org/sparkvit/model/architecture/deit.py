# DeiT (Touvron et al. 2021): a Vision Transformer with a distillation token beside the class token.
# Modules and tensors are called as in transformers' DeiTForImageClassification and ...WithTeacher; shapes as in vit.py, but there
# are T = 2 + N tokens. With a head on both of them R = 2 tokens of the last block are asked for, else R = 1.

from vit import ViTEncoder, ViTPatchEmbeddings


class DeiTForImageClassification(Module):
    normalize: Normalize
    deit: DeiTModel
    classifier: Head

    def tokens(self, pixels: Tensor) -> Tensor:                               # [B, S, S, 3], bytes
        image = self.normalize(pixels)                                        # [B, 3, S, S]
        return self.deit.embeddings(image)                                    # [B, T, D]

    def blocks(self, x: Tensor, attentions: List[Tensor]) -> Tensor:          # [B, T, D]
        return self.deit.encoder(x, attentions)                               # [B, R, D]

    def finish(self, x: Tensor) -> Tensor:                                    # [B, R, D]
        return self.deit.layernorm(x[:, 0])                                   # [B, D]

    def head(self, e: Tensor) -> Tensor:                                      # [B, D]
        return self.classifier(e)                                             # [B, K]


class DeiTForImageClassificationWithTeacher(Module):
    normalize: Normalize
    deit: DeiTModel
    cls_classifier: Head
    distillation_classifier: Head

    def tokens(self, pixels: Tensor) -> Tensor:                               # [B, S, S, 3], bytes
        image = self.normalize(pixels)                                        # [B, 3, S, S]
        return self.deit.embeddings(image)                                    # [B, T, D]

    def blocks(self, x: Tensor, attentions: List[Tensor]) -> Tensor:          # [B, T, D]
        return self.deit.encoder(x, attentions)                               # [B, R, D]

    def finish(self, x: Tensor) -> Tensor:                                    # [B, R, D]
        return self.deit.layernorm(x).flatten(1)                              # [B, 2 D]

    def head(self, e: Tensor) -> Tensor:                                      # [B, 2 D]
        cls_token, distillation_token = torch.chunk(e, 2, 1)                  # [B, D] each
        cls_logits = self.cls_classifier(cls_token)                           # [B, K]
        distillation_logits = self.distillation_classifier(distillation_token)
        return (cls_logits + distillation_logits) / 2                         # [B, K]


class DeiTModel(Module):
    embeddings: DeiTEmbeddings
    encoder: ViTEncoder
    layernorm: FinalNorm


class DeiTEmbeddings(Module):
    cls_token: Parameter                                                      # [1, 1, D]
    distillation_token: Parameter                                             # [1, 1, D]
    position_embeddings: Parameter                                            # [1, T, D]
    patch_embeddings: ViTPatchEmbeddings
    dropout: Dropout

    def forward(self, image: Tensor) -> Tensor:                               # [B, 3, S, S]
        patches = self.patch_embeddings(image)                                # [B, N, D]
        cls_token = self.cls_token.expand(image.size(0), -1, -1)              # [B, 1, D]
        distillation_token = self.distillation_token.expand(image.size(0), -1, -1)
        x = torch.cat([cls_token, distillation_token, patches], 1)            # [B, T, D]
        return self.dropout(x + self.position_embeddings)                     # [B, T, D]
