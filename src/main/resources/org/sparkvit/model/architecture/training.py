# What only training has: dropout, drop path, losses, and the steps of the optimizer.


class Training(Module):
    # What a classifier is asked: these methods are added to its own, beside those of Scoring.
    criterion: Loss

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


class StochasticDepth(Module):
    # Beside those of Training where there is drop path.

    def drop_paths(self, factors: Tensor) -> Tensor:                          # [branches, B]
        for i, drop in enumerate(self.modules(DropPath)):
            drop.factors = factors[i].reshape(-1, 1, 1)                       # [B, 1, 1]
        return factors


class DropPath(Module):
    # Stochastic depth (Huang et al. 2016): what a branch gives for an image is multiplied by 0, or by 1 / (1 - rate).
    factors: Buffer                                                           # [B, 1, 1]

    def forward(self, x: Tensor) -> Tensor:                                   # [B, R, D]
        if self.training:
            x = x * self.factors
        return x


class Dropout(Module):
    p: Final[float]

    def forward(self, x: Tensor) -> Tensor:
        return torch.dropout(x, self.p, self.training)


class DroppingAttention(Module):
    # Attention with dropout of its weights.
    num_heads: Final[int]
    attention_p: Final[float]
    query: Linear
    key: Linear
    value: Linear

    def forward(self, q: Tensor, x: Tensor, attentions: List[Tensor]) -> Tensor:
        q = self.split(self.query(q))                                         # [B, H, R, D / H]
        k = self.split(self.key(x))                                           # [B, H, T, D / H]
        v = self.split(self.value(x))                                         # [B, H, T, D / H]
        p = self.attention_p if self.training else 0.0
        x = torch.scaled_dot_product_attention(q, k, v, None, p)              # [B, H, R, D / H]
        return x.transpose(1, 2).flatten(2)                                   # [B, R, D]

    def split(self, x: Tensor) -> Tensor:                                     # [B, T, D]
        return x.reshape(x.size(0), x.size(1), self.num_heads, -1).transpose(1, 2)


class CrossEntropy(Module):
    # With targets that are 1 for one class and 0 elsewhere this is torch's CrossEntropyLoss of each image.

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:             # [B, K] each
        return -(targets * torch.log_softmax(logits, 1)).sum([1])             # [B]


class FocalLoss(Module):
    # Cross-entropy in which what is known already counts less (Lin et al. 2017).
    gamma: Final[float]

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:             # [B, K] each
        unknown = (1.0 - torch.softmax(logits, 1)).pow(self.gamma)
        return -(targets * unknown * torch.log_softmax(logits, 1)).sum([1])   # [B]


class BinaryCrossEntropy(Module):
    # Every class a yes or no of its own: the mean over the classes of torch's BCEWithLogitsLoss.
    positive_weight: Final[float]

    def forward(self, logits: Tensor, targets: Tensor) -> Tensor:             # [B, K] each
        weights = torch.full_like(logits[0], self.positive_weight)            # [K]
        losses = torch.binary_cross_entropy_with_logits(logits, targets, None, weights, 0)
        return losses.mean([1])                                               # [B]
