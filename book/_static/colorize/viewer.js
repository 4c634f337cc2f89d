// A picture before and after, with places on it that have a color: by mouse, by touch and by keys.
var ColorizeViewer = (() => {
  const STEP = 0.01; // of a side, that an arrow key moves a place; with Shift five of them
  const MOVED = 4; // pixels that a pointer may tremble and still click

  const html = `
    <div class="stage">
      <canvas class="before" role="img"></canvas>
      <canvas class="after" role="img" hidden></canvas>
      <canvas class="sure" role="img" hidden></canvas>
      <span class="line" hidden></span>
    </div>
    <label class="split" hidden><span></span>
      <input type="range" min="0" max="100" value="100" autocomplete="off" aria-label="How much of the picture is shown in color">
      <span>Color</span></label>`;

  const paint = (canvas, image, label) => {
    canvas.width = image.width;
    canvas.height = image.height;
    canvas.getContext("2d").putImageData(image, 0, 0);
    canvas.setAttribute("aria-label", label);
    canvas.hidden = false;
  };

  // on: {add(x, y), choose(place), move(place), remove(place)}; a place is {x, y: 0..1, color: "#rrggbb" or null}.
  const create = (parent, on) => {
    parent.insertAdjacentHTML("beforeend", html);
    const find = (selector) => parent.querySelector(selector);
    const stage = find(".stage");
    const [before, after, sure, line] = [".before", ".after", ".sure", ".line"].map(find);
    const split = find(".split");
    const range = find(".split input");
    let places = [];
    let chosen = null;

    const cut = () => {
      const gray = 100 - range.valueAsNumber;
      stage.style.setProperty("--gray", `${gray}%`);
      range.setAttribute("aria-valuetext", `${100 - gray} percent in color, on the right`);
      line.hidden = after.hidden || gray === 0 || gray === 100;
    };
    range.addEventListener("input", cut);

    const within = (number) => Math.min(1, Math.max(0, number));
    const at = (event) => {
      const box = stage.getBoundingClientRect();
      return [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
    };
    stage.addEventListener("click", (event) => {
      if (!event.target.closest("button")) {
        on.add(...at(event));
      }
    });

    const describe = (place, number) => {
      const [x, y] = [place.x, place.y].map((side) => Math.round(100 * side));
      const what = place.color ? `color ${place.color}` : "no color yet";
      return `Place ${number}: ${what}, ${x} percent from the left, ${y} percent from the top`;
    };

    const position = (place, button) => {
      button.style.left = `${100 * place.x}%`;
      button.style.top = `${100 * place.y}%`;
      button.style.setProperty("--color", place.color ?? "transparent");
      button.classList.toggle("empty", !place.color);
      button.setAttribute("aria-label", describe(place, places.indexOf(place) + 1));
      button.setAttribute("aria-pressed", String(place === chosen));
    };

    const makeButton = (place) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "place";
      button.setAttribute("aria-describedby", `${parent.id}-keys`);
      let dragged = false;
      let from = null;
      button.addEventListener("pointerdown", (event) => {
        from = [event.clientX, event.clientY];
        dragged = false;
        button.setPointerCapture(event.pointerId);
      });
      button.addEventListener("pointermove", (event) => {
        if (from && (dragged || Math.hypot(event.clientX - from[0], event.clientY - from[1]) > MOVED)) {
          dragged = true;
          [place.x, place.y] = at(event);
          position(place, button);
        }
      });
      const drop = () => {
        if (from && dragged) {
          on.move(place);
        }
        from = null;
      };
      button.addEventListener("pointerup", drop);
      button.addEventListener("pointercancel", drop);
      button.addEventListener("click", () => dragged || on.choose(place));
      button.addEventListener("keydown", (event) => {
        const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[event.key];
        if (way) {
          const step = event.shiftKey ? 5 * STEP : STEP;
          [place.x, place.y] = [within(place.x + way[0] * step), within(place.y + way[1] * step)];
          position(place, button);
          on.move(place);
        } else if (event.key === "Delete" || event.key === "Backspace") {
          on.remove(place);
        } else {
          return;
        }
        event.preventDefault();
      });
      return button;
    };

    const buttons = new Map();
    return {
      before: (image, label, name) => {
        paint(before, image, label);
        find(".split span").textContent = name;
      },
      after: (image, label) => {
        paint(after, image, label);
        split.hidden = false;
        cut();
      },
      // How unsure, 0..1 each, from dark blue to yellow, which also those tell apart who see red and green alike.
      sure: (values, width, height) => {
        const image = new ImageData(width, height);
        const [low, high] = [[0, 34, 78], [254, 232, 56]];
        values.forEach((value, pixel) => {
          low.forEach((dark, channel) => { image.data[4 * pixel + channel] = dark + value * (high[channel] - dark); });
          image.data[4 * pixel + 3] = 215;
        });
        paint(sure, image, "Where the network is sure of a color, dark, and where it is not, bright");
      },
      hideSure: () => { sure.hidden = true; },
      // Nothing but the gray picture is left.
      clear: () => {
        [after, sure, split, line].forEach((part) => { part.hidden = true; });
        range.value = 100;
      },
      // The places are these now; the chosen one is marked.
      places: (now, which) => {
        [places, chosen] = [now, which];
        buttons.forEach((button, place) => {
          if (!places.includes(place)) {
            button.remove();
            buttons.delete(place);
          }
        });
        places.forEach((place) => {
          if (!buttons.has(place)) {
            buttons.set(place, makeButton(place));
            stage.append(buttons.get(place));
          }
          position(place, buttons.get(place));
        });
      },
      focus: (place) => buttons.get(place)?.focus(),
    };
  };

  return { create, paint };
})();
