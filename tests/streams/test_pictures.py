import hashlib

import pytest

from streams.pictures import MAX_BYTES, PictureError, Pictures

JPEG = b"\xff\xd8\xff\xe0" + b"smoke" * 20 + b"\xff\xd9"


@pytest.fixture
def pictures(tmp_path):
    return Pictures(tmp_path / "pictures")


def test_a_picture_is_kept_once_under_its_sha256(pictures):
    names = pictures.keep([JPEG, JPEG])
    assert names == (hashlib.sha256(JPEG).hexdigest(),) * 2
    assert pictures.read(names[0]) == JPEG
    assert len([path for path in pictures.folder.rglob("*") if path.is_file()]) == 1


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        ([b"GIF89a" + JPEG], "picture 1 is no JPEG"),
        ([JPEG, b"\xff\xd8\xff" + bytes(MAX_BYTES)], "picture 2 has 307203 bytes"),
        ([JPEG[:-2]], "picture 1 is cut off"),
        ([b""], "picture 1 is no JPEG"),
        ([JPEG] * 4, "4 pictures; at most 3"),
    ],
)
def test_a_bad_picture_is_refused_and_nothing_of_the_observation_is_kept(pictures, bad, why):
    with pytest.raises(PictureError, match=why):
        pictures.keep(bad)
    assert not pictures.folder.exists()


def test_zeros_after_the_end_mark_are_a_habit_of_cameras(pictures):
    (name,) = pictures.keep([JPEG + bytes(64)])
    assert pictures.read(name) == JPEG + bytes(64)


@pytest.mark.parametrize("name", ["../../etc/passwd", "", "a" * 63, "A" * 64, "0" * 64 + "\n", "0" * 64])
def test_only_a_sha256_that_is_there_leads_to_a_picture(pictures, name):
    assert pictures.read(name) is None


def test_a_damaged_picture_is_not_shown_and_is_mended_when_it_comes_again(pictures):
    (name,) = pictures.keep([JPEG])
    next(pictures.folder.rglob("*.jpg")).write_bytes(JPEG[:20])
    assert pictures.read(name) is None
    pictures.keep([JPEG])
    assert pictures.read(name) == JPEG
