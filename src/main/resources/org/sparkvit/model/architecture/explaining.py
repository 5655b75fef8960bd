# What explaining has in place of modules.py's: attention by an explicit softmax, which the fused product does not give out,
# and the maps that are made of it.


class Explaining(Module):
    # What a classifier is asked: these methods are added to its own.
    shown: Final[int]                                                         # tokens that a head reads

    def forward(self, pixels: Tensor) -> Tensor:                              # [B, S, S, 3], bytes
        attentions: List[Tensor] = []
        return self.head(self.finish(self.blocks(self.leaf(pixels), attentions)))

    def leaf(self, pixels: Tensor) -> Tensor:
        # The backward pass ends here, below the first block.
        return self.tokens(pixels).detach().requires_grad_()                  # [B, T, D]

    def explain(self, pixels: Tensor) -> List[Tensor]:                        # [B, S, S, 3], bytes
        # Logits, what the tokens of the heads attend to, rollout (Abnar and Zuidema 2020), and the same weighted by gradients
        # (Chefer, Gur and Wolf 2021). The last block has rows for its first tokens only.
        attentions: List[Tensor] = []
        logits = self.head(self.finish(self.blocks(self.leaf(pixels), attentions)))
        chosen = logits.amax([1]).sum()
        gradients = torch.autograd.grad([chosen], attentions)
        eye = torch.eye(attentions[0].size(3), dtype=6, device=logits.device) # [T, T]
        rollout = eye.expand(pixels.size(0), -1, -1)                          # [B, T, T]
        relevance = rollout                                                   # [B, T, T]
        heads: List[Tensor] = []
        for i in range(len(attentions)):
            attention = attentions[i].detach()                                # [B, H, R, T]
            gradient = unchecked_cast(Tensor, gradients[i])                   # [B, H, R, T]
            rows = attention.size(2)
            heads.append(attention[:, :, :self.shown].mean([2]))              # [B, H, T]
            mixed = attention.mean([1]) + eye[:rows]                          # [B, R, T]
            mixed = mixed / mixed.sum([-1], True)
            rollout = torch.bmm(mixed, rollout)                               # [B, R, T]
            weighted = torch.relu(gradient * attention).mean([1])             # [B, R, T]
            relevance = relevance[:, :rows] + torch.bmm(weighted, relevance)  # [B, R, T]
        rollout = rollout[:, :self.shown].mean([1])                           # [B, T]
        relevance = relevance[:, :self.shown].mean([1])                       # [B, T]
        return [logits.detach(), torch.stack(heads, 1), rollout, relevance]


class ExplainedAttention(Module):
    num_heads: Final[int]
    scale: Final[float]                                                       # 1 / sqrt(D / H)
    query: Linear
    key: Linear
    value: Linear

    def forward(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        q = self.split(self.query(q))                                         # [B, H, R, D / H]
        k = self.split(self.key(x))                                           # [B, H, T, D / H]
        v = self.split(self.value(x))                                         # [B, H, T, D / H]
        attention = torch.softmax(torch.matmul(q, k.transpose(-2, -1)) * self.scale, -1)
        attentions.append(attention)                                          # [B, H, R, T]
        x = torch.matmul(attention, v)                                        # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]

    def split(self, x: Tensor) -> Tensor:                                     # [B, T, D]
        return x.reshape(x.size(0), x.size(1), self.num_heads, -1).transpose(1, 2)
