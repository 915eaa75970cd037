// Reports that wait on this device for a line, by the key that the server knows each by: sent again it is the same report.

const name = "skein";
const store = "reports";

function open() {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(name, 1);
    request.onupgradeneeded = () => request.result.createObjectStore(store, { keyPath: "once" });
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

async function run(mode, ask) {
  const database = await open();
  try {
    return await new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode, { durability: "strict" });
      const request = ask(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onerror = transaction.onabort = () => reject(transaction.error);
    });
  } finally {
    database.close();
  }
}

// put keeps a form: its fields in their order, files among them.
export const put = (once, fields) => run("readwrite", (reports) => reports.put({ once, at: Date.now(), fields }));
export const drop = (once) => run("readwrite", (reports) => reports.delete(once));
export const all = () => run("readonly", (reports) => reports.getAll());

export function forget() {
  return new Promise((resolve) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = request.onerror = request.onblocked = () => resolve();
  });
}
