// The network and what runs it: fetched when they are asked for, kept by the browser, and run in a worker.
var ColorizeLoading = (() => {
  const KEPT = "colorkit-colorize"; // the name of what is kept, with the version behind it
  const FROM_SERVER = /^https?:/.test(location.protocol);
  const pieces = {};

  const script = (set) =>
    new Promise((done, failed) => {
      const element = document.createElement("script");
      element.onload = done;
      element.onerror = failed;
      set(element);
      document.head.append(element);
      element.textContent && done(); // text runs at once, and tells nobody
    });

  // From a folder a page may load scripts and nothing else, so that all data come as scripts that call this.
  window.colorizeFile = (name, base64) => {
    (pieces[name] ??= []).push(base64);
  };

  const bytesOf = (base64) => {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index += 1) {
      bytes[index] = text.charCodeAt(index);
    }
    return bytes;
  };

  // What was loaded under a name, once: the text is forgotten.
  const take = (name) => {
    const parts = pieces[name].map(bytesOf);
    delete pieces[name];
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all.buffer;
  };

  const problem = (path) =>
    new ColorizePicture.Problem(
      FROM_SERVER
        ? `A part of the network (${path}) could not be loaded. See whether you are connected, and press the button again.`
        : `A part of the network (${path}) is missing beside this page: _static/colorize must be there, as the book was built.`,
    );

  const plainly = async (url, path) => {
    try {
      await script((element) => (element.src = url));
    } catch {
      throw problem(path);
    }
  };

  // Runs one file of the manifest; tells how many of its bytes are there. What was cut off is not kept.
  const run = async (folder, { path, bytes: size }, kept, arrived) => {
    const url = `${folder}${path}`;
    if (!FROM_SERVER) {
      return plainly(url, path);
    }
    let answer = await kept?.match(url);
    if (!answer) {
      try {
        answer = await fetch(url, { cache: "no-cache" }); // one of another version would not fit the rest
      } catch {
        throw problem(path);
      }
      if (!answer.ok) {
        throw problem(path);
      }
      const parts = [];
      let bytes = 0;
      for (const reader = answer.body.getReader(); ; ) {
        const { done, value } = await reader.read().catch(() => { throw problem(path); });
        if (done) {
          break;
        }
        parts.push(value);
        arrived((bytes += value.length));
      }
      if (bytes < size) {
        throw problem(path);
      }
      answer = new Response(new Blob(parts, { type: "text/javascript" }));
      await kept?.put(url, answer.clone()).catch(() => {}); // a full disk: it will be loaded again next time
    }
    const text = await answer.text();
    return script((element) => (element.textContent = text));
  };

  const store = async (version) => {
    if (!FROM_SERVER || !window.caches) {
      return null;
    }
    try {
      const name = `${KEPT} ${version}`;
      const old = (await caches.keys()).filter((one) => one.startsWith(KEPT) && one !== name);
      await Promise.all(old.map((one) => caches.delete(one)));
      return await caches.open(name);
    } catch {
      return null; // forbidden by the reader: nothing is kept
    }
  };

  // Loads all that coloring needs; progress(bytes so far, bytes of all). Returns the files for the worker.
  const load = async (folder, progress) => {
    if (!window.ColorizeManifest) {
      await plainly(`${folder}manifest.js`, "manifest.js");
    }
    const { files, version } = ColorizeManifest;
    const all = files.reduce((sum, file) => sum + file.bytes, 0);
    const kept = await store(version);
    Object.keys(pieces).forEach((name) => delete pieces[name]); // of an attempt that was cut off
    let before = 0;
    for (const file of files) {
      progress(before, all);
      await run(folder, file, kept, (part) => progress(before + part, all));
      before += file.bytes;
    }
    progress(all, all);
    return Object.fromEntries(Object.keys(pieces).map((name) => [name, take(name)]));
  };

  // The color math, which the page itself needs too.
  const math = async (folder) => window.ColorizeEngine ?? plainly(`${folder}engine.js`, "engine.js");

  // One picture that comes with the page.
  const example = async (folder, name) => {
    await plainly(`${folder}examples/${name}.js`, `${name}.js`);
    return new File([take(name)], `${name}.jpg`, { type: "image/jpeg" });
  };

  // A worker that answers: ask() gives a promise of the reply, hear(message) is told of progress.
  class Engine {
    constructor(source, hear) {
      this.waiting = new Map();
      this.holds = null; // the photo that it opened last
      this.next = 1;
      const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
      this.worker = new Worker(url);
      this.worker.onmessage = ({ data }) => {
        if (data.did === "progress") {
          hear(data);
          return;
        }
        const { done, failed } = this.waiting.get(data.id);
        this.waiting.delete(data.id);
        if (data.did === "error") {
          failed(Object.assign(new ColorizePicture.Problem(data.says), { code: data.code }));
        } else {
          done(data);
        }
      };
      this.worker.onerror = (event) => {
        event.preventDefault();
        this.stop(Object.assign(new Error(event.message), { code: "memory" }));
      };
    }

    ask(message, transfer = []) {
      const id = this.next++;
      return new Promise((done, failed) => {
        this.waiting.set(id, { done, failed });
        this.worker.postMessage({ ...message, id }, transfer);
      });
    }

    stop(error) {
      this.worker.terminate();
      this.waiting.forEach(({ failed }) => failed(error));
      this.waiting.clear();
    }
  }

  return { load, math, example, Engine };
})();
