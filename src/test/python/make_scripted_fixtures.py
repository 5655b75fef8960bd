"""Makes src/test/resources/vit/scripted-forms too, modules that ScriptedArchiveTest describes.

Makes src/test/resources/vit/scripted: a small convolutional network as TorchScript, and the logits it gives.

Needs torch. The folder is what 'spark-vit score --model' takes: the module, what Hugging Face says of preprocessing,
and the classes with the multiply-adds of an image, which are counted here at each layer.
"""

import json
import pathlib
import sys

import torch
from torch import nn

OUT = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else "src/test/resources/vit/scripted")
MEAN, STD = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]


def pixels(n, side):
    """Bytes from a formula that the Java tests repeat."""
    i = torch.arange(n * side * side * 3, dtype=torch.int64)
    return ((i * 31 + (i // 7) * 17 + (i // 101) * 5) % 256).to(torch.uint8).reshape(n, side, side, 3)


def multiply_adds(model, image):
    """Counted where the convolutions and linear maps run."""
    total = 0

    def count(layer, _, output):
        nonlocal total
        total += output.numel() * layer.weight[0].numel()

    hooks = [m.register_forward_hook(count) for m in model.modules() if isinstance(m, (nn.Conv2d, nn.Linear))]
    model(image)
    for hook in hooks:
        hook.remove()
    return total


torch.manual_seed(0)
model = nn.Sequential(
    nn.Conv2d(3, 8, 3, stride=2, padding=1, bias=False), nn.BatchNorm2d(8), nn.ReLU(),
    nn.Conv2d(8, 16, 3, stride=2, padding=1, groups=2), nn.ReLU(),
    nn.AdaptiveAvgPool2d(2), nn.Flatten(), nn.Linear(64, 2)).eval()
with torch.no_grad():
    images = ((pixels(5, 16).float() / 255 - torch.tensor(MEAN)) / torch.tensor(STD)).permute(0, 3, 1, 2)
    logits = model(images)
    cost = multiply_adds(model, images[:1])
OUT.mkdir(parents=True, exist_ok=True)
torch.jit.script(model).save(OUT / "model.pt")
write = lambda name, value: (OUT / name).write_text(json.dumps(value, indent=2) + "\n")
write("config.json", dict(id2label={"0": "dark", "1": "light"}, multiply_adds=cost))
write("preprocessor_config.json", dict(size=dict(height=16, width=16), resample=2, image_mean=MEAN, image_std=STD))
write("golden.json", dict(logits=[round(v, 7) for v in logits.flatten().tolist()],
                          parameters=sum(p.numel() for p in model.parameters())))


FORMS = OUT.parent / "scripted-forms"


class Net(nn.Module):
    def __init__(self, form: str = ""):
        super().__init__()
        torch.manual_seed(1)
        self.layer = nn.Conv2d(3, 2, 16)

    def forward(self, x):
        return self.layer(x).flatten(1)


class Saves(Net):
    def forward(self, x):
        torch.save(x, "written-by-a-model.pt")
        return self.layer(x).flatten(1)


class SavesWhileLoading(Net):
    @torch.jit.export
    def __getstate__(self):
        return self.layer.weight, self.training

    @torch.jit.export
    def __setstate__(self, state: tuple[torch.Tensor, bool]):
        torch.save(state[0], "written-by-a-model.pt")
        self.training = state[1]


class ReadsFiles(Net):
    def forward(self, x):
        return self.layer(x).flatten(1) + torch.from_file("/etc/hostname", False, 2)


class Throws(Net):
    def forward(self, x):
        if x.size(0) > 0:
            raise ValueError("no such thing")
        return self.layer(x).flatten(1)


class Large(Net):
    def forward(self, x):
        return self.layer(x).flatten(1) + torch.ones([10_000, 1_000_000_000]).sum()


class CastsItsInput(Net):
    def forward(self, x):
        return self.layer(x.to(torch.bfloat16)).flatten(1).float()


class AnswersInBfloat16(Net):
    def forward(self, x):
        return self.layer(x.to(torch.bfloat16)).flatten(1)


class GivesProbabilities(Net):
    def forward(self, x):
        return self.layer(x).flatten(1).softmax(-1)


class GivesProbabilitiesFirst(Net):
    def forward(self, x):
        logits = self.layer(x).flatten(1)
        return logits.softmax(-1), logits


class GivesNames(Net):
    def forward(self, x):
        logits = self.layer(x).flatten(1)
        return {"probabilities": logits.softmax(-1), "hidden": logits * 2, "logits": logits, "a": -logits}


class GivesOtherNames(Net):
    def forward(self, x):
        logits = self.layer(x).flatten(1)
        return {"scores": logits, "offsets": -logits}


class GivesOneName(Net):
    def forward(self, x):
        return {"scores": self.layer(x).flatten(1)}


class Head(Net):
    """One more layer behind the logits, as people's export scripts add it."""

    def __init__(self, last: nn.Module):
        super().__init__()
        self.last = nn.Sequential(last, nn.Identity())

    def forward(self, x):
        return self.last(self.layer(x).flatten(1))


class GivesPercent(Net):
    def forward(self, x):
        return nn.functional.softmax(self.layer(x).flatten(1), dim=1) * 100


class GivesTheLargest(Net):
    def forward(self, x):
        return self.layer(x).flatten(1).topk(2)


class GivesTheClass(Net):
    def forward(self, x):
        return self.layer(x).flatten(1).argmax(1)


class GivesTheOrder(Net):
    def forward(self, x):
        values, order = self.layer(x).flatten(1).sort(1)
        return order


class GivesBothSides(Net):
    def forward(self, x):
        p = self.layer(x).flatten(1)[:, :1].sigmoid()
        return torch.cat([1 - p, p], 1)


class GivesBounded(Net):
    def forward(self, x):
        return torch.stack(list(self.layer(x).flatten(1).sigmoid().unbind(1)), 1)


class IsGated(Net):
    """Logits that have been through a sigmoid's product."""

    def forward(self, x):
        logits = self.layer(x).flatten(1)
        return torch.mul(logits.sigmoid(), logits)


FORMS.mkdir(exist_ok=True)
forms = dict(saves=Saves(), saves_while_loading=SavesWhileLoading(), reads_files=ReadsFiles(), throws=Throws(), large=Large(),
             half=Net().half(), bfloat16=Net().bfloat16(), casts=CastsItsInput().bfloat16(), bfloat16_out=AnswersInBfloat16().bfloat16(),
             probabilities=GivesProbabilities(), probabilities_half=GivesProbabilities().half(), probabilities_first=GivesProbabilitiesFirst(), names=GivesNames(), other_names=GivesOtherNames(), one_name=GivesOneName(),
             sigmoid=Head(nn.Sigmoid()), softmax=Head(nn.Softmax(-1)), percent=GivesPercent(), largest=GivesTheLargest(), number=GivesTheClass(),
             order=GivesTheOrder(), both_sides=GivesBothSides(), bounded=GivesBounded(), gated=IsGated(), identity=Head(nn.Identity()))
golden = {}
for name, form in forms.items():
    form.eval()
    if name in ("sigmoid", "softmax"):
        torch.jit.trace(form, images).save(FORMS / f"{name}_traced.pt")
    form = torch.jit.script(form)
    form.save(FORMS / f"{name}.pt")
    if name in ("half", "casts", "bfloat16_out", "names", "one_name", "gated", "identity"):
        with torch.no_grad():
            out = form(images.half() if name == "half" else images)
        out = out if isinstance(out, torch.Tensor) else out["logits" if name == "names" else "scores"]
        golden[name] = [round(v, 6) for v in out.float().flatten().tolist()]
torch.save(Net().state_dict(), FORMS / "state_dict.pt")
(FORMS / "golden.json").write_text(json.dumps(golden, indent=1) + "\n")
