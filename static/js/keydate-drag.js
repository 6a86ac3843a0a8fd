// A key date's flag dropped on another day leads to the page that shows what would move; nothing is
// changed here. By keyboard the same page is reached from the key date: "Move the day".

const TYPE = "application/x-plancraft-key-date";
const month = document.getElementById("month");
let over = null;
let dragged = null;

function mark(cell) {
  if (over === cell) return;
  over?.classList.remove("is-drop");
  over = cell;
  over?.classList.add("is-drop");
}

function dayOf(target) {
  return dragged ? target.closest?.(".month-day") : null;
}

if (month) {
  const ready = () => {
    for (const flag of month.querySelectorAll("[data-move]")) {
      flag.draggable = true;
      flag.setAttribute("aria-describedby", "flag-help");
    }
  };
  ready();
  month.addEventListener("htmx:afterSwap", ready);
  month.addEventListener("dragstart", (event) => {
    dragged = event.target.closest?.("[data-move]");
    if (!dragged) return;
    event.dataTransfer.setData(TYPE, dragged.dataset.move);
    event.dataTransfer.effectAllowed = "move";
    dragged.classList.add("is-dragged");
  });
  month.addEventListener("dragover", (event) => {
    const cell = dayOf(event.target);
    if (!cell) return;
    event.preventDefault();
    event.dataTransfer.dropEffect = "move";
    mark(cell);
  });
  month.addEventListener("dragleave", (event) => {
    if (!month.contains(event.relatedTarget)) mark(null);
  });
  month.addEventListener("drop", (event) => {
    const cell = dayOf(event.target);
    if (!cell) return;
    event.preventDefault();
    const day = cell.id.slice(1);
    if (cell !== dragged.closest(".month-day")) location.assign(`${dragged.dataset.move}?date=${day}`);
  });
  month.addEventListener("dragend", () => {
    dragged?.classList.remove("is-dragged");
    dragged = null;
    mark(null);
  });
}
