"""Writes src/test/resources/metrics/calibration.json: what scikit-learn makes of made-up scores.

Platt scaling over log-odds, isotonic regression, and reliability in bins of about as many images; the parts of the Brier
score are written out in numpy. Needs numpy and scikit-learn. Usage: make_calibration_fixtures.py
"""
import json
import pathlib

import numpy as np
from sklearn.calibration import _SigmoidCalibration, calibration_curve
from sklearn.isotonic import IsotonicRegression

BINS = 15
rng = np.random.default_rng(20)


def case(n, ties, separable):
    y = (rng.random(n) < rng.choice([0.1, 0.3, 0.5])).astype(int)
    odds = 3 * (y - 0.5) + rng.normal(0, 2.5, n)
    if separable:
        odds = np.where(y == 1, np.abs(odds) + 0.1, -np.abs(odds) - 0.1)
    p = 1 / (1 + np.exp(-odds))
    if ties:
        p = np.round(p, 1 if n < 100 else 2)
    p = p.astype(np.float32).astype(np.float64)
    least = float(np.finfo(np.float32).tiny)
    x = np.log(np.maximum(p, least)) - np.log(np.maximum(1 - p, least))
    sigmoid = _SigmoidCalibration().fit(x, y)
    isotonic = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(p, y)
    asked = np.concatenate([p[:20], [0, 1], rng.random(20)])
    right, mean = calibration_curve(y, p, n_bins=BINS, strategy="quantile")
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    parts = {"reliability": 0.0, "resolution": 0.0, "uncertainty": float(y.mean() * (1 - y.mean()))}
    for b in range(BINS):
        here = bins == b
        if here.any():
            parts["reliability"] += float(here.mean() * (p[here].mean() - y[here].mean()) ** 2)
            parts["resolution"] += float(here.mean() * (y[here].mean() - y.mean()) ** 2)
    return {
        "scores": p.tolist(),
        "labels": y.tolist(),
        "platt": [-float(sigmoid.a_), -float(sigmoid.b_)],
        "asked": asked.tolist(),
        "isotonic": isotonic.predict(asked).tolist(),
        "right": right.tolist(),
        "mean": mean.tolist(),
        "parts": parts,
    }


# Sizes of which no quantile falls on an image, where rounding would decide.
cases = [case(n, ties, separable) for n in (39, 300, 1002) for ties in (False, True) for separable in (False, True)]
out = pathlib.Path(__file__).parents[1] / "resources" / "metrics" / "calibration.json"
out.write_text("[\n" + ",\n".join(json.dumps(c) for c in cases) + "\n]\n")
print(len(cases), "cases,", out.stat().st_size, "bytes")
