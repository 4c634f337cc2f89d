# %% [markdown]
# # 1. Light and Lab
#
# **A gray photo has lost two of its three numbers. You will see which two, and why they are the easy ones to paint
# back.**
#
# ![A photo of a cup of coffee, its lightness L as a sharp gray picture, and its two color channels a and b, soft and without shading.](../_static/01_light_and_lab.jpg)
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
# *Time:* about 20 minutes to read and try. Compute, measured on two cores: 10 seconds at the laptop preset, 7
# seconds at the test preset. (The gpu preset does the same as the laptop preset.)
#
# *Needs:* a little Python and NumPy. Nothing from deep learning yet.

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
from skimage.color import deltaE_ciede2000, rgb2gray

from colorkit import check, claim, lab, photos, show

# %% [markdown]
# ## What is a color photo?
#
# Three numbers for each point (pixel): how much red, green and blue light the screen sends out, each from 0 to 255.
#
# **Predict before you run:** the saucer is a strong orange-red, the inside of the cup is white. In which of the three
# channels, R, G or B, will you be able to see the cup?

# %% mystnb={"image": {"alt": "Four pictures in a row: a photo of a coffee cup on an orange saucer, then its red, green and blue channel, each as a gray picture. The cup and its shading are plain to see in all three."}}
photo = photos.bundled("coffee", size=256)  # (256, 256, 3) uint8
print("one pixel of the saucer: R, G, B =", photo[200, 40])
channels = {"R": photo[..., 0], "G": photo[..., 1], "B": photo[..., 2]}
show.gallery({"photo": photo} | channels)

# %% [markdown]
# You see it in all three. Red, green and blue are not "the color": each of them carries the light and shade of the
# whole scene, and the color hides in their small differences. A network that had to give back R, G and B would have to
# draw the photo three times over.
#
# How much do the three repeat each other? Correlation says it: 1 means that one channel tells you the other, 0 that
# it tells you nothing (along a straight line, at least). We take six everyday photos that come with the course's
# libraries.

# %% mystnb={"image": {"alt": "Six everyday photos in a row: an astronaut, a cat, a cup of coffee, a rocket in twilight, a motorcycle, and a woman in uniform."}}
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
rgb_repeats = mean_correlation(pictures.values(), [(0, 1), (0, 2), (1, 2)])
claim(
    "01-rgb-repeats",
    value=rgb_repeats,
    at_least=0.7,
    says="R, G and B mostly repeat each other: "
    "their mean correlation over six photos is {value:.2f}",
)

# %% [markdown]
# ## Lightness on one side, color on the other
#
# CIE Lab is another way to write the same three numbers, made in 1976 to follow what people see:
#
# - **L**, lightness, from 0 (black) to 100 (white);
# - **a**, from green (negative) to red (positive);
# - **b**, from blue (negative) to yellow (positive).
#
# Where a = b = 0 there is no color, only gray. How far a color is from that gray is its **chroma**.

# %% tags=["result"] mystnb={"image": {"alt": "Four pictures in a row: the coffee photo, its L as a sharp gray picture, its a in red tones, strongest on the saucer, and its b in yellow tones, strongest on saucer and coffee. The last two have soft shapes and no shading."}}
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
# L is a good black-and-white photo of the scene. a and b say nothing about light and shade; they only paint. So a
# network that colors photos does not draw at all: it takes L, and gives a and b. The photo's own L is kept, sharp as it
# was. All networks in this course work like that, and it is their whole contract: *L in, ab out*.
#
# Nothing is lost on the way there and back:

