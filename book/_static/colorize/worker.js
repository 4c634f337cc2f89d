// What runs beside the page: the network, and all that touches every pixel. The page speaks with it in messages, which
// have an `id` that the replies carry too; the page makes it of the text that `colorizeWorkerSource` returns.
function colorizeWorker() {
  const SIDE = 256; // longer side of what the network sees, pixels: as `colorkit color` has it
  const DISPLAY = 1024; // longer side of what is shown, pixels
  const ROWS = 128; // rows of a large picture between two reports of progress
  const Engine = ColorizeEngine;

  let session = null;
  let photo = null; // as it came, as it is shown, and what the network sees of it
  let logits = null; // of the photo, with the hints in `seen`
  let seen = "";

  class Problem extends Error {
    constructor(code, message) {
      super(message);
      this.code = code;
    }
  }

  const unpacked = async (buffer) =>
    new Response(new Blob([buffer]).stream().pipeThrough(new DecompressionStream("gzip"))).arrayBuffer();
  const script = async (buffer) =>
    URL.createObjectURL(new Blob([await unpacked(buffer)], { type: "text/javascript" }));

  const seconds = (start) => (performance.now() - start) / 1000;

  const load = async ({ files }) => {
    const start = performance.now();
    importScripts(await script(files["ort.js.gz"]));
    // One thread: more need headers that hosts of plain files do not send.
    Object.assign(ort.env.wasm, {
      numThreads: 1,
      proxy: false,
      wasmBinary: await unpacked(files["ort.wasm.gz"]),
      wasmPaths: { mjs: await script(files["ort.mjs.gz"]) },
    });
    session = await ort.InferenceSession.create(new Uint8Array(await unpacked(files["network.onnx.gz"])), {
      executionProviders: ["wasm"],
      graphOptimizationLevel: "all",
    });
    return { did: "loaded", seconds: seconds(start), device: "wasm" };
  };

  const open = async ({ rgba, width, height }) => {
    const pixels = new Uint8ClampedArray(rgba);
    if (!(width >= 1 && height >= 1) || pixels.length !== 4 * width * height) {
      throw new Problem("picture", "This picture has no pixels. Choose another one.");
    }
    photo = null; // room for the next one
    logits = null;
    const small = Engine.fitted(width, height, SIDE);
    const shown = Math.max(width, height) > DISPLAY ? Engine.fitted(width, height, DISPLAY) : { width, height };
    const L = Engine.lightness(Engine.resize(pixels, width, height, small.width, small.height));
    const display = Engine.resize(pixels, width, height, shown.width, shown.height);
    const { values, ...box } = Engine.prepare(L, small.width, small.height);
    const whole = { rgba: pixels, width, height };
    photo = { whole, display: { rgba: display, ...shown }, inner: small, L, box, values };
    return { did: "opened", ...shown };
  };

  const opened = () => {
    if (!photo) {
      throw new Problem("picture", "There is no picture to color yet. Choose one.");
    }
    return photo;
  };
  const answered = () => {
    opened();
    if (!logits) {
      throw new Problem("picture", "The picture is not colored yet. Press Color.");
    }
    return logits;
  };

  const run = async (hints, report) => {
    const { box, inner, values } = opened();
    const given = JSON.stringify(hints);
    if (logits && given === seen) {
      return;
    }
    // Of one run of the network nobody knows how far it is: the page says so by a bar without an end.
    report(null, "The network is looking.");
    const sides = [1, box.height, box.width];
    const made = await session.run({
      L: new ort.Tensor("float32", values, [...sides, 1]),
      hints: new ort.Tensor("float32", Engine.placed(hints, inner, box), [...sides, 3]),
    });
    logits = made.logits.data;
    seen = given;
  };

  // Colors a picture, the photo or what is shown of it, with what the network said.
  const painted = ({ rgba, width, height }, temperature, report = () => {}) => {
    const { box, inner, L } = photo;
    const ab = Engine.decode(answered(), temperature, box, inner);
    const enlarge = Engine.enlarging(L, ab, inner, width, height);
    const colored = new Uint8ClampedArray(rgba.length);
    for (let top = 0; top < height; top += ROWS) {
      const bottom = Math.min(height, top + ROWS);
      Engine.paint(rgba, width, enlarge, top, bottom, colored);
      report(bottom / height);
    }
    return { rgba: colored.buffer, width, height };
  };

  const decode = async ({ temperature }, _, start = performance.now()) => {
    const picture = painted(opened().display, temperature);
    return { did: "colored", ...picture, seconds: seconds(start) };
  };

  const color = async ({ hints, temperature }, report) => {
    const start = performance.now();
    await run(hints ?? [], report);
    return decode({ temperature }, report, start);
  };

  const full = async ({ temperature }, report) => ({
    did: "full",
    ...painted(opened().whole, temperature, (part) => report(part, "Coloring every pixel.")),
  });

  const entropy = async () => ({ did: "entropy", ...Engine.entropy(answered(), photo.box, photo.inner) });

  const at = async ({ x, y, count }) => {
    const { box, inner, L } = opened();
    const [column, row] = [Math.floor(x * inner.width), Math.floor(y * inner.height)];
    const here = L[Math.min(inner.height - 1, row) * inner.width + Math.min(inner.width - 1, column)];
    return { did: "at", ...Engine.likely(answered(), box, inner, x, y, here, count) };
  };

  const doing = { load, open, color, decode, entropy, at, full };

  const explained = (error) => {
    if (error instanceof Problem) {
      return error;
    }
    const text = String(error?.message ?? error);
    if (error instanceof RangeError || /memory|allocat|bad_alloc|out of bounds/i.test(text)) {
      return { code: "memory", message: "This device has not enough memory for that." };
    }
    return session
      ? { code: "network", message: `The network stopped: ${text}` }
      : { code: "wasm", message: `The network could not be started: ${text}` };
  };

  // One after the other, in the order in which they were asked for.
  let before = Promise.resolve();
  self.onmessage = ({ data }) => {
    before = before.then(async () => {
      const report = (part, says) => self.postMessage({ id: data.id, did: "progress", part, says });
      try {
        const reply = await doing[data.do](data, report);
        self.postMessage({ id: data.id, ...reply }, reply.rgba ? [reply.rgba] : []);
      } catch (error) {
        const { code, message } = explained(error);
        self.postMessage({ id: data.id, did: "error", code, says: message });
      }
    });
  };
}

function colorizeWorkerSource() {
  return `var ColorizeEngine = (${makeColorizeEngine})();\n(${colorizeWorker})();`;
}
