// The page's own numbers: what went into the network, what it said of one place, and what was made of that.
var ColorizeInside = (() => {
  const CELL = 14; // pixels of a bin on the map
  const [STEP, LOWEST, ROWS] = [10, -110, 23]; // of the bins, Lab units: colorkit/bins/grid.py
  const EVEN = 65; // the lightness at which colors are shown without light and dark: most chroma fits there

  const html = `
    <h2>How it works</h2>
    <p>These are the page's own numbers, of your photograph.</p>
    <div class="numbers">
      <figure><canvas class="in" role="img"></canvas><figcaption></figcaption></figure>
      <figure><canvas class="map" role="img"></canvas><figcaption></figcaption></figure>
      <figure><canvas class="out" role="img"></canvas><figcaption></figcaption></figure>
    </div>`;

  const hex = (rgb) => `#${rgb.map((value) => Math.round(value).toString(16).padStart(2, "0")).join("")}`;
  const percent = (share) => (share < 0.01 ? "under 1%" : `${Math.round(100 * share)}%`);

  const create = (parent) => {
    parent.innerHTML = html;
    const [input, map, output] = parent.querySelectorAll("canvas");
    const caption = (canvas, text) => { canvas.nextElementSibling.textContent = text; };

    return {
      // The gray picture, and how many colors a person set.
      given: (gray, told) => {
        const { width, height } = ColorizeEngine.fitted(gray.width, gray.height, ColorizeManifest.side);
        Object.assign(input, { width, height });
        const source = document.createElement("canvas");
        ColorizeViewer.paint(source, gray, "");
        input.getContext("2d").drawImage(source, 0, 0, width, height);
        input.setAttribute("aria-label", "The gray photograph, as small as the network sees it");
        const more = told ? `, and ${told} ${told === 1 ? "color" : "colors"} from you` : "";
        caption(input, `In: lightness alone, ${width} × ${height} numbers from 0 to 100${more}.`);
      },

      // The 313 bins of a place as squares: each in its color, its area as large as its probability.
      said: ({ x, y, likely }) => {
        if (!likely) {
          return;
        }
        const { L, probabilities } = likely;
        map.width = map.height = CELL * ROWS;
        const context = map.getContext("2d");
        context.fillStyle = "#fff";
        context.fillRect(0, 0, map.width, map.height);
        const most = Math.max(...probabilities);
        probabilities.forEach((probability, bin) => {
          const [a, b] = [ColorizeEngine.centers[2 * bin], ColorizeEngine.centers[2 * bin + 1]];
          const [left, top] = [CELL * ((a - LOWEST) / STEP), CELL * (ROWS - 1 - (b - LOWEST) / STEP)];
          context.fillStyle = "#eee";
          context.fillRect(left, top, CELL - 1, CELL - 1);
          const side = Math.sqrt(probability / most) * (CELL - 1);
          context.fillStyle = hex(ColorizeEngine.labToRgb(L, a, b));
          context.fillRect(left + (CELL - 1 - side) / 2, top + (CELL - 1 - side) / 2, side, side);
        });
        const [across, down] = [x, y].map((side) => Math.round(100 * side));
        const best = likely.likely[0];
        map.setAttribute(
          "aria-label",
          `Map of 313 colors, green to red from left to right, blue to yellow upward; the most probable is ${hex(best.rgb)}`,
        );
        caption(
          map,
          `Said: 313 probabilities for each place. These are of the place ${across}% from the left and ${down}% from ` +
            `the top, where the lightness is ${Math.round(L)}: the larger a square, the more probable its color. a runs ` +
            `to the right, b upward. The largest has ${percent(most)}.`,
        );
      },

      // The colors that were added, all as light as each other.
      made: (colored, temperature) => {
        const { width, height, data } = colored;
        const step = Math.ceil(Math.max(width, height) / ColorizeManifest.side);
        const image = new ImageData(Math.floor(width / step) || 1, Math.floor(height / step) || 1);
        for (let row = 0; row < image.height; row += 1) {
          for (let column = 0; column < image.width; column += 1) {
            const from = 4 * step * (row * width + column);
            const [, a, b] = ColorizeEngine.rgbToLab(data[from], data[from + 1], data[from + 2]);
            const to = 4 * (row * image.width + column);
            image.data.set(ColorizeEngine.labToRgb(EVEN, a, b), to);
            image.data[to + 3] = 255;
          }
        }
        ColorizeViewer.paint(output, image, "The inferred colors alone, without light and dark");
        caption(
          output,
          `Out: from the probabilities, at temperature ${temperature}, two numbers for each place, a and b. Here all are ` +
            "equally light; the photograph's own lightness puts the detail back.",
        );
      },
    };
  };

  return { create, hex, percent };
})();
