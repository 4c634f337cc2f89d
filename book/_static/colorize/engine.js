// The course's color math, in the browser: sRGB and Lab, what goes into the network, and what its answer means.
// It is the same as colorkit's (lab.py, colorizing/, bins/), and tests compare the two. No page is needed: it also runs
// in a worker, which gets the text of this function.
function makeColorizeEngine() {
  // --- color: colorkit/lab.py ---

  // Linear sRGB to XYZ, each row divided by the white point's X, Y or Z; and its inverse.
  const XYZ = [
    [0.412453, 0.35758, 0.180423],
    [0.212671, 0.71516, 0.072169],
    [0.019334, 0.119193, 0.950227],
  ].map((row, index) => row.map((value) => value / [0.95047, 1, 1.08883][index]));
  const RGB = inverse(XYZ);
  const [KNEE, SLOPE, INTERCEPT] = [0.008856, 7.787, 16 / 116];
  const F_KNEE = Math.cbrt(KNEE);
  const SMALLEST = 1e-5; // how far linear light may lie outside of 0..1

  function inverse([[a, b, c], [d, e, f], [g, h, i]]) {
    const determinant = a * (e * i - f * h) - b * (d * i - f * g) + c * (d * h - e * g);
    return [
      [e * i - f * h, c * h - b * i, b * f - c * e],
      [f * g - d * i, a * i - c * g, c * d - a * f],
      [d * h - e * g, b * g - a * h, a * e - b * d],
    ].map((row) => row.map((value) => value / determinant));
  }

  const fromSrgb = (value) => (value > 0.04045 ? ((value + 0.055) / 1.055) ** 2.4 : value / 12.92);
  const toSrgb = (linear) => (linear > 0.0031308 ? 1.055 * linear ** (1 / 2.4) - 0.055 : linear * 12.92);
  const curve = (value) => (value > KNEE ? Math.cbrt(value) : SLOPE * value + INTERCEPT);
  const straight = (value) => (value > F_KNEE ? value * value * value : (value - INTERCEPT) / SLOPE);

  const LINEAR = Float64Array.from({ length: 256 }, (_, value) => fromSrgb(value / 255));
  // The 8-bit value of linear light, finer than a tenth of a step where the curve is steepest.
  const LEVELS = 2 ** 16;
  const SHOWN = Uint8Array.from({ length: LEVELS + 1 }, (_, level) => Math.round(255 * toSrgb(level / LEVELS)));
  const shown = (linear) => SHOWN[linear <= 0 ? 0 : linear >= 1 ? LEVELS : (LEVELS * linear + 0.5) | 0];
  const LIGHTNESS = Float32Array.from({ length: LEVELS + 1 }, (_, level) => 116 * curve(level / LEVELS) - 16);

  // r, g, b, 0..255 -> [L, a, b], Lab units.
  const rgbToLab = (red, green, blue) => {
    const linear = [red, green, blue].map((value) => fromSrgb(value / 255));
    const [x, y, z] = XYZ.map((row) => curve(row[0] * linear[0] + row[1] * linear[1] + row[2] * linear[2]));
    return [116 * y - 16, 500 * (x - y), 200 * (y - z)];
  };

  // The L of one pixel of whole numbers, 0..255; off by less than 0.01.
  const [OF_RED, OF_GREEN, OF_BLUE] = XYZ[1].map((share) => LINEAR.map((value) => LEVELS * share * value));
  const lightnessOf = (red, green, blue) => LIGHTNESS[(OF_RED[red] + OF_GREEN[green] + OF_BLUE[blue] + 0.5) | 0];

  // Writes linear light of a Lab color into `light`, and tells whether it is in the sRGB gamut.
  const light = new Float64Array(3);
  const [[RX, RY, RZ], [GX, GY, GZ], [BX, BY, BZ]] = RGB;
  const fits = (value) => value >= -SMALLEST && value <= 1 + SMALLEST;
  const lit = (L, a, b) => {
    const f = (L + 16) / 116;
    const [x, y, z] = [straight(f + a / 500), straight(f), straight(f - b / 200)];
    light[0] = RX * x + RY * y + RZ * z;
    light[1] = GX * x + GY * y + GZ * z;
    light[2] = BX * x + BY * y + BZ * z;
    return fits(light[0]) && fits(light[1]) && fits(light[2]);
  };

  // The share of a and b, 0..1 to 1/4096, at which a color fits into the sRGB gamut; `light` holds that color.
  const toGamut = (L, a, b) => {
    if (lit(L, a, b)) {
      return 1;
    }
    let [low, high] = [0, 1];
    for (let step = 0; step < 12; step += 1) {
      const middle = (low + high) / 2;
      if (lit(L, a * middle, b * middle)) {
        low = middle;
      } else {
        high = middle;
      }
    }
    lit(L, a * low, b * low);
    return low;
  };

  // [r, g, b], 0..255 and not rounded; a color out of the gamut becomes paler, as light as it was.
  const labToRgb = (L, a, b) => {
    toGamut(L, a, b);
    return Array.from(light, (value) => 255 * Math.min(1, Math.max(0, toSrgb(value))));
  };

  // --- bins: colorkit/bins/grid.py ---

  // Those of each a, from -90 upward in steps of 10, are a run of b: from, to.
  const RUNS = [
    [50, 90], [20, 90], [0, 90], [-20, 90], [-30, 100], [-40, 100], [-50, 100], [-50, 100], [-60, 100], [-70, 100],
    [-80, 90], [-80, 90], [-90, 90], [-100, 90], [-100, 80], [-110, 80], [-110, 80], [-110, 70], [-110, 70], [-90, 0],
  ];
  const centers = Float32Array.from(
    RUNS.flatMap(([from, to], index) =>
      Array.from({ length: (to - from) / 10 + 1 }, (_, step) => [10 * index - 90, from + 10 * step]).flat(),
    ),
  );
  const BINS = centers.length / 2;

  // --- sizes: Pillow's resize ---

  const linear = { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) };
  const cubic = {
    support: 2,
    at: (x) => {
      const t = Math.abs(x);
      return t < 1 ? (1.5 * t - 2.5) * t * t + 1 : t < 2 ? ((-0.5 * t + 2.5) * t - 4) * t + 2 : 0;
    },
  };

  // For each of `to` places along a side, which of `from` values count, and how much: {first, weights, taps}.
  // `span` is how much of the `from` values is taken, where the last one is only a part.
  const weighing = (from, to, { support, at }, span = from) => {
    const scale = span / to;
    const stretch = Math.max(1, scale);
    const reach = support * stretch;
    const taps = Math.ceil(reach) * 2 + 1;
    const first = new Int32Array(to);
    const weights = new Float32Array(to * taps);
    for (let place = 0; place < to; place += 1) {
      const center = (place + 0.5) * scale;
      const low = Math.max(0, Math.floor(center - reach + 0.5));
      const count = Math.min(from, Math.floor(center + reach + 0.5)) - low;
      let sum = 0;
      for (let tap = 0; tap < count; tap += 1) {
        sum += weights[place * taps + tap] = at((low + tap + 0.5 - center) / stretch);
      }
      for (let tap = 0; tap < count; tap += 1) {
        weights[place * taps + tap] /= sum;
      }
      // All taps lie inside, so that nobody has to look; those that are too many weigh nothing.
      const excess = Math.max(0, low + taps - from);
      first[place] = Math.max(0, low - excess);
      const shift = low - first[place];
      if (shift) {
        weights.copyWithin(place * taps + shift, place * taps, place * taps + count);
        weights.fill(0, place * taps, place * taps + shift);
      }
    }
    return { first, weights, taps: Math.min(taps, from), stride: taps };
  };

  // One row of an enlarged or reduced plane: rows are weighed first, then columns.
  const resizeRow = (plane, width, row, down, across, between, out) => {
    between.fill(0);
    for (let tap = 0; tap < down.taps; tap += 1) {
      const weight = down.weights[row * down.stride + tap];
      if (weight) {
        const start = (down.first[row] + tap) * width;
        for (let column = 0; column < width; column += 1) {
          between[column] += weight * plane[start + column];
        }
      }
    }
    const { first, weights, taps, stride } = across;
    for (let column = 0; column < out.length; column += 1) {
      let sum = 0;
      for (let tap = 0; tap < taps; tap += 1) {
        sum += weights[column * stride + tap] * between[first[column] + tap];
      }
      out[column] = sum;
    }
  };

  // A smaller (or larger) RGBA picture: bicubic, after averaging of whole pixels where it is much smaller.
  const resize = (rgba, width, height, toWidth, toHeight) => {
    if (width === toWidth && height === toHeight) {
      return rgba.slice();
    }
    const [byX, byY] = [Math.floor(width / toWidth / 3) || 1, Math.floor(height / toHeight / 3) || 1];
    const [w, h] = [Math.ceil(width / byX), Math.ceil(height / byY)];
    const result = new Uint8ClampedArray(4 * toWidth * toHeight).fill(255);
    const plane = new Float32Array(w * h);
    // Pillow takes an edge of less than a whole block for what it is: the far edge is at a fraction of a block.
    const [across, down] = [weighing(w, toWidth, cubic, width / byX), weighing(h, toHeight, cubic, height / byY)];
    const [between, out] = [new Float32Array(w), new Float32Array(toWidth)];
    for (let channel = 0; channel < 3; channel += 1) {
      for (let y = 0; y < h; y += 1) {
        const bottom = Math.min(height, (y + 1) * byY);
        for (let x = 0; x < w; x += 1) {
          const right = Math.min(width, (x + 1) * byX);
          let sum = 0;
          for (let row = y * byY; row < bottom; row += 1) {
            for (let column = x * byX; column < right; column += 1) {
              sum += rgba[4 * (row * width + column) + channel];
            }
          }
          plane[y * w + x] = Math.round(sum / ((bottom - y * byY) * (right - x * byX)));
        }
      }
      for (let row = 0; row < toHeight; row += 1) {
        resizeRow(plane, w, row, down, across, between, out);
        for (let column = 0; column < toWidth; column += 1) {
          result[4 * (row * toWidth + column) + channel] = out[column];
        }
      }
    }
    return result;
  };

  // --- into the network: colorkit/colorizing/photo.py and hints.py ---

  const MULTIPLE = 32; // sides of what the network sees
  const HINT = 9; // side of the square that a hint covers there, pixels

  // The size of a picture whose longer side is `side`: {width, height}. Halves go to the even number, as Python's do.
  const rounded = (value) => (value % 1 === 0.5 ? 2 * Math.round(value / 2) : Math.round(value));
  const fitted = (width, height, side) => {
    const scale = side / Math.max(width, height);
    return { width: Math.max(1, rounded(width * scale)), height: Math.max(1, rounded(height * scale)) };
  };

  const lightness = (rgba) => {
    const result = new Float32Array(rgba.length / 4);
    for (let pixel = 0; pixel < result.length; pixel += 1) {
      result[pixel] = lightnessOf(rgba[4 * pixel], rgba[4 * pixel + 1], rgba[4 * pixel + 2]);
    }
    return result;
  };

  const mirrored = (place, side) => {
    const within = place % (2 * side);
    return within < side ? within : 2 * side - 1 - within;
  };

  // The network's first input: L with sides that are multiples of 32, filled by mirroring; {values, width, height}.
  const prepare = (L, width, height) => {
    const [w, h] = [width, height].map((side) => Math.ceil(side / MULTIPLE) * MULTIPLE);
    const values = new Float32Array(w * h);
    for (let row = 0; row < h; row += 1) {
      for (let column = 0; column < w; column += 1) {
        values[row * w + column] = L[mirrored(row, height) * width + mirrored(column, width)];
      }
    }
    return { values, width: w, height: h };
  };

  // The network's second input: a, b and 1 where there is a hint. x and y of hints are shares of the picture's sides.
  const placed = (hints, inner, box) => {
    const plane = new Float32Array(3 * box.width * box.height);
    const half = (HINT - 1) / 2;
    hints.forEach(({ x, y, a, b }) => {
      const column = Math.min(inner.width - 1, Math.floor(x * inner.width));
      const row = Math.min(inner.height - 1, Math.floor(y * inner.height));
      for (let down = Math.max(0, row - half); down <= Math.min(inner.height - 1, row + half); down += 1) {
        for (let across = Math.max(0, column - half); across <= Math.min(inner.width - 1, column + half); across += 1) {
          plane.set([a, b, 1], 3 * (down * box.width + across));
        }
      }
    });
    return plane;
  };

  // --- out of the network: colorkit/bins/decoding.py ---

  const NEGLIGIBLE = -20; // e to this is 2e-9: such bins are left out of an average

  const largest = (logits, start) => {
    let most = logits[start];
    for (let bin = 1; bin < BINS; bin += 1) {
      if (logits[start + bin] > most) {
        most = logits[start + bin];
      }
    }
    return most;
  };

  // a and b, two planes, of logits (height, width, 313): equation 5 of Zhang, Isola and Efros (2016).
  const annealedMean = (logits, temperature) => {
    const count = logits.length / BINS;
    const planes = [new Float32Array(count), new Float32Array(count)];
    const [reach, sharpness] = [-NEGLIGIBLE * temperature, 1 / temperature];
    for (let pixel = 0; pixel < count; pixel += 1) {
      const start = pixel * BINS;
      const most = largest(logits, start);
      const least = most - reach;
      let [sum, a, b] = [0, 0, 0];
      for (let bin = 0; bin < BINS; bin += 1) {
        const logit = logits[start + bin];
        if (logit > least) {
          const weight = Math.exp((logit - most) * sharpness);
          sum += weight;
          a += weight * centers[2 * bin];
          b += weight * centers[2 * bin + 1];
        }
      }
      planes[0][pixel] = a / sum;
      planes[1][pixel] = b / sum;
    }
    return planes;
  };

  // A plane of twice the sides, bilinear, of which the left upper part of a given size is kept.
  const doubled = (plane, width, height, keep) => {
    const [across, down] = [weighing(width, 2 * width, linear), weighing(height, 2 * height, linear)];
    const [between, out] = [new Float32Array(width), new Float32Array(2 * width)];
    const result = new Float32Array(keep.width * keep.height);
    for (let row = 0; row < keep.height; row += 1) {
      resizeRow(plane, width, row, down, across, between, out);
      result.set(out.subarray(0, keep.width), row * keep.width);
    }
    return result;
  };

  // a and b of what the network saw of the picture: `box` is the size of what it saw, `inner` of the picture in there.
  const decode = (logits, temperature, box, inner) =>
    annealedMean(logits, temperature).map((plane) => doubled(plane, box.width / 2, box.height / 2, inner));

  const probabilitiesAt = (logits, pixel, result = new Float32Array(BINS)) => {
    const start = pixel * BINS;
    const most = largest(logits, start);
    let sum = 0;
    for (let bin = 0; bin < BINS; bin += 1) {
      sum += result[bin] = Math.exp(logits[start + bin] - most);
    }
    for (let bin = 0; bin < BINS; bin += 1) {
      result[bin] /= sum;
    }
    return result;
  };

  // How unsure the network is at each place, at half the size: 0, of one bin, to 1, all are as likely.
  const entropy = (logits, box, inner) => {
    const [width, height] = [Math.ceil(inner.width / 2), Math.ceil(inner.height / 2)];
    const values = new Float32Array(width * height);
    const shares = new Float32Array(BINS);
    for (let row = 0; row < height; row += 1) {
      for (let column = 0; column < width; column += 1) {
        probabilitiesAt(logits, (row * box.width) / 2 + column, shares);
        let sum = 0;
        for (let bin = 0; bin < BINS; bin += 1) {
          sum -= shares[bin] > 0 ? shares[bin] * Math.log(shares[bin]) : 0;
        }
        values[row * width + column] = sum / Math.log(BINS);
      }
    }
    return { values, width, height };
  };

  const APART = 15; // of likely colors, Lab units: neighbors of the grid look alike

  // What the network says of one place, x and y of which are shares of the sides: probabilities, and likely colors.
  const likely = (logits, box, inner, x, y, L, count) => {
    const column = Math.floor(Math.min(inner.width - 1, Math.floor(x * inner.width)) / 2);
    const row = Math.floor(Math.min(inner.height - 1, Math.floor(y * inner.height)) / 2);
    const probabilities = probabilitiesAt(logits, (row * box.width) / 2 + column);
    const order = Array.from(probabilities.keys()).sort((one, other) => probabilities[other] - probabilities[one]);
    const chosen = [];
    for (const bin of order) {
      const [a, b] = [centers[2 * bin], centers[2 * bin + 1]];
      if (chosen.length < count && chosen.every((one) => Math.hypot(one.a - a, one.b - b) > APART)) {
        chosen.push({ a, b, rgb: labToRgb(L, a, b), p: probabilities[bin] });
      }
    }
    return { L, probabilities, likely: chosen };
  };

  // --- back to the photo's size: colorkit/colorizing/enlarging.py ---

  const GRAIN = 50; // variance of L below which differences count as grain rather than as an edge

  // A plane in which each value is made of the 3 x 3 around it; at the edge, what is there is repeated.
  const around = (plane, width, height, combine, last = (value) => value) => {
    const along = (from, step, stride, sides) => {
      const to = new Float32Array(from.length);
      for (let line = 0; line < sides[1]; line += 1) {
        for (let place = 0; place < sides[0]; place += 1) {
          const at = line * stride + place * step;
          const [before, after] = [place ? at - step : at, place < sides[0] - 1 ? at + step : at];
          to[at] = combine(from[before], from[at], from[after]);
        }
      }
      return to;
    };
    return along(along(plane, 1, width, [width, height]), width, 1, [height, width]).map(last);
  };

  // What makes the rows of an enlarged picture: ab that follows the edges of the large picture's L.
  const enlarging = (L, ab, small, width, height) => {
    const mean = (plane) => around(plane, small.width, small.height, (p, q, r) => (p + q + r) / 3);
    const times = (one, other) => one.map((value, index) => value * other[index]);
    const average = mean(L);
    const squares = mean(times(L, L));
    const variance = average.map((value, index) => Math.max(0, squares[index] - value * value));
    const slopes = ab.map((plane) => {
      const [both, own] = [mean(times(L, plane)), mean(plane)];
      return mean(both.map((value, index) => (value - average[index] * own[index]) / (variance[index] + GRAIN)));
    });
    const darkest = around(L, small.width, small.height, Math.min);
    const lightest = around(L, small.width, small.height, Math.max);
    const ways = [linear, cubic].map((how) => [weighing(small.height, height, how), weighing(small.width, width, how)]);
    const between = new Float32Array(small.width);
    const enlarger = (plane, [down, across]) => {
      const out = new Float32Array(width);
      return (row) => {
        resizeRow(plane, small.width, row, down, across, between, out);
        return out;
      };
    };
    const [soft, smooth] = ways;
    const enlargers = [
      ...ab.map((plane) => enlarger(plane, smooth)),
      ...slopes.map((plane) => enlarger(plane, soft)),
      enlarger(L, smooth),
      enlarger(darkest, soft),
      enlarger(lightest, soft),
    ];
    return (row) => enlargers.map((enlarge) => enlarge(row));
  };

  // Colors rows of an RGBA picture, of which L is kept: from `top` to before `bottom`, into `colored`.
  const paint = (rgba, width, enlarge, top, bottom, colored) => {
    for (let row = top; row < bottom; row += 1) {
      const [a, b, slopeA, slopeB, small, darkest, lightest] = enlarge(row);
      for (let column = 0; column < width; column += 1) {
        const at = 4 * (row * width + column);
        const L = lightnessOf(rgba[at], rgba[at + 1], rgba[at + 2]);
        const beyond = Math.min(lightest[column], Math.max(darkest[column], L)) - small[column];
        toGamut(L, a[column] + slopeA[column] * beyond, b[column] + slopeB[column] * beyond);
        colored[at] = shown(light[0]);
        colored[at + 1] = shown(light[1]);
        colored[at + 2] = shown(light[2]);
        colored[at + 3] = 255;
      }
    }
  };

  return {
    centers, rgbToLab, labToRgb, toGamut, resize, fitted, lightness, prepare, placed, decode, entropy, likely,
    enlarging, paint,
  };
}

var ColorizeEngine = makeColorizeEngine();
