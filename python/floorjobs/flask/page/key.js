// The API key, asked for when the server wants one and kept until the tab is closed.

const NAME = "floorjobs-key";
let asking = null;

export function key() {
  return sessionStorage.getItem(NAME);
}

// Several requests may be refused at once; one dialog is enough.
export function askForKey() {
  asking ??= new Promise((resolve) => {
    const dialog = document.getElementById("key");
    const value = document.getElementById("key-value");
    const why = document.getElementById("key-why");
    if (key()) why.textContent = "That key is not known here. Please try again.";
    value.value = "";
    dialog.oncancel = (event) => event.preventDefault();
    dialog.addEventListener("close", () => {
      sessionStorage.setItem(NAME, value.value.trim());
      asking = null;
      resolve();
    }, { once: true });
    dialog.showModal();
  });
  return asking;
}
