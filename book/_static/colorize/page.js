// The page *Color a photograph here*: choosing, coloring, correcting, saving. Nothing leaves the device.
(() => {
  const root = document.getElementById("colorize");
  const folder = document.currentScript.src.replace(/[^/]*$/, "");
  const { Problem, preview, whole, saved } = ColorizePicture;
  const TEMPERATURE = 0.38; // the network's own
  const LIKELY = 6; // swatches
  const PALER = 0.7; // share of a color's chroma below which the page says that it is lost
  const SETTLED = 350; // milliseconds after the last key until a moved place counts
  const GUESSES = "What color is it here? These are the network's own guesses, each with its probability. The lightness stays the photograph's.";
  const EXAMPLES = [
    ["camera", "A photographer with a tripod", "Photographer"],
    ["coffee", "A cup of coffee", "Coffee"],
    ["astronaut", "An astronaut", "Astronaut"],
    ["rocket", "A rocket at dusk", "Rocket"],
  ];

  root.innerHTML = colorizeMarkup(TEMPERATURE);

  const find = (selector) => root.querySelector(selector);
  const parts = Object.fromEntries(
    Object.entries({
      drop: ".drop", color: ".color", size: ".size", said: ".said", problem: ".problem", progress: "progress",
      work: ".work", tools: ".tools", own: ".own", temperature: "#colorize-temperature", unsure: ".unsure",
      legend: ".legend", add: ".add", none: ".none", panel: ".panel", where: ".where", swatches: ".swatches",
      picker: "input[type=color]", save: ".save", kind: ".kind",
    }).map(([name, selector]) => [name, find(selector)]),
  );

  let engine = null; // answers once the network is there
  let photo = null; // {file, image, width, height, result, places}: the chosen one; another may be chosen at any await
  let chosen = null; // the place whose colors are shown
  let focus = { x: 0.5, y: 0.5 }; // the place whose numbers are shown

  // What is said, and what goes wrong.

  const say = (text) => {
    parts.said.textContent = text;
  };
  const recover = (error) => {
    if (error.code === "memory") {
      engine?.stop(error);
      engine = null; // the next one begins anew
    }
  };
  const complain = (error) => {
    const texts = {
      memory: "This device ran out of memory. Close other pages, or choose a smaller photograph, and press Color again.",
    };
    const known = texts[error.code] ?? (error instanceof Problem ? error.message : null);
    parts.problem.textContent = known ?? `Something went wrong: ${error.message}. Press Color to try again.`;
    parts.problem.hidden = false;
    say("");
    recover(error);
  };
  // What goes wrong with a photo that is no longer the chosen one is nothing to the reader.
  const complainOf = (current, error) => (photo === current ? complain : recover)(error);
  const megabytes = (bytes) => (bytes / 1e6).toFixed(1);
  const progress = (share) => {
    parts.progress.hidden = false;
    if (share === null) {
      parts.progress.removeAttribute("value"); // it moves, and says nothing of how far
    } else {
      parts.progress.value = share;
    }
  };

  // Says how long coloring has taken so far, several times a second; returns what stops it.
  const clock = (current) => {
    const start = performance.now();
    const seconds = () => ((performance.now() - start) / 1000).toFixed(1);
    // What changes ten times a second is not for a live region.
    parts.size.textContent = "Coloring";
    const timer = setInterval(() => {
      const what = wanted ? "Waiting for the photograph before" : "";
      parts.size.textContent = photo === current ? `Coloring ${seconds()} s` : what;
    }, 200);
    return () => {
      clearInterval(timer);
      parts.size.textContent = "";
      parts.progress.hidden = true;
      return seconds();
    };
  };

  // The engine.

  const missing = () => {
    if (typeof WebAssembly !== "object") {
      return "This browser has no WebAssembly, which runs the network. Try a current Firefox, Chrome, Edge or Safari.";
    }
    return typeof Worker === "undefined" || typeof DecompressionStream === "undefined"
      ? "This browser is too old for the network. Try a current Firefox, Chrome, Edge or Safari."
      : null;
  };

  const ready = async () => {
    if (engine) {
      return;
    }
    const reason = missing();
    if (reason) {
      throw new Problem(reason);
    }
    say("Loading the network.");
    const files = await ColorizeLoading.load(folder, (bytes, all) => {
      progress(bytes / all);
      parts.size.textContent = `${megabytes(bytes)} of ${megabytes(all)} MB`;
    });
    progress(null);
    parts.size.textContent = "";
    say("Starting the network.");
    const made = new ColorizeLoading.Engine(colorizeWorkerSource(), ({ part }) => progress(part ?? null));
    engine = made;
    try {
      await made.ask({ do: "load", files }, Object.values(files));
    } catch (error) {
      made.stop(error);
      engine = null;
      throw error;
    }
  };

  // Hands all pixels of a photo to the engine, which holds one photo at a time.
  const open = async (current) => {
    const { image, reduced } = await whole(current.file);
    if (photo !== current) {
      return "";
    }
    engine.holds = null;
    await engine.ask({ do: "open", rgba: image.data.buffer, width: image.width, height: image.height }, [image.data.buffer]);
    engine.holds = current;
    return reduced ? ` It is saved with ${image.width} × ${image.height} pixels, which is what this page has room for.` : "";
  };

  const hints = () => photo.places.filter((place) => place.ab).map(({ x, y, ab }) => ({ x, y, a: ab[0], b: ab[1] }));

  // One thing at a time: what is asked for meanwhile is done once, afterward.
  let wanted = null;
  let working = false;
  const refresh = async (what) => {
    wanted = what === "color" || wanted === "color" ? "color" : "decode";
    parts.problem.hidden = true;
    if (working) {
      return;
    }
    working = true;
    try {
      while (wanted) {
        const now = wanted;
        wanted = null;
        await once(now);
      }
    } catch (error) {
      wanted = null;
      complain(error);
    } finally {
      working = false;
      parts.progress.hidden = true;
      parts.color.disabled = false;
    }
  };

  const once = async (what) => {
    const current = photo;
    await ready();
    if (photo !== current) {
      invite(); // instead of what loading said
      return;
    }
    try {
      await (what === "color" ? colored(current) : decoded(current));
    } catch (error) {
      if (photo === current) {
        throw error;
      }
      recover(error);
    }
  };

  const colored = async (current) => {
    const first = !current.result;
    const given = hints();
    const stop = clock(current);
    let note, seconds;
    try {
      progress(0);
      note = await decoded(current, { do: "color", hints: given });
    } finally {
      seconds = stop();
    }
    if (photo !== current) {
      return;
    }
    const again = given.length ? ` with ${given.length === 1 ? "the color" : "the colors"} that you set` : "";
    say(`Colored${again} in ${seconds} s.${first ? " Where you know better, click on the picture." : ""}${note}`);
    await Promise.all([look(), numbers()]);
  };

  // Shows what the engine makes of a photo; what it makes of one that is no longer the chosen one is dropped.
  const decoded = async (current, question = { do: "decode" }) => {
    const temperature = parts.temperature.valueAsNumber;
    const note = engine.holds === current ? "" : await open(current);
    if (photo !== current) {
      return "";
    }
    const reply = await engine.ask({ ...question, temperature });
    if (photo !== current) {
      return "";
    }
    current.result = new ImageData(new Uint8ClampedArray(reply.rgba), reply.width, reply.height);
    viewer.after(current.result, "The photograph in the colors that the network inferred");
    parts.work.classList.add("colored");
    parts.tools.hidden = false;
    inside.made(current.result, temperature);
    return note;
  };

  // Choosing.

  const gray = (image) => {
    const result = new ImageData(image.width, image.height);
    for (let at = 0; at < image.data.length; at += 4) {
      const [lightness] = ColorizeEngine.rgbToLab(image.data[at], image.data[at + 1], image.data[at + 2]);
      result.data.set(ColorizeEngine.labToRgb(lightness, 0, 0), at);
      result.data[at + 3] = 255;
    }
    return result;
  };

  // Whether more than one pixel of a hundred is plainly not gray.
  const hasColors = ({ data }) => {
    let count = 0;
    for (let at = 0; at < data.length; at += 4) {
      count += Math.max(data[at], data[at + 1], data[at + 2]) - Math.min(data[at], data[at + 1], data[at + 2]) > 24;
    }
    return count > data.length / 400;
  };

  // Chooses a file, or what is promised to become one. What was chosen last counts, however long it takes to open.
  let latest = null;
  const take = async (choice) => {
    latest = choice;
    parts.problem.hidden = true;
    try {
      const file = await choice;
      const [found] = await Promise.all([preview(file), ColorizeLoading.math(folder)]);
      if (choice !== latest) {
        return;
      }
      photo = { ...found, file, result: null, places: [], gray: gray(found.image) };
    } catch (error) {
      choice === latest && complain(error);
      return;
    }
    wanted = null;
    parts.progress.hidden = true;
    choose(null);
    focus = { x: 0.5, y: 0.5 };
    viewer.clear();
    parts.work.hidden = false;
    parts.work.classList.remove("colored");
    parts.tools.hidden = true;
    parts.unsure.checked = false;
    parts.legend.hidden = true;
    parts.own.hidden = !hasColors(photo.image);
    parts.own.querySelector("input").checked = false;
    showBefore();
    parts.color.disabled = false;
    invite();
  };

  const invite = () => {
    const size = `${photo.width} × ${photo.height} pixels`;
    const much = photo.reduced ? " That is more than this page has room for: it will be saved with 24 megapixels." : "";
    say(`${photo.file.name || "Your photograph"}: ${size}.${much} Press Color.`);
  };

  const showBefore = () => {
    const own = parts.own.querySelector("input").checked;
    viewer.before(own ? photo.image : photo.gray, own ? "The photograph as it came" : "The photograph without color", own ? "Its own" : "Gray");
  };

  const pictureIn = (transfer) => [...(transfer?.files ?? [])][0];

  root.querySelectorAll(".file").forEach((input) => {
    input.addEventListener("change", () => {
      input.files.length && take(input.files[0]);
      input.value = ""; // the same file can be chosen again
    });
  });
  document.addEventListener("paste", (event) => pictureIn(event.clipboardData) && take(pictureIn(event.clipboardData)));
  // A file that is dropped beside the box would replace the page.
  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    parts.drop.classList.toggle("over", root.contains(event.target));
  });
  document.addEventListener("dragleave", () => parts.drop.classList.remove("over"));
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    parts.drop.classList.remove("over");
    const file = pictureIn(event.dataTransfer);
    file ? take(file) : complain(new Problem("That was no file. Save the picture on your device first, and drop that file."));
  });
  EXAMPLES.forEach(([name, alt, text]) => {
    const button = Object.assign(document.createElement("button"), { type: "button" });
    const image = Object.assign(document.createElement("img"), { src: `${folder}examples/${name}.jpg`, alt, width: 48, height: 48, loading: "lazy" });
    button.append(image, text);
    button.addEventListener("click", () => take(ColorizeLoading.example(folder, name)));
    find(".examples").append(button);
  });
  // Only a device that is held has a camera worth the button; elsewhere it would open the same dialog.
  find(".camera").hidden = !matchMedia("(pointer: coarse)").matches;

  const inside = ColorizeInside.create(find(".inside"));

  // Correcting.

  const viewer = ColorizeViewer.create(find("#colorize-viewer"), {
    add: (x, y) => {
      if (!photo?.result) {
        say("Press Color first. Then you can set colors.");
        return;
      }
      const place = { x, y, color: null, ab: null, likely: null };
      photo.places.push(place);
      choose(place, true);
    },
    choose: (place) => choose(place, true),
    move: (place) => {
      clearTimeout(place.timer);
      place.timer = setTimeout(() => moved(place), SETTLED);
    },
    remove: (place) => remove(place),
  });

  // Shows the colors of a place; one that was given none is forgotten when another is chosen.
  const choose = async (place, enter = false) => {
    if (photo) {
      photo.places = photo.places.filter((one) => one.ab || one === place);
    }
    chosen = place;
    viewer.places(photo?.places ?? [], chosen);
    parts.none.hidden = !photo?.places.some((one) => one.ab);
    parts.panel.hidden = !place;
    if (!place) {
      return;
    }
    parts.where.textContent = "Asking the network.";
    parts.swatches.replaceChildren();
    if (enter) {
      parts.panel.focus({ preventScroll: true });
      parts.panel.scrollIntoView({ block: "nearest" });
    }
    focus = place;
    const current = photo;
    try {
      place.likely ??= await likely(place);
    } catch (error) {
      complainOf(current, error);
      return;
    }
    place === chosen && fillPanel(place);
    inside.said(focus);
  };

  const likely = async ({ x, y }) => engine.ask({ do: "at", x, y, count: LIKELY });

  const fillPanel = (place) => {
    parts.where.textContent = GUESSES;
    parts.picker.value = place.color ?? ColorizeInside.hex(place.likely.likely[0].rgb);
    parts.swatches.replaceChildren(
      ...place.likely.likely.map(({ a, b, rgb, p }) => {
        const button = Object.assign(document.createElement("button"), { type: "button" });
        const swatch = Object.assign(document.createElement("span"), { className: "swatch" });
        swatch.style.background = ColorizeInside.hex(rgb);
        button.setAttribute("aria-label", `${ColorizeInside.hex(rgb)}, probability ${ColorizeInside.percent(p)}`);
        button.setAttribute("aria-pressed", String(place.color === ColorizeInside.hex(rgb)));
        button.append(swatch, ColorizeInside.percent(p));
        button.addEventListener("click", () => set(place, [a, b], ColorizeInside.hex(rgb)));
        return button;
      }),
    );
  };

  const set = (place, ab, color) => {
    Object.assign(place, { ab, color });
    parts.picker.value = color;
    viewer.places(photo.places, chosen);
    parts.none.hidden = false;
    parts.swatches.querySelectorAll("button").forEach((button) => {
      button.setAttribute("aria-pressed", String(button.getAttribute("aria-label").startsWith(color)));
    });
    const lost = ColorizeEngine.toGamut(place.likely.L, ...ab) < PALER;
    const kind = place.likely.L < 50 ? "dark" : "light";
    parts.where.textContent = lost ? `The picture is too ${kind} here for this color, so it gets paler.` : GUESSES;
    refresh("color");
  };

  const moved = async (place) => {
    if (!photo.places.includes(place)) {
      return;
    }
    place.likely = null;
    if (place === chosen) {
      await choose(place);
    }
    photo.places.includes(place) && place.ab && refresh("color");
  };

  const remove = (place) => {
    photo.places = photo.places.filter((one) => one !== place);
    choose(null);
    parts.add.focus();
    place.ab && refresh("color");
  };

  parts.picker.addEventListener("change", () => {
    const rgb = [1, 3, 5].map((at) => parseInt(parts.picker.value.slice(at, at + 2), 16));
    chosen?.likely && set(chosen, ColorizeEngine.rgbToLab(...rgb).slice(1), parts.picker.value);
  });
  find(".remove").addEventListener("click", () => remove(chosen));
  find(".close").addEventListener("click", () => {
    const place = chosen;
    choose(null);
    place.ab ? viewer.focus(place) : parts.add.focus();
  });
  parts.panel.addEventListener("keydown", (event) => event.key === "Escape" && find(".close").click());
  parts.add.addEventListener("click", () => {
    const place = { x: 0.5, y: 0.5, color: null, ab: null, likely: null };
    photo.places.push(place);
    choose(place);
    viewer.focus(place);
    say("A place in the middle of the picture. Arrow keys move it; Enter opens its colors.");
  });
  parts.none.addEventListener("click", () => {
    photo.places = [];
    choose(null);
    parts.add.focus();
    refresh("color");
  });

  // Temperature and certainty.

  parts.temperature.addEventListener("input", () => {
    find("output").value = parts.temperature.value;
    photo?.result && refresh("decode");
  });

  const look = async () => {
    parts.legend.hidden = !parts.unsure.checked;
    if (!parts.unsure.checked) {
      viewer.hideSure();
      return;
    }
    const current = photo;
    const { values, width, height } = await engine.ask({ do: "entropy" });
    if (photo === current && parts.unsure.checked) {
      viewer.sure(values, width, height);
    }
  };
  parts.unsure.addEventListener("change", () => {
    const current = photo;
    look().catch((error) => complainOf(current, error));
  });
  parts.own.querySelector("input").addEventListener("change", showBefore);

  // What the network said.

  const numbers = async () => {
    const current = photo;
    inside.given(photo.gray, hints().length);
    focus.likely = await likely(focus);
    photo === current && inside.said(focus);
  };

  // Saving.

  parts.save.addEventListener("click", async () => {
    const current = photo;
    const kind = parts.kind.value;
    parts.save.disabled = true;
    parts.problem.hidden = true;
    progress(0);
    say("Coloring every pixel.");
    try {
      const reply = await engine.ask({ do: "full", temperature: parts.temperature.valueAsNumber });
      const note = `Colors inferred by colorkit with the network ${ColorizeManifest.network}; they are a guess, not a record.`;
      const file = await saved(new Uint8ClampedArray(reply.rgba), reply.width, reply.height, kind, note);
      const link = document.createElement("a");
      link.href = URL.createObjectURL(file);
      link.download = `${(current.file.name || "photograph").replace(/\.[^.]*$/, "")}_color.${kind === "png" ? "png" : "jpg"}`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      photo === current && say(`Saved as ${link.download}, ${reply.width} × ${reply.height} pixels.`);
    } catch (error) {
      complainOf(current, error);
    } finally {
      parts.save.disabled = false;
      parts.progress.hidden = true;
    }
  });

  parts.color.addEventListener("click", () => {
    parts.color.disabled = true;
    progress(null);
    refresh("color");
  });
})();
