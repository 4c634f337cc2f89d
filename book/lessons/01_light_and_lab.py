# %% [markdown]
# # 1. Light and Lab
#
# **A gray photo has lost two of its three numbers. You will see which two, and why they are the easy ones to paint
# back.**
#
# ![A photo of a cup of coffee, its lightness L as a sharp gray picture, and its two color channels a and b, with soft shapes and little detail.](../_static/01_light_and_lab.jpg)
#
# [Open in Colab]({{colab}}) · [Download this notebook]({{raw}})
#
# *You will*
#
# - split photos into lightness (L) and color (a and b), and put them together again,
# - see that L is sharp and that a and b are soft,
# - measure how far a and b reach on a screen, and what to do with colors that no screen can show,
# - tell L from the gray of `rgb2gray`.
#
# *Time:* measured, about 10 seconds of computing on two cores at the laptop preset, a few seconds at the test preset.
# The gpu preset does the same as the laptop preset.
#
# *Needs:* a little Python and NumPy.

# %%
# Setup, the same in every lesson. In Colab it installs colorkit;
# what is installed already stays as it is.
import importlib.util

if importlib.util.find_spec("colorkit") is None:
    get_ipython().run_line_magic(
        "pip", "install --quiet colorkit@git+{{repository}}"
    )

from colorkit import setup

preset = setup()

# %%
import matplotlib.pyplot as plt
import numpy as np
from scipy.ndimage import gaussian_filter
from skimage.color import deltaE_cie76, deltaE_ciede2000, rgb2gray, rgb2lab
from skimage.measure import block_reduce
from skimage.transform import resize

from colorkit import check, claim, lab, photos, show

# %% [markdown]
# ## What is a color photo?
#
# Three numbers for each point (pixel), each from 0 to 255: codes for how much red, green and blue light the screen
# sends out. Codes, not amounts: 128 makes about a fifth of the light of 255.
#
# **Predict before you run:** the saucer is a strong orange-red, the inside of the cup is white. In which of the three
# channels, R, G or B, will you be able to see the cup?

# %% mystnb={"image": {"alt": "A photo of a coffee cup on an orange saucer, then its red, green and blue channel as gray pictures. The cup is plain to see in all three."}}
photo = photos.bundled("coffee", size=256)  # (256, 256, 3) uint8
print("one pixel of the saucer: R, G, B =", photo[200, 40])
channels = {"R": photo[..., 0], "G": photo[..., 1], "B": photo[..., 2]}
show.gallery({"photo": photo} | channels)

# %% [markdown]
# In all three: each carries the light and shade of the whole scene, and the color hides in how they differ. A
# network that gives R, G and B has to draw the photo three times over.
#
# ## Lightness on one side, color on the other
#
# CIE Lab is another way to write the same three numbers, made in 1976 to follow what people see:
#
# - **L**, lightness, from 0 (black) to 100 (white);
# - **a**, from green (negative) to red (positive);
# - **b**, from blue (negative) to yellow (positive).
#
# L is made in four steps: undo the code, so that there is light; add up the red, the green and the blue light as
# brightly as the eye sees each; take the cube root, as the eye about does; scale to 100 (exercise 01-d). a and b are
# differences of such cube roots. Where a = b = 0 there is no color, only gray. How far a color is from that gray is its
# **chroma**; in which direction it lies is its **hue**.

# %% tags=["result"] mystnb={"image": {"alt": "The coffee photo, its L as a sharp gray picture, its a in red tones, strongest on the saucer, and its b in yellow tones, strongest on saucer and coffee. The last two are soft, with little detail."}}
coffee = lab.rgb_to_lab(photo)  # (256, 256, 3) float32: L, a, b
L, ab = coffee[..., :1], coffee[..., 1:]
only_a = np.dstack([np.full_like(L, 65), coffee[..., 1], 0 * L])
only_b = np.dstack([np.full_like(L, 65), 0 * L, coffee[..., 2]])
show.gallery(
    {
        "photo": photo,
        "L": lab.lightness_to_rgb(L),
        "a": lab.lab_to_rgb(only_a),
        "b": lab.lab_to_rgb(only_b),
    }
)

