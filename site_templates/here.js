// @ts-check
/** Sorts by the distance from where the device is. Loaded when asked for. */
import { form } from "./asked.js";
import { changed, from } from "./list.js";

const find = /** @type {HTMLFormElement} */ (document.getElementById("find"));
const found = /** @type {HTMLElement} */ (document.getElementById("found"));
const says = /** @type {Record<string, string>} */ (find.dataset);
const home = new URL("../", find.action);
const here = /** @type {HTMLInputElement} */ (form.elements.namedItem("here"));

/** Sorts by the distance from where the device is. The map that this needs is on the first page. */
export function locate() {
  if (location.pathname !== home.pathname) return location.assign(new URL(`?here=1&sort=far`, home));
  found.textContent = says.wait;
  navigator.geolocation.getCurrentPosition(
    ({ coords }) => {
      found.textContent = says.found;
      from([coords.latitude, coords.longitude]);
      here.value = "1";
      /** @type {HTMLSelectElement} */ (form.elements.namedItem("sort")).value = "far";
      changed();
    },
    () => {
      found.textContent = says.denied;
    },
    { maximumAge: 300_000, timeout: 20_000 },
  );
}
