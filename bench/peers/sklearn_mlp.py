"""scikit-learn's MLPClassifier in float32, SGD without momentum, or Adam.

partial_fit() is given the samples of many steps at once, drawn with replacement, and cuts them into
batches, which is far cheaper than a call a step. First weights are scikit-learn's own: it has no
setting for them; there is no accuracy before the first step. It computes the loss of every step.
"""

import numpy as np
import sklearn
from common import main
from sklearn.neural_network import MLPClassifier

SAMPLES_MAX = 60_000  # of one call, so that its copy of them stays small


class SklearnMlp:
    """An MLPClassifier that is fed by hand."""

    versions = {"scikit-learn": sklearn.__version__, "numpy": np.__version__}

    def __init__(self, job):
        self.job = job
        self.rng = np.random.default_rng(job.seed)
        self.trained = False
        self.classes = range(max(2, job.net[-1]))
        self.model = MLPClassifier(
            hidden_layer_sizes=job.net[1:-1],
            activation=job.activation,
            solver=job.optimizer,
            alpha=0,
            momentum=0,
            learning_rate_init=job.rate,
            batch_size=job.batch,
            shuffle=False,
            random_state=job.seed,
        )

    def train(self, steps):
        images, labels = self.job.images["train"], self.job.labels["train"]
        left = steps * self.job.batch
        while left > 0:
            count = min(left, SAMPLES_MAX // self.job.batch * self.job.batch)
            index = self.rng.integers(self.job.samples, size=count)
            self.model.partial_fit(images[index], labels[index], classes=self.classes)
            left -= count
        self.trained = True

    def accuracy(self, split):
        if not self.trained:
            return 0.0
        return self.model.score(self.job.images[split], self.job.labels[split])


if __name__ == "__main__":
    main(SklearnMlp)
