"""Handwritten digits: load them, bring the complete set, cut them into mini-batches, vary them."""

from mnist_utils._augment import augment, rotate, shift
from mnist_utils._batches import minibatches
from mnist_utils._cache import cache_folder, missing
from mnist_utils._fetch import fetch
from mnist_utils._import import import_path
from mnist_utils._load import Digits, Mnist, MnistSplits, load_mnist, load_mnist_splits
from mnist_utils.errors import DataError

__all__ = [
    "DataError",
    "Digits",
    "Mnist",
    "MnistSplits",
    "augment",
    "cache_folder",
    "fetch",
    "import_path",
    "load_mnist",
    "load_mnist_splits",
    "minibatches",
    "missing",
    "rotate",
    "shift",
]
