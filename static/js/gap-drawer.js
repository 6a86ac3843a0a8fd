// The gap drawer closes on wide screens, and the choice comes back with the next page: the server
// reads the cookie and draws it closed, so nothing jumps.

const layout = document.querySelector("[data-drawer]");

function draw(state) {
  layout.dataset.drawer = state;
  document.cookie = `gap_drawer=${state}; path=/; max-age=31536000; samesite=lax`;
}

if (layout) {
  layout.dataset.closable = "yes"; // without this script there is no button that would do nothing
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-drawer-close]")) {
      draw("closed");
      layout.querySelector("[data-drawer-open]")?.focus();
    } else if (event.target.closest("[data-drawer-open]")) {
      draw("open");
      layout.querySelector("[data-drawer-close]")?.focus();
    }
  });
}
