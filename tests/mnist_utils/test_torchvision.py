"""The table of files, held against torchvision's, where that is installed."""

import pytest

from mnist_utils._files import COMPLETE, MIRRORS


@pytest.mark.torch
def test_md5_and_mirrors_are_those_that_torchvision_lists():
    datasets = pytest.importorskip("torchvision.datasets", reason="needs torchvision (TORCH=1)")
    theirs = dict(datasets.MNIST.resources)
    assert {f"{file.name}.gz": file.gz_md5 for file in COMPLETE} == theirs
    assert {mirror.rstrip("/") for mirror in MIRRORS} <= {
        mirror.rstrip("/") for mirror in datasets.MNIST.mirrors
    }
