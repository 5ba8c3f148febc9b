import "fake-indexeddb/auto";

// Node 20 has none.
if (typeof navigator === "undefined")
  Object.defineProperty(globalThis, "navigator", { value: { onLine: true, userAgent: "" } });
