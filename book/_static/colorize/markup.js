// What the page *Color a photograph here* consists of; page.js brings it to life.
var colorizeMarkup = (temperature) => `
  <div class="drop">
    <p><strong>Choose a photograph</strong>, drop one here, or paste one. It stays on your
    device: nothing is uploaded.</p>
    <div class="controls">
      <label class="choose">Choose a file<input type="file" class="file" accept="image/*,.heic,.heif"></label>
      <label class="choose camera">Take a photograph<input type="file" class="file" accept="image/*" capture="environment"></label>
    </div>
    <p id="colorize-examples">Or take one of these:</p>
    <div class="controls examples" role="group" aria-labelledby="colorize-examples"></div>
  </div>
  <div class="controls">
    <button type="button" class="main color" disabled>Color</button>
    <span class="size"></span>
  </div>
  <p class="said" role="status"></p>
  <p class="problem" role="alert" hidden></p>
  <progress max="1" value="0" aria-label="Progress" hidden></progress>
  <div class="work" hidden>
    <div class="viewer" id="colorize-viewer" role="group" aria-label="The picture"></div>
    <p class="away" id="colorize-viewer-keys">Arrow keys move it, Enter opens its colors, Delete removes it.</p>
    <div class="panel" role="group" aria-label="The color of this place" tabindex="-1" hidden>
      <p class="where" role="status"></p>
      <div class="controls swatches"></div>
      <div class="controls">
        <label>Another color <input type="color" value="#808080"></label>
        <button type="button" class="remove">Remove this place</button>
        <button type="button" class="close">Close</button>
      </div>
    </div>
    <div class="tools" hidden>
      <div class="controls own" hidden><label><input type="checkbox" autocomplete="off"> Compare with the photograph's own colors</label></div>
      <div class="controls">
        <label for="colorize-temperature">Temperature</label>
        <input type="range" id="colorize-temperature" min="0.1" max="1" step="0.02" value="${temperature}" autocomplete="off">
        <output for="colorize-temperature" aria-live="off">${temperature}</output>
        <span>low takes the most probable color, high averages all</span>
      </div>
      <div class="controls">
        <label><input type="checkbox" class="unsure" autocomplete="off"> How sure is it here?</label>
        <span class="legend" hidden>sure <span class="scale"></span> unsure</span>
      </div>
      <div class="controls">
        <button type="button" class="add">Set a color</button>
        <button type="button" class="none" hidden>Remove all colors that I set</button>
        <span>or click on the picture where you know better</span>
      </div>
      <div class="controls">
        <button type="button" class="save">Save at full size</button>
        <label>as <select class="kind" aria-label="Kind of file"><option value="jpeg">JPEG</option><option value="png">PNG</option></select></label>
        <span>The file says that its colors were inferred. Say so, too, when you show it.</span>
      </div>
      <div class="inside"></div>
    </div>
  </div>`;