# %%
there_and_back = lab.to_uint8(lab.lab_to_rgb(coffee))
claim(
    "01-round-trip",
    value=np.abs(there_and_back.astype(int) - photo).max(),
    at_most=0,
    says="from RGB to Lab and back, "
    "the largest change of any of the 196,608 numbers is {value:.0f}",
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

# %% [markdown]
# ## What the gray photo lost
#
# Here is a card with eight patches of very different color. **Predict:** what will its black-and-white photo look like?

# %% mystnb={"image": {"alt": "Two pictures: a card with eight patches of different color, from pink over green to violet, and its black-and-white version, an even gray in which no patch can be told from another."}}
angle = np.linspace(0, 2 * np.pi, 8, endpoint=False)
patches = np.stack([65 + 0 * angle, 32 * np.cos(angle), 32 * np.sin(angle)], -1)
card = np.kron(patches.reshape(2, 4, 3), np.ones((60, 60, 1)))  # 120 x 240, Lab
assert lab.in_gamut(card).all()
gray_card = lab.lightness_to_rgb(card[..., :1])
show.gallery(
    {"card": lab.lab_to_rgb(card), "its black-and-white photo": gray_card}
)

# %% [markdown]
# Nothing is left, not even the borders: all patches have L = 65. To color a gray photo is therefore not to compute
# what was there. It is to *choose* among the colors that could have been there, and the pixel itself does not say
# which. Only what stands around it can help: a patch that is part of a lemon is probably yellow. That is why this
# course needs networks that look at whole pictures, and why its most honest lessons are about what they cannot know.
#
# ## L is sharp, ab is soft
#
# Move the slider. On the left only L is blurred, on the right only a and b, both by the same amount.
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
# At 2 px the left one has lost her face; the right one you would still take for a good photo. Two things work
# together. Your eyes see fine detail in lightness and hardly any in color. And a and b really have less of it: inside
# one thing, light and shade change from pixel to pixel, while the color stays.
#
# The second can be measured. **CIEDE2000** is a distance between two colors in units that people just about notice: 1
# is hardly visible side by side, 10 is plainly another color. Lesson 4 will have more on it.

# %% mystnb={"image": {"alt": "Line chart of the mean color difference against the blur in pixels, for L and for a and b. Both rise; the line for L is 1.6 to 1.8 times as high all along."}}
sigmas = [1, 2, 4, 8]
labs = [lab.rgb_to_lab(picture) for picture in pictures.values()]


def blur_cost(sigma, channels):
    """Mean CIEDE2000 between the photos and their blurred versions."""
    blurred = [blur(one, sigma, channels) for one in labs]
    return np.mean([deltaE_ciede2000(*pair) for pair in zip(labs, blurred)])


cost = {
    "L blurred": [blur_cost(sigma, [0]) for sigma in sigmas],
    "a and b blurred": [blur_cost(sigma, [1, 2]) for sigma in sigmas],
}
show.curves(
    {name: (sigmas, values) for name, values in cost.items()},
    x="blur (standard deviation, pixels)",
    y="mean color difference (CIEDE2000)",
)

# %%
claim(
    "01-soft-color",
    value=cost["L blurred"][2] / cost["a and b blurred"][2],
    at_least=1.4,
    says="a blur of 4 px costs {value:.1f} times as much in L as in a and b "
    "(six photos, mean CIEDE2000)",
)

# %% [markdown]
# This has a practical side. A network may give a and b at a quarter of the photo's size, and nobody will notice when
# they are enlarged. JPEG files and television have lived from the same fact for decades.
#
# It is a rule with exceptions. Find the photo among the six that breaks it: change `names` to one photo at a time, and
# run the cells from there on again. (The answer is at the end of the lesson.)
#
# ## How far do a and b reach?
#
# A network must know the range of what it gives. Khatri and Patel, whose report *Coloring Black and White Images*
# this course rebuilds, say "-128 to 128". Let's not believe it, and try every color that a screen can show, all 16.7
# million.

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
for name, value, about in [
    ("least a", low[1], -86.2),
    ("largest a", high[1], 98.2),
    ("least b", low[2], -107.9),
    ("largest b", high[2], 94.5),
]:
    claim(
        "01-range-" + name.replace(" ", "-"),
        value,
        at_least=about - 0.1,
        at_most=about + 0.1,
        says=f"over all of sRGB, the {name} is {{value:.1f}}",
    )

# %% [markdown]
# So -128 to 128 is a round number that is safe to divide by, not the range. And not every pair within the range is a
# color: what a screen can show at a given L is an odd-shaped island, the **gamut**. Move L and watch it.


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
# At L = 30 the island reaches far into blue; at L = 90 it is mostly yellow and green. A network does not know the
# island's coast. When it asks for a color outside, something has to give:
#
# - **clip** R, G and B to 0..255, as most code does: simple, but lightness and hue shift;
# - **keep lightness**: go straight toward gray until the color fits. Only chroma shrinks.

# %% mystnb={"image": {"alt": "Three pictures of the astronaut: the photo; the photo with a and b doubled and clipped, where the orange suit turns into a flat, brighter patch; and the same with lightness kept, where the folds of the suit stay."}}
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
for name, rgb, bounds in [
    ("clipping", clipped, {"at_least": 5}),
    ("keeping lightness", kept, {"at_most": 0.5}),
]:
    claim(
        "01-" + name.replace(" ", "-"),
        value=np.abs(lab.rgb_to_lab(rgb) - astronaut)[..., 0].max(),
        says=f"{name}: the largest change of L is {{value:.2f}}",
        **bounds,
    )

# %% [markdown]
# `colorkit.colorize`, which all lessons use, keeps lightness: only color is ever changed.
#
# ## L is not `rgb2gray`
#
# Much code on the web makes its gray pictures with `rgb2gray`: 0.2125 R + 0.7154 G + 0.0721 B. **Predict:** pure red,
# pure green and pure blue; which will differ most from its L?

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

# %%
red = np.uint8([[[255, 0, 0]]])
claim(
    "01-not-rgb2gray",
    value=lab.rgb_to_lab(red)[0, 0, 0] - 100 * rgb2gray(red)[0, 0],
    at_least=25,
    says="for pure red, L is {value:.0f} higher than rgb2gray's gray "
    "on the same scale of 0 to 100",
)

# %% [markdown]
# `rgb2gray` adds up numbers that are not light: a screen's R, G and B are *encoded* (a value of 128 sends out about a
# fifth of the light of 255), and the sum of encoded numbers has no simple meaning. L first undoes the encoding, adds
# up light, and then takes a cube root, because the eye does about that. Even for gray the two differ. A network that
# was trained on L and is fed `rgb2gray` sees a photo that it never saw before: an easy bug to make, and hard to see.
#
# ## Exercises
#
# Write the body of each function and run the cell. Until it is right, the lesson goes on with colorkit's own, so that
# *Run All* never stops.
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
# With the two you can do something strange: the cat's light with the coffee's color. **Predict:** what will you
# recognize?

# %% mystnb={"image": {"alt": "Three pictures: a cat, a cup of coffee, and the cat's lightness with the colors of the coffee: plainly a cat, with an orange saucer painted over its face."}}
mixed = join(lightness(pictures["cat"] / 255), ab)
show.gallery(
    {"cat": pictures["cat"], "coffee": photo, "L of cat, ab of coffee": mixed}
)

# %% [markdown]
# A cat, without a doubt, with bad make-up. L says what and where. ab only paints.
#
# **01-c.** Chroma is the distance of a color from gray: the length of the arrow (a, b). Give it for each pixel.


# %%
def chroma(ab):
    """ab (height, width, 2) -> chroma (height, width), Lab units."""
    ...  # your code here


chroma = check("01-c", chroma)

# %% mystnb={"image": {"alt": "Bar chart of the mean chroma of the six photos. The coffee is the most colorful, with 44, and the motorcycle the least, with 16."}}
mean_chroma = {
    name: chroma(lab.rgb_to_lab(picture)[..., 1:]).mean()
    for name, picture in pictures.items()
}
show.bars(mean_chroma, x="mean chroma (Lab units)")

# %% [markdown]
# Remember these numbers. A network that is afraid to be wrong paints with little chroma, and you will meet many that
# are.
#
# And the photo that breaks the rule of the blur? It is the rocket in twilight: a smooth sky of almost even lightness,
# and small orange lights.

# %%
rocket = lab.rgb_to_lab(pictures["rocket"])
in_L, in_ab = (
    deltaE_ciede2000(rocket, blur(rocket, 4, channels)).mean()
    for channels in ([0], [1, 2])
)
claim(
    "01-exception",
    value=in_ab / in_L,
    at_least=1.05,
    says="for the rocket, a blur of 4 px costs {value:.1f} times as much "
    "in a and b as in L",
)

# %% [markdown]
# ## The paper said, we measured
#
# | the paper says | we measured | why |
# | --- | --- | --- |
# | "-128 to 128" is the range of a and b (Khatri and Patel) | a -86.2 to 98.2, b -107.9 to 94.5, over all of sRGB | 128 fits a signed byte; it is a safe divisor, not the range |
# | the gray layer "is a lot sharper than the color layers" (Khatri and Patel) | a blur of 4 px costs about 1.8 times as much in L as in ab | true on average, false for one photo of six |
# | `rgb2lab(image)[:,:0]` takes L (Khatri and Patel) | an empty array, shape (height, 0, 3); try it | a slip for `[:,:,0]` |
# | L runs from 0 to 255 (Namitha et al.) | 0 to 100 | 255 belongs to 8-bit files |
#
# ## What to remember
#
# - R, G and B each draw the whole photo; L alone draws it, a and b only paint.
# - Coloring is choosing: many colors have the same L.
# - ab may be soft and small. L must stay sharp, and does, because it is the photo's own.
# - Not every a and b is a color. Keep lightness, give up chroma.
# - L is not `rgb2gray`, and floats are 0..1.
#
# ## Go further
#
# - Lab is from 1976 and not perfect: blue turns violet when its chroma shrinks straight toward gray. Oklab (2020)
#   repairs that. Try it in `island`.
# - Change the card: what is the most colorful set of eight patches that still has one L? Use `lab.in_gamut`.
# - How small can ab be? Shrink it to 1/4, 1/8, 1/16 of the side, enlarge it, and plot CIEDE2000.
#
# **Next:** [2. One photo](02_one_photo.ipynb), where a network learns to give ab from L, for the smallest possible
# set of photos.