# %% [markdown]
# L is a good black-and-white photo of the scene. From a and b alone you see shapes, and little of what is in them. So a
# network that colors photos need not draw: it takes L, and gives a and b. The photo's own L is kept, sharp as it was.
# That is the contract of all networks in this course: *L in, ab out*.
#
# Correlation says how much channels repeat each other: 1 means that one tells you the other, 0 that it tells you
# nothing (along a straight line, at least). Take six photos that come with the course's libraries. **Predict:** does L
# say as much about a and b as R, G and B say about each other?

# %% mystnb={"image": {"alt": "Six everyday photos: an astronaut, a cat, a cup of coffee, a rocket in twilight, a motorcycle, and a woman in uniform."}}
names = ["astronaut", "cat", "coffee", "rocket", "motorcycle", "hopper"]
pictures = {name: photos.bundled(name, size=256) for name in names}
show.gallery(pictures)
for name in names:
    print(f"{name:11} {photos.BUNDLED[name]}")


def mean_correlation(pictures, pairs):
    """Mean |correlation| of pairs of channels, over several pictures."""
    tables = [np.corrcoef(picture.reshape(-1, 3).T) for picture in pictures]
    return np.mean([abs(table[pair]) for table in tables for pair in pairs])


# %%
claim(
    "01-rgb-repeats",
    value=mean_correlation(pictures.values(), [(0, 1), (0, 2), (1, 2)]),
    at_least=0.7,
    says="R, G and B mostly repeat each other: "
    "their mean correlation over six photos is {value:.2f}",
)
claim(
    "01-lab-repeats",
    value=mean_correlation(
        [lab.rgb_to_lab(picture) for picture in pictures.values()],
        [(0, 1), (0, 2)],
    ),
    at_most=0.35,
    says="L says much less about a and b: "
    "their mean correlation over the six photos is {value:.2f}",
)
claim(
    "01-round-trip",
    value=np.abs(
        lab.to_uint8(lab.lab_to_rgb(coffee)) - photo.astype(int)
    ).max(),
    at_most=0,
    says="from RGB to Lab and back, "
    "the largest change of any of the 196,608 numbers is {value:.0f}",
)

# %% [markdown]
# ## Is there shade in a and b?
#
# An orange surface in full light, and in shade, with half of the light or a quarter. **Predict:** which of L, a and b
# will change, and which will stay?

# %% mystnb={"image": {"alt": "Three patches: an orange, a darker brownish orange, and a dark brown. They are one surface in full, half and quarter light."}}
orange = np.array([210, 100, 30])
light = {"full light": 1, "half": 1 / 2, "a quarter": 1 / 4}
surface = {  # a code is about the light to the power 1 / 2.2
    name: np.uint8(np.round(orange * amount ** (1 / 2.2)))
    for name, amount in light.items()
}
show.gallery({name: np.full((60, 90, 3), rgb) for name, rgb in surface.items()})
for name, rgb in surface.items():
    L_here, a, b = lab.rgb_to_lab(rgb)
    hue = np.degrees(np.arctan2(b, a))
    print(f"{name:10} L {L_here:3.0f}  a {a:3.0f}  b {b:3.0f}", end="")
    print(f"  chroma {np.hypot(a, b):3.0f}  hue {hue:3.0f} degrees")

# %% [markdown]
# L, a and b all shrink, and the hue stays. So a and b do hold shade: dark orange has less chroma, and people call it
# brown. But how dark it is, L says already. What a network has to find out is above all the hue.
#
# ## What the gray photo lost
#
# A card has eight patches of very different color. **Predict:** what will its black-and-white photo look like?

# %% mystnb={"image": {"alt": "A card with eight patches of different color, from pink over green to violet, and its black-and-white photo, an even gray."}}
angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
patches = np.stack([65 + 0 * angle, 32 * np.cos(angle), 32 * np.sin(angle)], -1)
card = np.kron(patches.reshape(2, 4, 3), np.ones((60, 60, 1)))  # 120 x 240, Lab
assert lab.in_gamut(card).all()
gray_card = lab.lightness_to_rgb(card[..., :1])
show.gallery(
    {"card": lab.lab_to_rgb(card), "its black-and-white photo": gray_card}
)

# %% [markdown]
# Nothing is left, not even the borders: all patches have L = 65. To color a gray photo is therefore not to compute what
# was there. It is to *choose* among the colors that could have been there. The pixel itself does not say which; what
# stands around it can help: a patch that is part of a lemon is probably yellow. So this course needs networks that look
# at whole pictures.
#
# ## L is sharp, ab is soft
#
# Move the slider. On the left only L is blurred, on the right only a and b, by the same amount.
#
# **Predict:** at which blur will you notice it on the left? And on the right?

