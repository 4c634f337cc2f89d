"""What the file of a colored photo says: all that the original's said, and that its colors were inferred."""

import os
import warnings

import numpy as np
import pytest
from picture_files import GREEN, RED, adobe_rgb, blocks
from PIL import ExifTags, Image

from colorkit import pictures
from colorkit.colorizing import saving
from colorkit.files import FileProblem

TAGS, EXIF, GPS = ExifTags.Base, ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo
TAKEN = "1999:01:02 03:04:05"
XMP = (
    '<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    '<rdf:Description rdf:about="" xmlns:tiff="http://ns.adobe.com/tiff/1.0/" tiff:Orientation="6"'
    ' xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" photoshop:Headline="At the lake"/></rdf:RDF></x:xmpmeta>'
)


def original(path):
    """Write a photo that lies on its side, with all that a camera and an archive write."""
    image = Image.fromarray(blocks())
    exif = image.getexif()
    exif[TAGS.Orientation] = 6
    exif[TAGS.ImageDescription] = "Großmutter".encode()
    exif[TAGS.DateTime] = TAKEN
    exif[TAGS.Software] = "Scanner 3"
    exif.get_ifd(EXIF).update({TAGS.DateTimeOriginal: TAKEN, TAGS.UserComment: b"ASCII\0\0\0from the attic"})
    exif.get_ifd(EXIF).update({TAGS.ColorSpace: 65535, TAGS.ExifImageWidth: 48})
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 30.0, 1.5)})
    image.save(path, exif=exif, xmp=XMP.encode(), dpi=(300, 300), icc_profile=adobe_rgb())
    os.utime(path, (1e9, 1e9))
    return path


@pytest.mark.parametrize("ending", [".jpg", ".png", ".webp", ".tif"])
def test_metadata_are_kept_and_say_what_was_done(tmp_path, ending):
    source, target = original(tmp_path / "old.jpg"), tmp_path / "new" / f"old{ending}"
    upright = pictures.open_photo(source)
    assert saving.save(upright, target, source, "11_flagship_gpu") == 1
    assert target.stat().st_mtime == 1e9
    with Image.open(target) as image:
        exif = image.getexif()
        inner, place = exif.get_ifd(EXIF), exif.get_ifd(GPS)  # of a TIFF, to be had only until its pixels are
        image.load()  # a PNG has some of its texts behind them
        info = image.info
        assert image.size == (32, 48) == (inner[TAGS.ExifImageWidth], inner[TAGS.ExifImageHeight])
        assert exif[TAGS.ImageDescription].encode("latin-1").decode() == "Großmutter"
        assert exif[TAGS.DateTime] == inner[TAGS.DateTimeOriginal] == TAKEN
        assert place[2] == (48.0, 30.0, 1.5)
        assert exif.get(TAGS.Orientation, 1) == 1 and inner[TAGS.ColorSpace] == 1
        comment = inner[TAGS.UserComment].decode()
        assert (
            comment.startswith("ASCII\0\0\0from the attic\nColors inferred by colorkit")
            and "11_flagship_gpu" in comment
        )
        xmp = info["xmp"].decode()
        assert "At the lake" in xmp and "Orientation" not in xmp and "compositeWithTrainedAlgorithmicMedia" in xmp
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of Pillow, if defusedxml is not installed
            assert image.getxmp() is not None
        if ending != ".webp":
            assert info["dpi"] == pytest.approx((300, 300), abs=0.01)
        if ending in (".jpg", ".png"):
            assert "Colors inferred by colorkit" in str(info.get("comment") or info["Comment"])
    again = pictures.open_photo(target)
    assert (
        np.abs(again.astype(int) - upright)[[8, 40]][:, [8, 24]].max() < 12
    )  # not turned, and in the same color space
    assert saving.is_ours(target) and not saving.is_ours(source) and not saving.is_ours(tmp_path)


def test_a_photo_without_metadata_or_with_broken_ones(tmp_path):
    Image.fromarray(blocks()).save(tmp_path / "bare.png")
    Image.fromarray(blocks()).save(tmp_path / "broken.jpg", exif=b"Exif\0\0II*\0\xff\xff\xff\xff", xmp=b"<\xff>")
    for name in ("bare.png", "broken.jpg"):
        target = tmp_path / f"new_{name}"
        saving.save(blocks(RED, GREEN), target, tmp_path / name, "mine")
        assert saving.is_ours(target)


@pytest.mark.parametrize(("size", "ending"), [((1, 17_000), ".webp"), ((1, 66_000), ".jpg")])
def test_what_a_format_cannot_hold_is_said_and_leaves_nothing(tmp_path, size, ending):
    Image.fromarray(blocks()).save(tmp_path / "old.png")
    with pytest.raises(FileProblem, match=r"it cannot be saved as .*; save it as TIFF or PNG first"):
        saving.save(np.zeros((*size, 3), np.uint8), tmp_path / f"new{ending}", tmp_path / "old.png", "mine")
    assert [path.name for path in tmp_path.iterdir()] == ["old.png"]
