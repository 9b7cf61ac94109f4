import numpy as np
import pytest

from mnist_utils import augment, load_mnist, rotate, shift


@pytest.fixture(params=[4, 5, 28])
def images(request: pytest.FixtureRequest) -> np.ndarray:
    return np.random.default_rng(request.param).random((3, request.param, request.param))


@pytest.mark.parametrize("turns", [1, 2, 3, -1])
def test_right_angles_are_rot90(images: np.ndarray, turns: int) -> None:
    expected = np.rot90(images, turns, axes=(1, 2))
    np.testing.assert_allclose(rotate(images, 90 * turns), expected, atol=1e-12)


def test_a_positive_angle_is_counter_clockwise() -> None:
    image = np.zeros((1, 5, 5))
    image[0, 2, 4] = 1  # right of the centre
    assert rotate(image, 90)[0, 0, 2] == pytest.approx(1)  # above it


@pytest.mark.parametrize(("dx", "dy"), [(1, 0), (0, 1), (-2, 1), (3, -3)])
def test_whole_shifts_are_exact_and_zeros_enter(images: np.ndarray, dx: int, dy: int) -> None:
    n = images.shape[1]
    expected = np.zeros_like(images)
    for row in range(n):
        for column in range(n):
            if 0 <= row - dy < n and 0 <= column - dx < n:
                expected[:, row, column] = images[:, row - dy, column - dx]
    assert (shift(images, dx, dy) == expected).all()


def test_half_a_pixel_is_the_mean_of_two() -> None:
    image = np.array([[[0.0, 4.0, 0.0]] * 3])
    assert (shift(image, 0.5, 0) == [[[0.0, 2.0, 2.0]] * 3]).all()
    image = image.transpose(0, 2, 1)
    assert (shift(image, 0, -0.5)[0, :, 1] == [2.0, 2.0, 0.0]).all()


def test_zero_changes_nothing(images: np.ndarray) -> None:
    assert (shift(images, 0, 0) == images).all()
    assert (rotate(images, 0) == images).all()
    assert (augment(images, np.random.default_rng(0), max_degrees=0, max_shift=0) == images).all()


@pytest.mark.parametrize("far", [4, 5, 28, 1e9])
def test_nothing_wraps_around(images: np.ndarray, far: float) -> None:
    if far >= images.shape[1]:
        assert not shift(images, far, 0).any()
        assert not shift(images, 0, -far).any()


def test_each_image_may_have_its_own_move(images: np.ndarray) -> None:
    together = rotate(images, [10.0, -20.0, 30.0])
    apart = [rotate(images[i : i + 1], angle)[0] for i, angle in enumerate([10.0, -20.0, 30.0])]
    assert (together == apart).all()


def test_flat_images_stay_flat_and_inputs_untouched(images: np.ndarray) -> None:
    before = images.copy()
    flat = images.reshape(3, -1)
    assert (rotate(flat, 33) == rotate(images, 33).reshape(3, -1)).all()
    assert (augment(flat, np.random.default_rng(1)).shape) == flat.shape
    assert (images == before).all()


def test_augmented_digits_stay_in_range_in_order_and_near() -> None:
    x = load_mnist().train.x[:1500]  # more than one chunk
    varied = augment(x, np.random.default_rng(5), max_degrees=5, max_shift=0.5)
    again = augment(x, np.random.default_rng(5), max_degrees=5, max_shift=0.5)
    assert varied.min() >= 0
    assert varied.max() <= 1 + 1e-12
    assert (varied == again).all()
    assert (varied != x).any(axis=1).all()
    # each is still most like the image that it came from: labels stay with images
    distance = ((varied[:60, None] - x[None, :60]) ** 2).sum(axis=2)
    assert (distance.argmin(axis=1) == np.arange(60)).all()
    alone = augment(x[:1], np.random.default_rng(5), max_degrees=180, max_shift=0)
    assert not np.allclose(alone, x[:1])


def test_moves_reach_their_bounds_and_no_farther() -> None:
    dot = np.zeros((400, 21, 21))
    dot[:, 10, 10] = 1
    moved = augment(dot, np.random.default_rng(3), max_degrees=0, max_shift=3)
    rows, columns = np.nonzero(moved.max(axis=0))
    assert (rows.min(), rows.max(), columns.min(), columns.max()) == (7, 13, 7, 13)


@pytest.mark.parametrize("shape", [(784,), (2, 783), (2, 3, 4), (2, 3, 3, 3)])
def test_images_that_are_not_square_are_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="images are"):
        rotate(np.zeros(shape), 1)
    with pytest.raises(ValueError, match="images are"):
        augment(np.zeros(shape), np.random.default_rng(0))


def test_no_images_are_no_images() -> None:
    assert augment(np.zeros((0, 784)), np.random.default_rng(0)).shape == (0, 784)