# %%
astronaut = lab.rgb_to_lab(pictures["astronaut"])


def blur(picture, sigma, channels):
    """Blur some channels of a Lab picture with a Gaussian of `sigma` pixels."""
    blurred = picture.copy()
    for channel in channels:
        blurred[..., channel] = gaussian_filter(picture[..., channel], sigma)
    return blurred


def left_L_right_ab(sigma):
    """Blur L in the left picture, a and b in the right one."""
    left = blur(astronaut, sigma, [0])
    right = blur(astronaut, sigma, [1, 2])
    return lab.lab_to_rgb(np.hstack([left, right]))


show.explore(
    left_L_right_ab,
    name="blur",
    values=[0, 0.5, 1, 2, 4, 6, 8],
    unit="px",
    alt="An astronaut's portrait twice. Left: lightness blurred by {value} "
    "pixels. Right: color blurred by {value} pixels.",
)

# %% [markdown]
# At 2 px her face is blurred on the left; the right one you would still take for a good photo. There may be two
# reasons. Your eyes see fine detail in lightness and hardly any in color. And a and b may really have less of it.
#
# Two rulers can tell. The **plain distance** in Lab is the root of the squared differences of L, a and b, added up.
# **CIEDE2000** is in units that people just about notice: 1 is hardly visible side by side, 10 is plainly another
# color. It has part of the eye built in: the more chroma two colors have, the less a difference of theirs counts.
#
# **Predict:** the cost of blurring L, divided by the cost of blurring a and b: will it be larger or smaller than 1, and
# with which ruler will it be larger?

# %% mystnb={"image": {"alt": "Line chart of the cost of a blurred L divided by that of blurred a and b, against the blur in pixels. Both rulers stay above 1, CIEDE2000 clearly above the plain distance."}}
sigmas = [1, 2, 4, 8]
labs = {name: lab.rgb_to_lab(picture) for name, picture in pictures.items()}
rulers = {"CIEDE2000": deltaE_ciede2000, "plain distance": deltaE_cie76}
costs = np.empty((2, len(sigmas), len(labs), 2))  # the last: in L, in ab
for place, sigma in enumerate(sigmas):
    for number, one in enumerate(labs.values()):
        for last, channels in enumerate([[0], [1, 2]]):
            blurred = blur(one, sigma, channels)
            for which, ruler in enumerate(rulers.values()):
                costs[which, place, number, last] = ruler(one, blurred).mean()
in_L, in_ab = np.moveaxis(costs.mean(axis=2), -1, 0)  # of six photos
ratios = dict(zip(rulers, in_L / in_ab, strict=True))
show.curves(
    {name: (sigmas, ratio) for name, ratio in ratios.items()},
    x="blur (standard deviation, pixels)",
    y="cost in L / cost in a and b",
)

# %%
claim(
    "01-soft-color",
    value=ratios["plain distance"][2],
    at_least=1.15,
    says="a blur of 4 px costs {value:.1f} times as much in L as in a and b "
    "(six photos, plain distance in Lab)",
)
claim(
    "01-soft-eye",
    value=ratios["CIEDE2000"][2],
    at_least=1.5,
    says="with CIEDE2000, which has part of the eye built in, a blur of 4 px "
    "costs {value:.1f} times as much in L as in a and b",
)


# %%
def varies(part):
    """How far the pixels of a part are from its mean, on average."""
    return np.linalg.norm(part - part.mean(axis=(0, 1)), axis=-1).mean()


apart = [(varies(one[..., :1]), varies(one[..., 1:])) for one in labs.values()]
all_L, all_ab = np.mean(apart, axis=0)
claim(
    "01-soft-itself",
    value=ratios["plain distance"][2] / (all_L / all_ab),
    at_least=1.05,
    says="a blur of 4 px takes away {value:.2f} times as much of L as of a and "
    "b, each measured against how much it varies at all (plain distance)",
)

# %% [markdown]
# So a and b are softer, and the eye makes more of it than there is, over six photos. Some of that is only that L varies
# more at all. **Predict:** is it so for each photo? If not, which one breaks the rule?

