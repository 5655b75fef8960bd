# What scoring in int8 has in place of modules.py's: weights in int8, activations that are quantised when a product runs, over
# the range of its whole input, and results in float32.
#
# reduce_range gives activations 7 bits instead of 8. Processors without VNNI need it, as they add products in pairs to 16 bits.


class Int8Scoring(Module):
    # What a classifier is asked: these methods are added to its own. Images go through one by one, lest an image's result depend on
    # those beside it, by the range of a product's input. On a CPU that is the faster way as well: what one module leaves behind is
    # still in the cache when the next one reads it.

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        return self.head(self.embed(pixels))                                  # [B, K]

    def embed(self, pixels: Tensor) -> Tensor:                                # [B, S, S, 3], bytes
        rows: List[Tensor] = []
        for image in torch.split(pixels, 1):
            rows.append(self.embed_one(image))
        return torch.cat(rows)                                                # [B, E]

    def embed_one(self, pixels: Tensor) -> Tensor:                            # [1, S, S, 3], bytes
        attentions: List[Tensor] = []
        return self.finish(self.blocks(self.tokens(pixels), attentions))      # [1, E]

    def eight_bits(self) -> Tensor:
        for linear in self.modules(Int8Linear):
            linear.reduce_range = False
        for attention in self.modules(Int8Attention):
            attention.reduce_range = False
        return self.normalize.scale


class Int8Linear(Module):
    reduce_range: bool = True
    packed: Packed                                                            # int8 [out, in], and a bias

    def forward(self, x: Tensor) -> Tensor:                                   # [..., in]
        return ops.quantized.linear_dynamic(x, self.packed, self.reduce_range)


class Int8Attention(Module):
    # Query, key and value of all tokens by one product; of the queries only the wanted rows. Attention itself stays in float32:
    # bfloat16 took 8 % off an image's time with AMX, but the labels of 2,000 images of CIFAR-10 agreed with float32 in 98.95 %
    # instead of 99.20 %.
    num_heads: Final[int]
    reduce_range: bool = True
    packed: Packed                                                            # int8 [3 D, D], and a bias

    def forward(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        qkv = ops.quantized.linear_dynamic(x, self.packed, self.reduce_range) # [B, T, 3 D]
        qkv = qkv.reshape(x.size(0), x.size(1), 3, self.num_heads, -1)        # [B, T, 3, H, D / H]
        rows = qkv[:, :q.size(1), 0].transpose(1, 2)                          # [B, H, R, D / H]
        k = qkv[:, :, 1].transpose(1, 2)                                      # [B, H, T, D / H]
        v = qkv[:, :, 2].transpose(1, 2)                                      # [B, H, T, D / H]
        x = torch.scaled_dot_product_attention(rows, k, v)                    # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]
