// Pictures as they come from a reader, and as files that say that their colors were inferred. No DOM of the page's.
var ColorizePicture = (() => {
  const LARGEST = 24e6; // pixels that are kept
  const SMALLEST = 16; // pixels of the shorter side
  const SHOWN = 1024; // pixels of the longer side on the page

  class Problem extends Error {}

  const ascii = (bytes, from, to) => String.fromCharCode(...bytes.subarray(from, to));

  // Why a browser could not open a file, from how the file begins.
  const reason = (head, type) => {
    if (ascii(head, 4, 8) === "ftyp" && /^(hei|hev|mif1|msf1)/.test(ascii(head, 8, 12))) {
      return "This is a HEIC photograph, which this browser cannot open. On an iPhone, Safari opens it. Elsewhere, save it as JPEG first.";
    }
    if (ascii(head, 0, 5) === "%PDF-") {
      return "This is a PDF. Take a screenshot of the photograph in it, and paste that here.";
    }
    if (/^image\/svg/.test(type) || ascii(head, 0, 4) === "<svg") {
      return "This is an SVG, a drawing and no photograph. Save it as PNG first.";
    }
    if (["II*\0", "MM\0*"].includes(ascii(head, 0, 4))) {
      return "This is a TIFF, which browsers cannot open. Save it as PNG or JPEG first.";
    }
    const known = head[0] === 0xff || ascii(head, 1, 4) === "PNG" || ascii(head, 8, 12) === "WEBP" || /^image/.test(type);
    return known
      ? "This picture could not be opened: the file is damaged, or too large for this device."
      : "This is no picture that a browser can open. Choose a JPEG, a PNG or a WebP file.";
  };

  // Throws a Problem that says what to do; whoever calls this closes the bitmap.
  const bitmapOf = async (file) => {
    if (!file.size) {
      throw new Problem("This file is empty. Choose another one.");
    }
    let bitmap;
    try {
      bitmap = await createImageBitmap(file, { imageOrientation: "from-image" });
    } catch {
      throw new Problem(reason(new Uint8Array(await file.slice(0, 16).arrayBuffer()), file.type));
    }
    if (Math.min(bitmap.width, bitmap.height) < SMALLEST) {
      const size = `${bitmap.width} × ${bitmap.height}`;
      bitmap.close();
      throw new Problem(`This picture has ${size} pixels. There is nothing to see in it; choose one of at least ${SMALLEST} × ${SMALLEST}.`);
    }
    return bitmap;
  };

  const drawn = (bitmap, scale) => {
    const width = Math.max(1, Math.floor(bitmap.width * scale));
    const height = Math.max(1, Math.floor(bitmap.height * scale));
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    const context = canvas.getContext("2d", { willReadFrequently: true });
    context.imageSmoothingQuality = "high";
    context.fillStyle = "white"; // below what is transparent
    context.fillRect(0, 0, width, height);
    context.drawImage(bitmap, 0, 0, width, height);
    return context.getImageData(0, 0, width, height);
  };

  // Pixels for the page: {image: ImageData, width, height of the file, kept: width and height that can be saved}.
  const preview = async (file) => {
    const bitmap = await bitmapOf(file);
    const { width, height } = bitmap;
    try {
      const image = drawn(bitmap, Math.min(1, SHOWN / Math.max(width, height)));
      const scale = Math.min(1, Math.sqrt(LARGEST / (width * height)));
      return { image, width, height, reduced: scale < 1 };
    } finally {
      bitmap.close();
    }
  };

  // All pixels, as many as the device has room for. Some browsers give an empty canvas where it is too large for them.
  const whole = async (file) => {
    const bitmap = await bitmapOf(file);
    const most = Math.min(1, Math.sqrt(LARGEST / (bitmap.width * bitmap.height)));
    try {
      for (const scale of [most, most / 2, most / 4]) {
        try {
          const image = drawn(bitmap, scale);
          if (image.data[image.data.length - 1] === 255) {
            return { image, reduced: scale < 1 };
          }
        } catch (error) {
          if (!["RangeError", "InvalidStateError", "IndexSizeError"].includes(error.name)) {
            throw error;
          }
        }
      }
    } finally {
      bitmap.close();
    }
    throw new Problem("This device has not enough memory for this picture. Close other pages, or choose a smaller one.");
  };

  // The press' own word for it, as in colorkit/colorizing/saving.py: "composite with trained algorithmic media".
  const XMP =
    '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/">' +
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">' +
    '<rdf:Description rdf:about="" xmlns:Iptc4xmpExt="http://iptc.org/std/Iptc4xmpExt/2008-02-29/">' +
    "<Iptc4xmpExt:DigitalSourceType>http://cv.iptc.org/newscodes/digitalsourcetype/" +
    "compositeWithTrainedAlgorithmicMedia</Iptc4xmpExt:DigitalSourceType></rdf:Description></rdf:RDF></x:xmpmeta>" +
    '<?xpacket end="w"?>';
  const SOFTWARE = "colorkit in a web page"; // begins as what `colorkit color` writes: both know what they made

  const utf8 = (text) => new TextEncoder().encode(text);
  const joined = (...parts) => {
    const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
    return all;
  };

  // EXIF: an upright picture in sRGB, made by this page, with the note as its comment.
  const exif = (note) => {
    const software = utf8(`${SOFTWARE}\0`);
    const comment = utf8(`ASCII\0\0\0${note}`);
    const [first, second] = [8, 8 + 2 + 3 * 12 + 4]; // where the two lists of entries begin
    const texts = second + 2 + 2 * 12 + 4;
    const view = new DataView(new ArrayBuffer(texts));
    const [ASCII, SHORT, LONG, UNDEFINED] = [2, 3, 4, 7];
    const list = (at, entries) => {
      view.setUint16(at, entries.length, true);
      entries.forEach(([tag, type, count, value], index) => {
        const place = at + 2 + 12 * index;
        view.setUint16(place, tag, true);
        view.setUint16(place + 2, type, true);
        view.setUint32(place + 4, count, true);
        view.setUint32(place + 8, value, true);
      });
    };
    view.setUint32(0, 0x002a4949, true); // little-endian TIFF
    view.setUint32(4, first, true);
    list(first, [
      [0x0112, SHORT, 1, 1],
      [0x0131, ASCII, software.length, texts],
      [0x8769, LONG, 1, second],
    ]);
    list(second, [
      [0x9286, UNDEFINED, comment.length, texts + software.length],
      [0xa001, SHORT, 1, 1],
    ]);
    return joined(new Uint8Array(view.buffer), software, comment);
  };

  const jpeg = (bytes, note) => {
    const segment = (marker, ...parts) => {
      const content = joined(...parts);
      const length = content.length + 2;
      return joined(Uint8Array.of(0xff, marker, length >> 8, length & 255), content);
    };
    const start = bytes[3] === 0xe0 ? 4 + bytes[4] * 256 + bytes[5] : 2; // after JFIF's own segment
    return joined(
      bytes.subarray(0, start),
      segment(0xe1, utf8("Exif\0\0"), exif(note)),
      segment(0xe1, utf8("http://ns.adobe.com/xap/1.0/\0"), utf8(XMP)),
      segment(0xfe, utf8(note)),
      bytes.subarray(start),
    );
  };

  const checksum = (bytes) => {
    let sum = -1;
    for (const byte of bytes) {
      sum ^= byte;
      for (let bit = 0; bit < 8; bit += 1) {
        sum = (sum >>> 1) ^ (sum & 1 ? 0xedb88320 : 0);
      }
    }
    return ~sum;
  };

  const png = (bytes, note) => {
    const chunk = (name, content) => {
      const named = joined(utf8(name), content);
      const [length, sum] = [new DataView(new ArrayBuffer(4)), new DataView(new ArrayBuffer(4))];
      length.setUint32(0, content.length);
      sum.setInt32(0, checksum(named));
      return joined(new Uint8Array(length.buffer), named, new Uint8Array(sum.buffer));
    };
    const start = 8 + 12 + 13; // after the signature and the header
    return joined(
      bytes.subarray(0, start),
      chunk("tEXt", utf8(`Software\0${SOFTWARE}`)),
      chunk("tEXt", utf8(`Comment\0${note}`)),
      chunk("iTXt", utf8(`XML:com.adobe.xmp\0\0\0\0\0${XMP}`)),
      chunk("eXIf", exif(note)),
      bytes.subarray(start),
    );
  };

  // A file of RGBA pixels: kind is "jpeg" or "png".
  const saved = async (rgba, width, height, kind, note) => {
    const canvas = Object.assign(document.createElement("canvas"), { width, height });
    canvas.getContext("2d").putImageData(new ImageData(rgba, width, height), 0, 0);
    const blob = await new Promise((done) => canvas.toBlob(done, `image/${kind}`, 0.95));
    canvas.width = canvas.height = 0; // some browsers keep its memory otherwise
    if (!blob) {
      throw new Problem("This device has not enough memory to save the picture. Close other pages and try again.");
    }
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return new Blob([(kind === "png" ? png : jpeg)(bytes, note)], { type: blob.type });
  };

  return { Problem, preview, whole, saved };
})();