# %%
print("4 px: cost in L / cost in a and b")
print(f"{'':12}{'CIEDE2000':>10}{'plain distance':>16}")
each = costs[:, 2, :, 0] / costs[:, 2, :, 1]  # (2 rulers, 6 photos)
for name, eye, plain in zip(names, *each, strict=True):
    print(f"{name:12}{eye:10.2f}{plain:16.2f}")
claim(
    "01-exception",
    value=1 / each[0, names.index("rocket")],
    at_least=1.05,
    says="for the rocket, a blur of 4 px costs {value:.1f} times as much "
    "in a and b as in L (CIEDE2000)",
)

# %% [markdown]
# The rocket has a smooth sky of almost even lightness, and small orange lights. By the plain distance the coffee is an
# exception too.
#
# A rule about most photos has its uses: JPEG files and television keep color at half the size. Could a network give a
# and b at a quarter of the photo's width and height, to be enlarged afterwards? **Predict:** will you see it?

# %% mystnb={"image": {"alt": "Astronaut, rocket and motorcycle: the photos above, and below the same with a and b at a quarter of the size. They look alike, but small colored things such as badges and lights are paler below."}}
times = 4  # how many times smaller, in width and in height
softened = {}
for name, one in labs.items():
    small = block_reduce(one[..., 1:], (times, times, 1), np.mean)
    large = resize(small, one[..., 1:].shape, order=1)  # bilinear
    softened[name] = np.dstack([one[..., :1], large])
shown = ["astronaut", "rocket", "motorcycle"]
show.gallery(
    [
        {name: pictures[name] for name in shown},
        {f"{name}, small ab": lab.lab_to_rgb(softened[name]) for name in shown},
    ]
)
for name in names:
    change = deltaE_ciede2000(labs[name], softened[name])
    print(f"{name:11} mean change {change.mean():.1f} (CIEDE2000), ", end="")
    print(f"more than 5 in {np.mean(change > 5):3.0%} of its pixels")

# %% [markdown]
# At first sight it is the same photo, but the small vivid things are paler: the lights, the badges, the edges of the
# motorcycle. Lesson 9 meets a network that answers at that size.
#
# ## How far do a and b reach?
#
# A network must know the range of what it gives. Khatri and Patel, whose report *Coloring Black and White Images* this
# course rebuilds, say "-128 to 128". Try every color that a screen can show, all 16.7 million.

# %%
step = preset.choose(test=15, laptop=1, gpu=1)
values = np.arange(0, 256, step, dtype=np.uint8)
low, high = np.full(3, np.inf), np.full(3, -np.inf)
for red in values:  # one slice of the RGB cube at a time takes little memory
    green, blue = np.meshgrid(values, values)
    rgb = np.dstack([np.full_like(green, red), green, blue])
    colors = lab.rgb_to_lab(rgb)
    low = np.minimum(low, colors.min(axis=(0, 1)))
    high = np.maximum(high, colors.max(axis=(0, 1)))
for channel, least, most in zip("Lab", low, high):
    print(f"{channel}: {least:7.2f} to {most:6.2f}")

# %%
claim(
    "01-reach",
    value=np.abs([low[1:], high[1:]]).max(),
    at_least=107.8,
    at_most=107.9,
    says="over all of sRGB, no a or b is farther from 0 than {value:.1f}",
)

# %% [markdown]
# So -128 to 128 is safe to divide by, and not the range. Nor is every pair within the range a color: what a screen can
# show at a given L is an odd-shaped island, the **gamut**. Move L and watch it.


# %%
def island(lightness):
    """Draw all ab that sRGB can show at one lightness."""
    reach = np.arange(-110.0, 111.0)
    a, b = np.meshgrid(reach, -reach)  # b grows upward
    plane = np.dstack([np.full_like(a, lightness), a, b])
    colors = lab.lab_to_rgb(plane)
    colors[~lab.in_gamut(plane)] = 1
    figure, axes = plt.subplots(figsize=(4.6, 4.2), layout="constrained")
    axes.imshow(colors, extent=(-110, 110, -110, 110))
    axes.grid(visible=False)
    axes.set(xlabel="a: green to red", ylabel="b: blue to yellow")
    axes.set_title(f"L = {lightness}")
    return figure


