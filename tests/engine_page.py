"""A page with nothing but the engine that colors photographs in the book's page, for tests and for the bench."""

import json
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "book" / "_static" / "colorize"

# Starts a worker and loads the network; then `ask(message)` gives a promise of the worker's answer.
LOAD = "(window.ask = start())({ do: 'load', files: files() })"

# The page's own way to load files and to ask; arrays come and go as base64. Progress is kept in a list.
_SCRIPT = """
const pieces = {}, waiting = {}, progress = [];
var colorizeFile = (name, text) => (pieces[name] ??= []).push(text);
const bytes = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const floats = (text) => new Float32Array(bytes(text).buffer);
const text = (array) => {
  const all = new Uint8Array(array.buffer ?? array);
  let result = "";
  for (let start = 0; start < all.length; start += 32768) {
    result += String.fromCharCode(...all.subarray(start, start + 32768));
  }
  return btoa(result);
};
const files = () => Object.fromEntries(Object.entries(pieces).map(([name, parts]) => {
  const decoded = parts.map(bytes), all = new Uint8Array(decoded.reduce((sum, part) => sum + part.length, 0));
  decoded.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return [name, all.buffer];
}));
const start = () => {
  const worker = new Worker(URL.createObjectURL(new Blob([colorizeWorkerSource()])));
  let next = 1;
  worker.onmessage = ({ data }) => data.did === "progress" ? progress.push(data) : waiting[data.id](data);
  return (message) => new Promise((done) => {
    waiting[next] = done;
    worker.postMessage({ ...message, id: next++ });
  });
};
const plain = ({ rgba, values, probabilities, ...reply }) => ({
  ...reply,
  ...(rgba && { rgba: text(rgba) }),
  ...(values && { values: text(values) }),
  ...(probabilities && { probabilities: text(probabilities) }),
});
"""


def write(folder):
    """Write the page, with all scripts of the list that the book's page loads; return its path."""
    text = (FOLDER / "manifest.js").read_text("utf-8")
    listed = json.loads(text[text.index("{") : text.rindex(";")])["files"]
    scripts = [f'<script src="{(FOLDER / file["path"]).as_uri()}"></script>' for file in listed]
    path = folder / "page.html"
    path.write_text(f"<!DOCTYPE html><script>{_SCRIPT}</script>{''.join(scripts)}", "utf-8")
    return path
