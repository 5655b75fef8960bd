"""Writes src/test/resources/search/search.json: densities of Optuna's Parzen estimators and its PED-ANOVA importances.

Needs optuna.
"""

import json
import pathlib
import random

import numpy
import optuna
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.samplers._tpe.parzen_estimator import _ParzenEstimator, _ParzenEstimatorParameters
from optuna.samplers._tpe.sampler import default_weights

optuna.logging.set_verbosity(optuna.logging.ERROR)
random.seed(7)

SPACE = {
    "dropout": ("float 0 0.5", FloatDistribution(0, 0.5), lambda: round(random.uniform(0, 0.5), 4)),
    "rate": ("log-float 1e-5 1e-1", FloatDistribution(1e-5, 1e-1, log=True), lambda: float(f"{10 ** random.uniform(-5, -1):.5e}")),
    "epochs": ("int 2 9", IntDistribution(2, 9), lambda: random.randint(2, 9)),
    "loss": ("categorical bce focal plain", CategoricalDistribution(("bce", "focal", "plain")),
             lambda: random.choice(("bce", "focal", "plain"))),
}
parameters = _ParzenEstimatorParameters(
    prior_weight=1.0, consider_magic_clip=True, consider_endpoints=False, weights=default_weights, multivariate=False)

densities = []
for name, (text, distribution, draw) in SPACE.items():
    # From 25 on the weights differ, and which of several equal whole numbers has which width is left to the sorting.
    for n in (0, 1, 2, 6, 20 if name == "epochs" else 40):
        observed, asked = [draw() for _ in range(n)], [draw() for _ in range(5)]
        internal = lambda values: numpy.array([distribution.to_internal_repr(v) for v in values], dtype=float)
        estimator = _ParzenEstimator({name: internal(observed)}, {name: distribution}, parameters)
        logs = estimator.log_pdf({name: internal(asked)})
        densities.append(dict(name=name, space=text, observed=[str(v) for v in observed], asked=[str(v) for v in asked],
                              log_density=[float(v) for v in logs]))

importances = []
for n in (2, 5, 30, 120):
    study = optuna.create_study()
    trials = []
    for _ in range(n):
        values = {name: draw() for name, (_, _, draw) in SPACE.items()}
        loss = (numpy.log10(values["rate"]) + 3) ** 2 + values["dropout"] + (values["loss"] == "bce") + random.gauss(0, 0.2)
        study.add_trial(optuna.trial.create_trial(
            params=values, distributions={name: d for name, (_, d, _) in SPACE.items()}, value=float(loss)))
        trials.append(dict(values={name: str(v) for name, v in values.items()}, loss=float(loss)))
    shares = optuna.importance.get_param_importances(study, evaluator=optuna.importance.PedAnovaImportanceEvaluator())
    importances.append(dict(trials=trials, shares=shares))

target = pathlib.Path(__file__).parent.parent / "resources/search/search.json"
target.parent.mkdir(exist_ok=True)
target.write_text(json.dumps(dict(
    optuna=optuna.__version__, space={name: text for name, (text, _, _) in SPACE.items()}, densities=densities,
    importances=importances), indent=1) + "\n")
