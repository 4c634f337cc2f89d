// Made by `make page`.
var ColorizeManifest = {
 "version": "6018982c5537c87d",
 "network": "11_flagship_gpu",
 "side": 256,
 "files": [
  {
   "path": "engine.js",
   "bytes": 19455
  },
  {
   "path": "worker.js",
   "bytes": 6756
  },
  {
   "path": "network_1.js",
   "bytes": 1048613
  },
  {
   "path": "network_2.js",
   "bytes": 1048613
  },
  {
   "path": "network_3.js",
   "bytes": 1048613
  },
  {
   "path": "network_4.js",
   "bytes": 1048613
  },
  {
   "path": "network_5.js",
   "bytes": 1048613
  },
  {
   "path": "network_6.js",
   "bytes": 1048613
  },
  {
   "path": "network_7.js",
   "bytes": 249685
  },
  {
   "path": "ort.js_1.js",
   "bytes": 21495
  },
  {
   "path": "ort.mjs_1.js",
   "bytes": 12128
  },
  {
   "path": "ort.wasm_1.js",
   "bytes": 1048609
  },
  {
   "path": "ort.wasm_2.js",
   "bytes": 1048609
  },
  {
   "path": "ort.wasm_3.js",
   "bytes": 1048609
  },
  {
   "path": "ort.wasm_4.js",
   "bytes": 1048609
  },
  {
   "path": "ort.wasm_5.js",
   "bytes": 676085
  }
 ]
};
