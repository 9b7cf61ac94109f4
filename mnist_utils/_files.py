"""The four files of MNIST: their names, their shapes, and how to know the right ones."""

import math
from dataclasses import dataclass


@dataclass(frozen=True)
class IdxFile:
    """One of the four files.

    Parameters
    ----------
    key : "train-images", "train-labels", "t10k-images" or "t10k-labels".
    shape : (N, rows, columns) of images, (N,) of labels.
    sha256 : of the uncompressed file: whatever way it came, this says that it is MNIST.
    gz_bytes, gz_md5 : size and md5 of the compressed file as the mirrors hold it.
    """

    key: str
    shape: tuple[int, ...]
    sha256: str
    gz_bytes: int
    gz_md5: str

    @property
    def name(self) -> str:
        """File name without `.gz`: `train-images-idx3-ubyte`."""
        return f"{self.key}-idx{len(self.shape)}-ubyte"

    @property
    def idx_bytes(self) -> int:
        """Size of the uncompressed file: magic, one number per dimension, one byte per entry."""
        return 4 + 4 * len(self.shape) + math.prod(self.shape)


TRAIN_IMAGES, TRAIN_LABELS = "train-images", "train-labels"
TEST_IMAGES, TEST_LABELS = "t10k-images", "t10k-labels"

# md5 as torchvision.datasets.MNIST lists them
COMPLETE = (
    IdxFile(
        key=TRAIN_IMAGES,
        shape=(60_000, 28, 28),
        sha256="ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
        gz_bytes=9_912_422,
        gz_md5="f68b3c2dcbeaaa9fbdd348bbdeb94873",
    ),
    IdxFile(
        key=TRAIN_LABELS,
        shape=(60_000,),
        sha256="65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
        gz_bytes=28_881,
        gz_md5="d53e105ee54ea40749a09fcbcd1e9432",
    ),
    IdxFile(
        key=TEST_IMAGES,
        shape=(10_000, 28, 28),
        sha256="0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
        gz_bytes=1_648_877,
        gz_md5="9fb629c4189551a2d022fa330f9573f3",
    ),
    IdxFile(
        key=TEST_LABELS,
        shape=(10_000,),
        sha256="ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
        gz_bytes=4_542,
        gz_md5="ec29112dd5afa0611ce80d1b7f02629c",
    ),
)

# torchvision's mirrors; the second one often refuses, so it comes last
MIRRORS = (
    "https://ossci-datasets.s3.amazonaws.com/mnist/",
    "http://yann.lecun.com/exdb/mnist/",
)