show.explore(
    island,
    name="L",
    values=[10, 20, 30, 40, 50, 60, 70, 80, 90, 97],
    alt="The plane of a and b with the colors that sRGB can show at "
    "L = {value}: an island around gray, white elsewhere.",
)

# %% [markdown]
# At L = 30 the island reaches far into blue; at L = 90 it is mostly yellow and green. When a network asks for a color
# outside, something has to give:
#
# - **clip** R, G and B to 0..255, as most code does: simple, but lightness and hue shift;
# - **keep lightness**: go straight toward gray until the color fits. Only chroma shrinks.

# %% mystnb={"image": {"alt": "The astronaut: the photo; with a and b doubled and clipped, where the orange suit turns into a flat, brighter patch; and with lightness kept, where the folds of the suit stay."}}
doubled = astronaut * np.float32([1, 2, 2])  # many colors leave the gamut
clipped = lab.lab_to_rgb(doubled, gamut="clip")
kept = lab.lab_to_rgb(doubled, gamut="keep lightness")
show.gallery(
    {
        "photo": pictures["astronaut"],
        "doubled, clipped": clipped,
        "doubled, lightness kept": kept,
    }
)

# %%
change = {
    name: np.abs(lab.rgb_to_lab(rgb) - astronaut)[..., 0].max()
    for name, rgb in {"clipped": clipped, "lightness kept": kept}.items()
}
print(f"clipped: L changes by up to {change['clipped']:.1f}")
claim(
    "01-lightness-kept",
    value=change["lightness kept"],
    at_most=0.5,
    says="going straight toward gray, the largest change of L is {value:.2f}",
)

# %% [markdown]
# `lab.lab_to_rgb` and `colorkit.colorize`, which all lessons use, keep lightness: only color is ever changed.
#
# ## Two traps
#
# Two ways to feed a network are wrong without a word.
#
# - Much code on the web makes its gray pictures with `rgb2gray`: 0.2125 R + 0.7154 G + 0.0721 B. **Predict:** pure red,
#   pure green and pure blue; which will differ most from its L?
# - Nearly all code takes a picture of bytes as 0 to 255, and a picture of floats as 0 to 1. What will scikit-image's
#   `rgb2lab` say to the coffee as floats from 0 to 255? An error?

# %%
colors = {
    "red": (255, 0, 0),
    "green": (0, 255, 0),
    "blue": (0, 0, 255),
    "mid gray": (128, 128, 128),
}
print("          rgb2gray    L")
for name, color in colors.items():
    rgb = np.uint8([[color]])
    gray, (L_here, _, _) = 100 * rgb2gray(rgb)[0, 0], lab.rgb_to_lab(rgb)[0, 0]
    print(f"{name:9} {gray:8.1f} {L_here:4.1f}")

wrong = photo.astype(float)  # 0..255
L_wrong = rgb2lab(wrong)[..., 0]
print(f"\nscikit-image: L from {L_wrong.min():,.0f} to {L_wrong.max():,.0f}")
try:
    lab.rgb_to_lab(wrong)
except ValueError as error:
    print("colorkit:", error)

# %% [markdown]
# **L is not `rgb2gray`**, which adds up codes as if they were light, and takes no root. Even for gray the two differ.
#
# **Floats are 0..1.** Of others scikit-image makes numbers that are no lightness, and a network would take those too.
# So look at the smallest and the largest number of what you feed it. `lab.rgb_to_lab` looks for you.
#
# ## Exercises
#
# In JupyterLab or Colab, write the body of each function in place of the dots and run its cell. (In the book nothing
# runs; open the lesson with the links at its top.) Until your function is right, the lesson goes on with colorkit's
# own, so that *Run All* gets to the end. Only a `SyntaxError` stops it, such as a missing bracket or colon: mend the
# place that the message points at, and run on from that cell.
#
# **01-a.** Take the L channel out of an RGB picture. Keep the last axis: the shape must end in 1.
#
# <details><summary>Hint</summary>
#
# `picture[..., 0]` drops the axis, `picture[..., :1]` keeps it.
#
# </details>


# %%
def lightness(rgb):
    """RGB (height, width, 3), float 0..1 -> L (height, width, 1), 0..100."""
    ...  # your code here


lightness = check("01-a", lightness)

# %% [markdown]
# **01-b.** Put L and ab together, and make an RGB picture of them.
#
# <details><summary>Hint</summary>
#
# `np.concatenate` joins arrays along an axis; the last one is -1.
#
# </details>


# %%
def join(L, ab):
    """L (height, width, 1), ab (height, width, 2) -> RGB, float 0..1."""
    ...  # your code here


join = check("01-b", join)

# %% [markdown]
# Now the cat's light with the coffee's color. **Predict:** what will you recognize?

# %% mystnb={"image": {"alt": "A cat, a cup of coffee, and the cat's lightness with the coffee's colors: plainly a cat, with an orange saucer painted over its face."}}
mixed = join(lightness(pictures["cat"] / 255), ab)
show.gallery(
    {"cat": pictures["cat"], "coffee": photo, "L of cat, ab of coffee": mixed}
)

# %% [markdown]
# A cat with bad make-up. L says what and where. ab only paints.
#
# **01-c.** Chroma is the distance of a color from gray: the length of the arrow (a, b). Give it for each pixel.
#
# <details><summary>Hint</summary>
#
# Pythagoras: square, add, root. `ab[..., 0]` is a at every pixel; or let `np.linalg.norm` work along the last axis.
#
# </details>


# %%
def chroma(ab):
    """ab (height, width, 2) -> chroma (height, width), Lab units."""
    ...  # your code here


chroma = check("01-c", chroma)

# %% mystnb={"image": {"alt": "Bar chart of the mean chroma of the six photos. The coffee is the most colorful, and the motorcycle the least."}}
mean_chroma = {
    name: chroma(lab.rgb_to_lab(picture)[..., 1:]).mean()
    for name, picture in pictures.items()
}
show.bars(mean_chroma, x="mean chroma (Lab units)")

# %% [markdown]
# Remember this chart: you will meet many networks that paint with little chroma.
#
# **01-d.** L from bytes, without a library, in the four steps of this lesson:
#
# 1. code to light: with c = byte / 255, light is c / 12.92 where c is at most 0.04045, else ((c + 0.055) / 1.055)^2.4;
# 2. Y = 0.2127 red + 0.7152 green + 0.0722 blue light;
# 3. f is the cube root of Y where Y is above 0.008856, else 7.787 Y + 16 / 116 (near black the root would be too steep);
# 4. L = 116 f - 16.
#
# <details><summary>Hint</summary>
#
# `np.where(condition, one, other)` chooses at each place. `light @ [0.2127, 0.7152, 0.0722]` adds up the last axis.
#
# </details>


# %%
def lightness_from_bytes(rgb):
    """RGB (height, width, 3), uint8 -> L (height, width), 0..100."""
    ...  # your code here


lightness_from_bytes = check("01-d", lightness_from_bytes)

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | "-128 to 128" is the range of a and b (Khatri and Patel) | over all of sRGB, none is farther from 0 than {{01-reach:.1f}} | -128 to 127 is what a signed byte holds; 128 is a safe divisor, not the range |
# | the gray layer "is a lot sharper than the color layers" (Khatri and Patel) | a blur of 4 px costs {{01-soft-color:.1f}} times as much in L as in ab, and to the eye {{01-soft-eye:.1f}} times | true on average; for the rocket it is the other way round |
# | `rgb2lab(1.0/255*image)[:,:0]` takes L (Khatri and Patel) | an empty array, shape (height, 0, 3); try it | a slip for `[:,:,0]` |
# | L runs from 0 to 255 (Namitha et al.) | 0 to 100 | 255 belongs to 8-bit files |
#
# ## What to remember
#
# - R, G and B each draw the whole photo; with Lab, L draws it, and a and b paint.
# - Coloring is choosing: many colors have the same L.
# - ab may be soft. L must stay sharp, and does, because it is the photo's own.
# - Not every a and b is a color. Keep lightness, give up chroma.
# - L is not `rgb2gray`, and floats are 0..1: look at the smallest and the largest number.
#
# ## Go further
#
# - In Lab, blue turns violet when its chroma shrinks straight toward gray. Oklab repairs that: [a post by its
#   author](https://bottosson.github.io/posts/oklab/) (Björn Ottosson, 2020) has its two matrices and a cube root. Draw
#   a row of blues from full chroma to gray in both.
# - How small can ab be? Set `times` to 8 and 16.
#
# **Next:** [2. One photo](02_one_photo.ipynb).
